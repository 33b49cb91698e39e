/** What lies behind the fight: nebula and stars that move slower than the ships, and the walls of the arena. */
import Phaser from 'phaser'
import { dice } from '../looks/canvas.ts'
import { FX } from '../looks/effects.ts'
import { NEBULA, paintNebula, paintStars, STARS } from '../looks/sky.ts'
import { type Field, fieldOf } from '../rules/field.ts'
import type { Follow } from './camera.ts'
import { type DogstarView, depth, type Frame } from './parts.ts'

/** Stars repeat after so many units, more than any camera shows. */
const PERIOD_X = 1960
const PERIOD_Y = 1440
/** How much of the camera's way each layer goes, and how many stars it has. */
const layers = [
  { moves: 0.12, stars: 110, kind: 'dot', scale: 0.8 },
  { moves: 0.26, stars: 70, kind: 'dot', scale: 1.25 },
  { moves: 0.48, stars: 34, kind: 'star', scale: 0.6 },
] as const
const NEBULA_MOVES = 0.07
/** Units of darkness that are drawn outside the walls: more than any picture shows. */
const BEYOND = 700
/** Seconds in which the nebula appears once it is painted. */
const DAWN = 0.4

interface Star {
  readonly image: Phaser.GameObjects.Image
  readonly x: number
  readonly y: number
  readonly moves: number
  readonly twinkle: number
}

export function makeBackdrop(scene: Phaser.Scene, view: DogstarView): { draw(frame: Frame, follow: Follow): void } {
  paintStars(scene)
  const paintMore = paintNebula(scene)
  const nebula = scene.add.image(0, 0, NEBULA).setScrollFactor(0).setDepth(depth.nebula)
  nebula.alpha = 0
  const stars = layers.flatMap((layer, i) => scatter(scene, layer, i + 1))
  const { arenaWidth, arenaHeight } = view.settings
  const walls = makeWalls(scene)
  const glows = [0, 1, 2, 3].map((side) =>
    scene.add
      .image(0, 0, FX, 'glow-0')
      .setBlendMode(Phaser.BlendModes.ADD)
      .setDepth(depth.outside)
      .setScale(side < 2 ? 1.6 : 7, side < 2 ? 7 : 1.6),
  )
  return {
    draw({ view, time, ship, seconds }, follow) {
      const field = fieldOf(view)
      walls.place(field)
      if (nebula.alpha < 1 && paintMore() === 1) nebula.alpha = Math.min(1, nebula.alpha + seconds / DAWN)
      const { width, height } = scene.cameras.main
      const dx = follow.x - arenaWidth / 2
      const dy = follow.y - arenaHeight / 2
      nebula.setPosition(width / 2 - dx * NEBULA_MOVES, height / 2 - dy * NEBULA_MOVES)
      const slackX = arenaWidth * NEBULA_MOVES + 60
      const slackY = arenaHeight * NEBULA_MOVES + 60
      nebula.setScale(Math.max((follow.width + slackX) / nebula.width, (follow.height + slackY) / nebula.height))
      for (const { image, x, y, moves, twinkle } of stars) {
        image.x = width / 2 + wrapped(x - dx * moves, PERIOD_X)
        image.y = height / 2 + wrapped(y - dy * moves, PERIOD_Y)
        if (twinkle > 0) image.alpha = 0.75 + 0.25 * Math.sin(time * twinkle + x)
      }
      for (const [side, glow] of glows.entries()) lightWall(glow, side, ship, field)
    },
  }
}

function scatter(scene: Phaser.Scene, { moves, stars, kind, scale }: (typeof layers)[number], seed: number): Star[] {
  const roll = dice(seed * 1013)
  return Array.from({ length: stars }, () => {
    const tint = roll() < 0.6 ? 0 : roll() < 0.6 ? 1 : 2
    const image = scene.add
      .image(0, 0, STARS, `${kind}-${tint}`)
      .setScrollFactor(0)
      .setDepth(depth.stars)
      .setScale(scale * (0.6 + roll() * 0.7))
      .setAlpha(0.35 + roll() * 0.65)
    return {
      image,
      x: roll() * PERIOD_X,
      y: roll() * PERIOD_Y,
      moves: moves * (0.92 + roll() * 0.16),
      twinkle: kind === 'star' ? 1 + roll() * 2 : 0,
    }
  })
}

function wrapped(value: number, period: number): number {
  return value - Math.round(value / period) * period
}

/** A field of light around the arena, and darkness beyond it. */
function makeWalls(scene: Phaser.Scene): { place(field: Field): void } {
  const dark = scene.add.graphics().setDepth(depth.outside)
  const walls = [0, Math.PI, Math.PI / 2, -Math.PI / 2].map((angle) =>
    scene.add
      .image(0, 0, FX, 'wall')
      .setOrigin(0, 0)
      .setRotation(angle)
      .setBlendMode(Phaser.BlendModes.ADD)
      .setDepth(depth.outside),
  )
  let placed = ''
  return {
    place({ left, top, right, bottom }) {
      const key = `${left} ${top} ${right} ${bottom}`
      if (key === placed) return
      placed = key
      const [width, height] = [right - left, bottom - top]
      dark.clear().fillStyle(0x01020a, 0.62)
      dark.fillRect(left - BEYOND, top - BEYOND, width + 2 * BEYOND, BEYOND)
      dark.fillRect(left - BEYOND, bottom, width + 2 * BEYOND, BEYOND)
      dark.fillRect(left - BEYOND, top, BEYOND, height)
      dark.fillRect(right, top, BEYOND, height)
      const corners = [
        [left, top, width],
        [right, bottom, width],
        [right, top, height],
        [left, bottom, height],
      ] as const
      for (const [i, [x, y, length]] of corners.entries()) walls[i]?.setPosition(x, y).setDisplaySize(length, 96)
    },
  }
}

/** The wall lights up where the own ship comes near. */
function lightWall(
  glow: Phaser.GameObjects.Image,
  side: number,
  ship: Frame['ship'],
  { left, top, right, bottom }: Field,
): void {
  if (!ship) {
    glow.setVisible(false)
    return
  }
  const x = side === 0 ? left : side === 1 ? right : ship.x
  const y = side === 2 ? top : side === 3 ? bottom : ship.y
  const near = 1 - Math.hypot(ship.x - x, ship.y - y) / 260
  glow.setVisible(near > 0)
  if (near > 0) glow.setPosition(x, y).setAlpha(near * 0.7)
}

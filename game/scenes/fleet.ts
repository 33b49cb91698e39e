/** Ships on the scene: hull, flames, shield, and over it the name and the hull's state. */
import Phaser from 'phaser'
import { bindEntities } from 'starwire/phaser'
import { FX } from '../looks/effects.ts'
import { liveryOf } from '../looks/palette.ts'
import { enginesOf, SHIP_SPAN, SHIPS } from '../looks/ships.ts'
import { markedName } from '../looks/teams.ts'
import { HULLS } from '../rules/balance.ts'
import { dogstar } from '../rules/dogstar.ts'
import type { EntityId, PlayerId } from '../rules/shape.ts'
import type { Blasts } from './blasts.ts'
import { type DogstarView, depth, type Frame, type ShipView } from './parts.ts'
import { leaderOf } from './ranking.ts'

export interface Fleet {
  draw(frame: Frame): void
  /** Lights a ship up for a moment. */
  flash(id: EntityId | null): void
}

interface Craft {
  x: number
  y: number
  rotation: number
  readonly color: number
  readonly hull: Phaser.GameObjects.Image
  /** The hull once more, added as light: the flash of a hit. */
  readonly lit: Phaser.GameObjects.Image
  readonly glow: Phaser.GameObjects.Image
  readonly flames: readonly Phaser.GameObjects.Image[]
  readonly engines: readonly (readonly [number, number])[]
  readonly shield: Phaser.GameObjects.Image
  readonly bar: Phaser.GameObjects.Image
  readonly back: Phaser.GameObjects.Image
  readonly label: Phaser.GameObjects.Text
  readonly crown: Phaser.GameObjects.Image
  flash: number
  /** Where each engine was a frame ago: x, y, x, y. */
  readonly exhaust: number[]
  /** 0 to 1, follows the thrust within a tenth of a second. */
  burn: number
  name: string
  destroy(): void
}

const HULL_SCALE = SHIP_SPAN / 144
const BAR_WIDTH = 46
/** Letters of a name: units, and the CSS pixels below which nobody reads them: a phone shows two units in a pixel. */
const LABEL_SIZE = 13
const MIN_LABEL_PX = 11
/** Of the own name among mates. */
const OWN_LABEL = '#ffffff'

export function makeFleet(scene: Phaser.Scene, blasts: Blasts, nameOf: (player: PlayerId) => string): Fleet {
  let now: Frame | null = null
  let labelScale = 1
  let leader: PlayerId | null = null
  const labelOf = (owner: PlayerId | null, view: DogstarView): string =>
    owner === null ? '' : markedName(nameOf(owner), view.player(owner).team)
  const crafts = bindEntities(dogstar, 'ship', {
    create: (ship) => {
      const color = now ? colorOf(now.view, ship.owner) : 0
      blasts.arrive(ship.x, ship.y, color)
      // Mates have the colour of the own ship.
      const isOneOfTeam = now !== null && ship.owner === now.view.me && now.view.player(now.view.me).team !== 'none'
      return makeCraft(scene, ship, color, isOneOfTeam ? OWN_LABEL : liveryOf(color).color)
    },
    update(craft, ship) {
      if (now)
        drawCraft(
          craft,
          ship,
          now,
          blasts,
          labelOf(ship.owner, now.view),
          labelScale,
          leader !== null && ship.owner === leader,
        )
    },
  })
  return {
    draw(frame) {
      now = frame
      labelScale = labelScaleOf(scene)
      leader = leaderOf(frame.view)
      crafts.draw(frame.view)
    },
    flash(id) {
      const craft = crafts.get(id)
      if (craft) craft.flash = 1
    },
  }
}

/** How much larger a name is drawn than the ship's own size asks for, so that it can be read where the picture is small. */
export function labelScaleOf(scene: Phaser.Scene): number {
  // The picture has more pixels than the page where the screen is sharp; the scale's zoom is what shrinks it again.
  const pixelsPerUnit = scene.cameras.main.zoom * scene.scale.zoom
  return Math.max(1, MIN_LABEL_PX / (LABEL_SIZE * pixelsPerUnit))
}

export function colorOf(view: DogstarView, owner: PlayerId | null): number {
  return owner === null ? 7 : view.player(owner).color
}

function makeCraft(scene: Phaser.Scene, ship: ShipView, color: number, labelColor: string): Craft {
  const engines = enginesOf(ship.hull)
  const frame = `ship-${ship.hull}-${color}`
  const part = (frame: string, at: number): Phaser.GameObjects.Image =>
    scene.add.image(ship.x, ship.y, FX, frame).setDepth(at)
  const light = (frame: string, at: number): Phaser.GameObjects.Image =>
    part(frame, at).setBlendMode(Phaser.BlendModes.ADD)
  const glow = light(`glow-${color}`, depth.flames).setAlpha(0.3).setScale(1.7)
  const flames = engines.map(() => light(`flame-${color}`, depth.flames).setOrigin(0.86, 0.5))
  const hull = scene.add.image(ship.x, ship.y, SHIPS, frame).setScale(HULL_SCALE).setDepth(depth.hulls)
  const lit = scene.add
    .image(ship.x, ship.y, SHIPS, frame)
    .setScale(HULL_SCALE)
    .setDepth(depth.hulls)
    .setBlendMode(Phaser.BlendModes.ADD)
    .setVisible(false)
  const shield = light('shield', depth.shields).setScale(0.5).setVisible(false)
  const back = part('bar-back', depth.labels).setAlpha(0.75)
  const bar = part('bar-good', depth.labels).setOrigin(0, 0.5)
  const label = scene.add
    .text(ship.x, ship.y, '', {
      fontFamily: 'system-ui, "Segoe UI", Roboto, sans-serif',
      fontSize: `${LABEL_SIZE}px`,
      fontStyle: '600',
      color: labelColor,
      stroke: '#05070f',
      strokeThickness: 3,
    })
    .setResolution(2)
    .setOrigin(0.5, 1)
    .setDepth(depth.labels)
    .setAlpha(0.95)
  const crown = part('crown', depth.labels).setScale(0.62).setVisible(false)
  const parts = [crown, glow, ...flames, hull, lit, shield, back, bar, label]
  return {
    x: ship.x,
    y: ship.y,
    rotation: ship.angle,
    color,
    hull,
    lit,
    glow,
    flames,
    engines,
    shield,
    bar,
    back,
    label,
    crown,
    flash: 0,
    exhaust: [],
    burn: 0,
    name: '',
    destroy() {
      for (const each of parts) each.destroy()
    },
  }
}

function drawCraft(
  craft: Craft,
  ship: ShipView,
  { view, seconds, time }: Frame,
  blasts: Blasts,
  name: string,
  labelScale: number,
  leads: boolean,
): void {
  const { x, y, rotation } = craft
  const away = ship.owner !== null && view.player(ship.owner).leftAt !== 0
  craft.hull
    .setPosition(x, y)
    .setRotation(rotation)
    .setAlpha(away ? 0.4 : 1)
  craft.glow.setPosition(x, y)
  craft.flash = Math.max(0, craft.flash - seconds * 7)
  craft.lit.setVisible(craft.flash > 0)
  if (craft.flash > 0) craft.lit.setPosition(x, y).setRotation(rotation).setAlpha(craft.flash)

  const hastes = view.tick < ship.hasteUntil
  craft.burn += ((ship.thrust ? 1 : 0) - craft.burn) * Math.min(1, seconds * 12)
  const dx = Math.cos(rotation)
  const dy = Math.sin(rotation)
  for (const [i, [ex, ey]] of craft.engines.entries()) {
    const fx = x + dx * ex - dy * ey
    const fy = y + dy * ex + dx * ey
    const flicker = 0.85 + 0.15 * Math.sin(time * 60 + i * 2 + craft.color)
    const length = (0.18 + 0.62 * craft.burn) * flicker * (hastes ? 1.7 : 1)
    craft.flames[i]
      ?.setPosition(fx, fy)
      .setRotation(rotation)
      .setScale(length, 0.45 + 0.25 * craft.burn)
      .setAlpha(away ? 0 : 0.5 + 0.5 * craft.burn)
    if (ship.thrust) leaveTrail(craft, i, fx, fy, ship, blasts)
    craft.exhaust[2 * i] = fx
    craft.exhaust[2 * i + 1] = fy
  }

  drawShield(craft, ship, view.tick, time)
  // A ship with a power-up glows.
  const powered = hastes || view.tick < ship.salvoUntil
  craft.glow.setAlpha(powered ? 0.75 + 0.25 * Math.sin(time * 10) : 0.3).setScale(powered ? 2.3 : 1.7)

  const share = ship.hp / HULLS[ship.hull].hp
  const shown = share < 1
  const top = y - 34
  craft.back.setVisible(shown)
  craft.bar.setVisible(shown)
  if (shown) {
    craft.back.setPosition(x, top).setDisplaySize(BAR_WIDTH + 4, 7)
    craft.bar
      .setFrame(share > 0.6 ? 'bar-good' : share > 0.3 ? 'bar-fair' : 'bar-poor')
      .setPosition(x - BAR_WIDTH / 2, top)
      .setDisplaySize(Math.max(0.01, BAR_WIDTH * share), 4)
  }
  if (name !== craft.name) {
    craft.name = name
    craft.label.setText(name)
  }
  const above = shown ? top - 4 : top + 4
  craft.label.setScale(labelScale).setPosition(x, above)
  craft.crown.setVisible(leads)
  if (leads) craft.crown.setPosition(x, above - LABEL_SIZE * labelScale - 14).setScale(0.62 * labelScale)
}

/** The bubble of a new ship, which flickers, or of its own shield, which stands and flickers at its end. */
function drawShield({ shield, x, y }: Craft, { safeUntil, shieldUntil }: ShipView, tick: number, time: number): void {
  const shields = tick < shieldUntil
  shield.setVisible(shields || tick < safeUntil)
  if (!shield.visible) return
  const ends = !shields || shieldUntil - tick < 30
  shield
    .setPosition(x, y)
    .setRotation(time * (shields ? 2.4 : 0.8))
    .setScale((shields ? 0.58 : 0.5) + 0.015 * Math.sin(time * 9))
    .setAlpha(ends ? 0.55 + 0.3 * Math.sin(time * 11) : 1)
}

/** Units between two puffs of a trail: a slow frame leaves the same line as a quick one. */
const PUFF_EVERY = 5
const MAX_PUFFS = 7

function leaveTrail(craft: Craft, engine: number, x: number, y: number, ship: ShipView, blasts: Blasts): void {
  const fromX = craft.exhaust[2 * engine] ?? x
  const fromY = craft.exhaust[2 * engine + 1] ?? y
  const puffs = Math.max(1, Math.min(MAX_PUFFS, Math.round(Math.hypot(x - fromX, y - fromY) / PUFF_EVERY)))
  const vx = -Math.cos(craft.rotation) * 40
  const vy = -Math.sin(craft.rotation) * 40
  for (let i = 1; i <= puffs; i++)
    blasts.trail(
      fromX + ((x - fromX) * i) / puffs,
      fromY + ((y - fromY) * i) / puffs,
      ship.vx * 0.12 + vx,
      ship.vy * 0.12 + vy,
      craft.color,
    )
}

/**
 * Asteroids: a few rocks seen from above without light, which turn, and one picture of light and shadow that lies on
 * top and does not. So the sun stays where it is while the rock spins.
 */
import type Phaser from 'phaser'
import { type Ctx, dice, layered, paintTexture, valueNoise } from './canvas.ts'

export const ROCKS = 'rocks'
export const ROCK_KINDS = 6
const CELL = 192
/** Pixels from the middle to the mean outline. */
const RADIUS = 84

/** Scale of a frame for a rock of that radius in units. */
export function rockScale(radius: number): number {
  return radius / RADIUS
}

export function paintRocks(scene: Phaser.Scene): void {
  paintTexture(scene, ROCKS, CELL * 4, CELL * 2, (ctx, frame) => {
    for (let kind = 0; kind < ROCK_KINDS; kind++) {
      const x = (kind % 4) * CELL
      const y = Math.floor(kind / 4) * CELL
      ctx.putImageData(rock(ctx, kind), x, y)
      frame(`rock-${kind}`, x, y, CELL, CELL)
    }
    ctx.putImageData(light(ctx), 2 * CELL, CELL)
    frame('light', 2 * CELL, CELL, CELL, CELL)
  })
}

interface Crater {
  readonly x: number
  readonly y: number
  readonly r: number
}

/** Where the outline is farthest from the middle. */
const MAX_RIM = 0.86 + 0.26

/** Grey to brown, by kind: iron, stone, ice-blue, rust. */
const tones = [
  [150, 132, 118],
  [128, 126, 132],
  [164, 136, 104],
  [118, 128, 146],
  [148, 116, 100],
  [134, 138, 128],
] as const

function rock(ctx: Ctx, kind: number): ImageData {
  const image = ctx.createImageData(CELL, CELL)
  const roll = dice(7919 * (kind + 1))
  const coarse = layered(valueNoise(kind * 31 + 5, 16), 4)
  const edge = layered(valueNoise(kind * 57 + 11, 16), 3)
  const craters: Crater[] = Array.from({ length: 9 + Math.floor(roll() * 5) }, () => {
    const angle = roll() * Math.PI * 2
    const away = Math.sqrt(roll()) * 0.82
    return { x: Math.cos(angle) * away, y: Math.sin(angle) * away, r: 0.07 + roll() * roll() * 0.26 }
  })
  const [red, green, blue] = tones[kind % tones.length] ?? tones[0]
  for (let py = 0; py < CELL; py++)
    for (let px = 0; px < CELL; px++) {
      const x = (px + 0.5 - CELL / 2) / RADIUS
      const y = (py + 0.5 - CELL / 2) / RADIUS
      const distance = Math.sqrt(x * x + y * y)
      if (distance > MAX_RIM) continue
      // The outline: a circle bent by noise that is read on a circle, so that it closes.
      const ux = distance > 0 ? x / distance : 1
      const uy = distance > 0 ? y / distance : 0
      const rim = 0.86 + 0.26 * edge(ux * 1.5 + 4, uy * 1.5 + 4)
      const inside = (rim - distance) * RADIUS
      if (inside <= 0) continue
      let shade = 0.58 + 1.0 * (coarse(x * 3 + 8, y * 3 + 8) - 0.3)
      shade += 0.4 * (coarse(x * 9 + 3, y * 9 + 12) - 0.5)
      for (const crater of craters) shade += craterShade(crater, x, y)
      // Darker towards the rim, as a round thing is.
      const bulge = Math.max(0, 1 - (distance / rim) ** 3)
      shade *= 0.42 + 0.58 * Math.sqrt(bulge)
      const at = (py * CELL + px) * 4
      image.data[at] = red * shade * 1.12
      image.data[at + 1] = green * shade * 1.12
      image.data[at + 2] = blue * shade * 1.12
      image.data[at + 3] = Math.min(1, inside / 1.5) * 255
    }
  return image
}

/** A dark floor, a bright wall all around: without a direction, since the rock turns under the light. */
function craterShade({ x: cx, y: cy, r }: Crater, x: number, y: number): number {
  const dx = x - cx
  const dy = y - cy
  const squared = dx * dx + dy * dy
  // Most places are in no crater: they need no root.
  if (squared > (1.35 * r) ** 2) return 0
  const d = Math.sqrt(squared) / r
  if (d < 0.8) return -0.36 + 0.12 * d
  if (d < 1) return -0.264 + ((d - 0.8) / 0.2) * 0.534
  return 0.27 * (1 - (d - 1) / 0.35)
}

/** Sun from the upper left: a shadow over the lower right, a cold rim of reflected light at its very edge. */
function light(ctx: Ctx): ImageData {
  const image = ctx.createImageData(CELL, CELL)
  for (let py = 0; py < CELL; py++)
    for (let px = 0; px < CELL; px++) {
      const x = (px + 0.5 - CELL / 2) / RADIUS
      const y = (py + 0.5 - CELL / 2) / RADIUS
      const d2 = x * x + y * y
      if (d2 > 1.16) continue
      const z = Math.sqrt(Math.max(0, 1.16 - d2))
      const lit = (x * -0.62 + y * -0.58 + z * 0.52) / 1.08
      const at = (py * CELL + px) * 4
      const fadeOut = Math.min(1, (1.16 - d2) / 0.25)
      if (lit > 0.55) {
        const glow = (lit - 0.55) / 0.45
        image.data.set([255, 240, 214, glow * 104 * fadeOut], at)
      } else {
        const dark = Math.min(1, (0.55 - lit) / 0.7)
        image.data.set([4, 6, 18, Math.sqrt(dark) * dark * 250 * fadeOut + dark * 5], at)
      }
    }
  return image
}

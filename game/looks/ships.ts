/** The hulls: a drawing for each, in any livery, nose to the right. */
import type Phaser from 'phaser'
import { HULL_NAMES, HULLS, type HullName, SHIP_RADIUS } from '../rules/balance.ts'
import { type Ctx, paintTexture } from './canvas.ts'
import { type Half, type HullDrawing, hulls } from './hulls.ts'
import { fade, mix, shownLiveries } from './palette.ts'

export const SHIPS = 'ships'
/** Pixels of a frame; a ship is drawn about 60 units long, so there is enough for a sharp screen. */
const CELL = 144
/** Units of a frame: a husky's collision circle is 36 across and sits inside the drawing. */
export const SHIP_SPAN = 72

export function paintShips(scene: Phaser.Scene): void {
  paintTexture(scene, SHIPS, CELL * 8, CELL * 6, (ctx, frame) => {
    for (const [kind, hull] of HULL_NAMES.entries())
      for (const [i, { color }] of shownLiveries().entries()) {
        const x = (i % 8) * CELL
        const y = (2 * kind + Math.floor(i / 8)) * CELL
        ctx.save()
        ctx.translate(x + CELL / 2, y + CELL / 2)
        const scale = (CELL / SHIP_SPAN) * hullScale(hull)
        ctx.scale(scale, scale)
        paintHull(ctx, hulls[hull], color)
        ctx.restore()
        frame(`ship-${hull}-${i}`, x, y, CELL, CELL)
      }
  })
}

/** How large a hull is drawn: as its collision circle is. */
function hullScale(hull: HullName): number {
  return HULLS[hull].radius / SHIP_RADIUS
}

/** Engine positions of a hull, for flames and trails: [x, y] in units from the centre. */
export function enginesOf(hull: HullName): readonly (readonly [number, number])[] {
  const scale = hullScale(hull)
  const both = hulls[hull].engines.flatMap(([x, y]) =>
    y === 0 ? [[x, y] as const] : [[x, y] as const, [x, -y] as const],
  )
  return both.map(([x, y]) => [x * scale, y * scale] as const)
}

function paintHull(ctx: Ctx, hull: HullDrawing, color: string): void {
  ctx.lineJoin = 'round'
  ctx.lineCap = 'round'
  // A rim of the livery's light makes the hull stand out from any sky.
  ctx.shadowColor = fade(color, 0.9)
  ctx.shadowBlur = 9
  ctx.fillStyle = fade(color, 0.5)
  outline(ctx, hull.wings)
  ctx.fill()
  outline(ctx, hull.body)
  ctx.fill()
  ctx.shadowBlur = 0

  for (const [x, y] of hull.guns)
    for (const side of [y, -y]) {
      ctx.fillStyle = '#2a3142'
      ctx.fillRect(x - 6, side - 1.1, 14, 2.2)
      ctx.fillStyle = '#9aa7bd'
      ctx.fillRect(x + 5, side - 0.8, 3, 1.6)
    }

  const wing = ctx.createLinearGradient(0, -26, 0, 26)
  for (const [at, share] of [
    [0, 0.1],
    [0.3, 0.32],
    [0.5, 0.62],
    [0.7, 0.32],
    [1, 0.1],
  ] as const)
    wing.addColorStop(at, mix(color, '#10131f', share))
  ctx.fillStyle = wing
  outline(ctx, hull.wings)
  ctx.fill()
  ctx.strokeStyle = mix(color, '#ffffff', 0.45)
  ctx.lineWidth = 0.9
  ctx.stroke()
  panelLines(ctx, hull.wings)

  for (const [x, y] of hull.engines)
    for (const side of y === 0 ? [0] : [y, -y]) {
      ctx.fillStyle = '#171b27'
      ctx.fillRect(x - 3.5, side - 3.2, 8, 6.4)
      ctx.fillStyle = mix(color, '#ffffff', 0.6)
      ctx.fillRect(x - 3.5, side - 2.2, 1.4, 4.4)
    }

  const steel = ctx.createLinearGradient(0, -11, 0, 11)
  for (const [at, shade] of [
    [0, '#39435a'],
    [0.28, '#93a0b8'],
    [0.5, '#eef3fb'],
    [0.72, '#8b97af'],
    [1, '#2f384c'],
  ] as const)
    steel.addColorStop(at, shade)
  ctx.fillStyle = steel
  outline(ctx, hull.body)
  ctx.fill()
  ctx.strokeStyle = '#0c0f18'
  ctx.lineWidth = 0.9
  ctx.stroke()

  ctx.fillStyle = color
  outline(ctx, hull.stripe)
  ctx.fill()

  const [x, length, width] = hull.cockpit
  const glass = ctx.createRadialGradient(x + length * 0.2, -width * 0.4, 0.4, x, 0, length * 0.75)
  glass.addColorStop(0, '#f4fdff')
  glass.addColorStop(0.25, '#6fd3ff')
  glass.addColorStop(0.75, '#0e3a66')
  glass.addColorStop(1, '#061629')
  ctx.fillStyle = glass
  ctx.beginPath()
  ctx.ellipse(x, 0, length / 2, width * 0.8, 0, 0, Math.PI * 2)
  ctx.fill()
  ctx.strokeStyle = '#0a0d15'
  ctx.lineWidth = 0.8
  ctx.stroke()
}

function panelLines(ctx: Ctx, half: Half): void {
  ctx.save()
  outline(ctx, half)
  ctx.clip()
  ctx.strokeStyle = 'rgba(5,8,16,0.45)'
  ctx.lineWidth = 0.7
  for (const side of [1, -1])
    for (const y of [11, 17]) {
      ctx.beginPath()
      ctx.moveTo(-26, side * (y + 2))
      ctx.lineTo(20, side * y)
      ctx.stroke()
    }
  ctx.restore()
}

function outline(ctx: Ctx, half: Half): void {
  ctx.beginPath()
  for (const [i, [x, y]] of half.entries()) i === 0 ? ctx.moveTo(x, y) : ctx.lineTo(x, y)
  for (const [x, y] of half.toReversed()) ctx.lineTo(x, -y)
  ctx.closePath()
}

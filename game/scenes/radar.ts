/** The radar: the whole arena in a corner, drawn on a canvas of its own a few times a second. */
import { powerUpColors } from '../looks/arms.ts'
import { liveryOf } from '../looks/palette.ts'
import { radiusOf } from '../rules/asteroids.ts'
import { ARENA_HEIGHT, ARENA_WIDTH, BEACON_RADIUS } from '../rules/balance.ts'
import { edgeRadius } from '../rules/edge.ts'
import { fieldOf } from '../rules/field.ts'
import type { Follow } from './camera.ts'
import { colorOf } from './fleet.ts'
import type { DogstarView, Frame } from './parts.ts'
import { teamTint } from './zones.ts'

/** Canvas pixels; the page shows it at half of that or less. */
const WIDTH = 330
const HEIGHT = (WIDTH * ARENA_HEIGHT) / ARENA_WIDTH
/** Seconds between two pictures. */
const EVERY = 1 / 20

export function makeRadar(parent: HTMLElement): { draw(frame: Frame, follow: Follow): void } {
  const canvas = document.createElement('canvas')
  canvas.className = 'radar'
  canvas.width = WIDTH
  canvas.height = HEIGHT
  canvas.setAttribute('aria-hidden', 'true')
  parent.append(canvas)
  const ctx = canvas.getContext('2d')
  let next = 0
  return {
    draw({ view, ship, time }, follow) {
      if (!ctx || time < next) return
      next = time + EVERY
      const field = fieldOf(view)
      const [width, height] = [field.right - field.left, field.bottom - field.top]
      const scale = Math.min(WIDTH / width, HEIGHT / height)
      ctx.resetTransform()
      ctx.clearRect(0, 0, WIDTH, HEIGHT)
      // An arena of another shape leaves room at two sides.
      const [left, top] = [(WIDTH - width * scale) / 2, (HEIGHT - height * scale) / 2]
      ctx.translate(left, top)
      if (left > 1 || top > 1) {
        ctx.strokeStyle = 'rgba(150,190,255,0.5)'
        ctx.lineWidth = 1
        ctx.strokeRect(0, 0, width * scale, height * scale)
      }
      ctx.translate(-field.left * scale, -field.top * scale)
      ctx.fillStyle = 'rgba(150,160,190,0.4)'
      for (const { x, y, size } of view.all('asteroid')) {
        ctx.beginPath()
        ctx.arc(x * scale, y * scale, Math.max(1.5, radiusOf(size) * scale), 0, Math.PI * 2)
        ctx.fill()
      }
      for (const { x, y, kind } of view.all('pickup')) {
        ctx.fillStyle = powerUpColors[kind]
        ctx.fillRect(x * scale - 3, y * scale - 3, 6, 6)
      }
      drawZones(ctx, view, scale)
      ctx.strokeStyle = 'rgba(150,190,255,0.28)'
      ctx.lineWidth = 1.5
      ctx.strokeRect(
        (follow.x - follow.width / 2) * scale,
        (follow.y - follow.height / 2) * scale,
        follow.width * scale,
        follow.height * scale,
      )
      for (const other of view.all('ship')) {
        if (other.mine) continue
        ctx.fillStyle = liveryOf(colorOf(view, other.owner)).color
        const team = other.owner === null ? 'none' : view.player(other.owner).team
        drawShip(ctx, other.x * scale, other.y * scale, team === 'procyon')
      }
      if (!ship) return
      ctx.save()
      ctx.translate(ship.x * scale, ship.y * scale)
      ctx.rotate(ship.angle)
      ctx.beginPath()
      ctx.moveTo(12, 0)
      ctx.lineTo(-7, 7)
      ctx.lineTo(-3, 0)
      ctx.lineTo(-7, -7)
      ctx.closePath()
      ctx.fillStyle = liveryOf(colorOf(view, ship.owner)).color
      ctx.fill()
      ctx.strokeStyle = '#ffffff'
      ctx.stroke()
      ctx.restore()
    },
  }
}

/** The closing edge, and the beacon in its team's colour. */
function drawZones(ctx: CanvasRenderingContext2D, view: DogstarView, scale: number): void {
  const { settings, globals } = view
  const edge = edgeRadius(view)
  if (edge !== null) {
    ctx.strokeStyle = '#ff6a52'
    ctx.lineWidth = 2
    ctx.beginPath()
    ctx.arc((settings.arenaWidth * scale) / 2, (settings.arenaHeight * scale) / 2, edge * scale, 0, Math.PI * 2)
    ctx.stroke()
  }
  if (globals.mode !== 'beacon') return
  ctx.strokeStyle = `#${teamTint(globals.beaconTeam).toString(16).padStart(6, '0')}`
  ctx.lineWidth = 3
  ctx.beginPath()
  ctx.arc(globals.beaconX * scale, globals.beaconY * scale, BEACON_RADIUS * scale, 0, Math.PI * 2)
  ctx.stroke()
}

/** A dot, or the triangle of team Procyon. */
function drawShip(ctx: CanvasRenderingContext2D, x: number, y: number, triangle: boolean): void {
  ctx.beginPath()
  if (triangle) {
    ctx.moveTo(x, y - 7)
    ctx.lineTo(x + 6.5, y + 5)
    ctx.lineTo(x - 6.5, y + 5)
    ctx.closePath()
  } else ctx.arc(x, y, 5, 0, Math.PI * 2)
  ctx.fill()
}

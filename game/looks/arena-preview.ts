/** An arena as a small picture: its walls and its rocks, as the radar would show them. */
import type { Arena } from '../arenas/arena.ts'
import { radiusOf } from '../rules/asteroids.ts'
import { ARENA_HEIGHT, ARENA_WIDTH, MOON_SIZE } from '../rules/balance.ts'

/** Pixels of the canvas. Arenas are drawn to one scale, so that one sees which of two is larger. */
export const PREVIEW_WIDTH = 480
export const PREVIEW_HEIGHT = (PREVIEW_WIDTH * ARENA_HEIGHT) / ARENA_WIDTH
const SCALE = PREVIEW_WIDTH / ARENA_WIDTH

export function drawPreview(ctx: CanvasRenderingContext2D, { width, height, rocks }: Omit<Arena, 'name'>): void {
  ctx.clearRect(0, 0, PREVIEW_WIDTH, PREVIEW_HEIGHT)
  ctx.save()
  ctx.translate((PREVIEW_WIDTH - width * SCALE) / 2, (PREVIEW_HEIGHT - height * SCALE) / 2)
  ctx.fillStyle = '#070b1a'
  ctx.fillRect(0, 0, width * SCALE, height * SCALE)
  ctx.beginPath()
  ctx.rect(0, 0, width * SCALE, height * SCALE)
  ctx.clip()
  for (const { x, y, size } of rocks) {
    const radius = radiusOf(size) * SCALE
    const light = ctx.createRadialGradient((x - 20) * SCALE, (y - 20) * SCALE, 0, x * SCALE, y * SCALE, radius)
    // Colder than what breaks, as in the arena.
    light.addColorStop(0, size === MOON_SIZE ? '#c4d6f5' : '#c9bfb2')
    light.addColorStop(1, size === MOON_SIZE ? '#4a5d80' : '#5d564f')
    ctx.fillStyle = light
    ctx.beginPath()
    ctx.arc(x * SCALE, y * SCALE, radius, 0, Math.PI * 2)
    ctx.fill()
  }
  ctx.restore()
  ctx.strokeStyle = '#4fb4ff'
  ctx.lineWidth = 2
  ctx.strokeRect(
    (PREVIEW_WIDTH - width * SCALE) / 2 + 1,
    (PREVIEW_HEIGHT - height * SCALE) / 2 + 1,
    width * SCALE - 2,
    height * SCALE - 2,
  )
}

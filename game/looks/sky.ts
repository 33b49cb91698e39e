/** The sky behind the arena: nebulae painted once, while the match is on already, and stars in three depths. */
import type Phaser from 'phaser'
import { dice, layered, paintTexture, radial, valueNoise } from './canvas.ts'

export const NEBULA = 'nebula'
export const STARS = 'stars'
/** The nebula is painted small and drawn large: clouds have no edges to lose. */
const WIDTH = 480
const HEIGHT = 320

/** Rows of the nebula that are painted at a time: some milliseconds. All of it takes a tenth of a second, for which nobody should wait. */
const ROWS = 16

/** Paints more of the nebula, some rows at each call, into its texture, which is black before. Returns the share that is painted. */
export function paintNebula(scene: Phaser.Scene): () => number {
  if (scene.textures.exists(NEBULA)) return () => 1
  const texture = scene.textures.createCanvas(NEBULA, WIDTH, HEIGHT)
  if (!texture) return () => 1
  const ctx = texture.context
  const image = ctx.createImageData(WIDTH, HEIGHT)
  const cloud = layered(valueNoise(42, 64), 5)
  const warp = layered(valueNoise(7, 64), 3)
  const paintRow = (py: number): void => {
    for (let px = 0; px < WIDTH; px++) {
      const x = px / 96
      const y = py / 96
      // Noise bent by noise: wisps and filaments in place of blots.
      const bend = (warp(x * 1.3 + 20, y * 1.3) - 0.5) * 1.9
      const a = cloud(x + bend, y - bend * 0.7)
      const b = cloud(x * 0.8 - bend + 30, y * 0.9 + bend + 10)
      const violet = Math.max(0, a - 0.44) * 2.6
      const teal = Math.max(0, b - 0.5) * 2.7
      const ember = Math.max(0, a * b - 0.31) * 3.4
      const dark = 0.55 + 0.45 * Math.min(1, cloud(x * 2.2 + 50, y * 2.2 + bend) * 1.6)
      const at = (py * WIDTH + px) * 4
      image.data[at] = 5 + (80 * violet + 7 * teal + 150 * ember) * dark
      image.data[at + 1] = 6 + (22 * violet + 74 * teal + 52 * ember) * dark
      image.data[at + 2] = 17 + (108 * violet + 100 * teal + 50 * ember) * dark
      image.data[at + 3] = 255
    }
  }
  let rows = 0
  return () => {
    if (rows === HEIGHT) return 1
    for (const end = Math.min(HEIGHT, rows + ROWS); rows < end; rows++) paintRow(rows)
    if (rows < HEIGHT) return rows / HEIGHT
    ctx.putImageData(image, 0, 0)
    const roll = dice(99)
    for (let i = 0; i < 260; i++) {
      ctx.fillStyle = `rgba(210,220,255,${0.08 + roll() * 0.25})`
      ctx.fillRect(Math.floor(roll() * WIDTH), Math.floor(roll() * HEIGHT), 1, 1)
    }
    texture.refresh()
    return 1
  }
}

export function paintStars(scene: Phaser.Scene): void {
  paintTexture(scene, STARS, 128, 32, (ctx, frame) => {
    const tints = ['255,255,255', '170,205,255', '255,214,170']
    for (const [i, tint] of tints.entries()) {
      const x = i * 8
      ctx.fillStyle = `rgba(${tint},0.9)`
      ctx.fillRect(x + 3, 3, 2, 2)
      frame(`dot-${i}`, x + 2, 2, 4, 4)
      ctx.save()
      ctx.translate(40 + i * 24, 12)
      radial(ctx, 0, 0, 10, [
        [0, `rgba(${tint},1)`],
        [0.16, `rgba(${tint},0.85)`],
        [0.32, `rgba(${tint},0.2)`],
        [1, `rgba(${tint},0)`],
      ])
      ctx.restore()
      frame(`star-${i}`, 30 + i * 24, 2, 20, 20)
    }
  })
}

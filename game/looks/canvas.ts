/** Textures painted at boot: a canvas, its frames, and dice that fall alike on every page. */
import type Phaser from 'phaser'

export type Ctx = CanvasRenderingContext2D

/** Paints a texture once and gives it to Phaser. `frames` names rectangles of it. */
export function paintTexture(
  scene: Phaser.Scene,
  key: string,
  width: number,
  height: number,
  paint: (ctx: Ctx, frame: (name: string, x: number, y: number, w: number, h: number) => void) => void,
): void {
  if (scene.textures.exists(key)) return
  const texture = scene.textures.createCanvas(key, width, height)
  if (!texture) return
  paint(texture.context, (name, x, y, w, h) => texture.add(name, 0, x, y, w, h))
  texture.refresh()
}

/** A row of numbers in [0, 1) from a seed: looks need no strong chance, only the same one each time (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Smooth noise on a lattice that repeats every `period` cells, a power of two, 0 to 1. Asked millions of times while a match is waited for. */
export function valueNoise(seed: number, period: number): (x: number, y: number) => number {
  const roll = dice(seed)
  const lattice = Float32Array.from({ length: period * period }, roll)
  const last = period - 1
  return (x, y) => {
    const ix = Math.floor(x)
    const iy = Math.floor(y)
    const fx = x - ix
    const fy = y - iy
    const sx = fx * fx * (3 - 2 * fx)
    const sy = fy * fy * (3 - 2 * fy)
    const left = ix & last
    const right = (ix + 1) & last
    const row = (iy & last) * period
    const next = ((iy + 1) & last) * period
    const topLeft = lattice[row + left] ?? 0
    const bottomLeft = lattice[next + left] ?? 0
    const top = topLeft + ((lattice[row + right] ?? 0) - topLeft) * sx
    const bottom = bottomLeft + ((lattice[next + right] ?? 0) - bottomLeft) * sx
    return top + (bottom - top) * sy
  }
}

/** Sums octaves of noise, each half as strong and twice as fine; 0 to 1. */
export function layered(noise: (x: number, y: number) => number, octaves: number): (x: number, y: number) => number {
  return (x, y) => {
    let sum = 0
    let weight = 0
    let strength = 1
    let scale = 1
    for (let i = 0; i < octaves; i++) {
      sum += noise(x * scale, y * scale) * strength
      weight += strength
      strength /= 2
      scale *= 2
    }
    return sum / weight
  }
}

export function radial(
  ctx: Ctx,
  x: number,
  y: number,
  radius: number,
  stops: readonly (readonly [number, string])[],
): void {
  const gradient = ctx.createRadialGradient(x, y, 0, x, y, radius)
  for (const [at, color] of stops) gradient.addColorStop(at, color)
  ctx.fillStyle = gradient
  ctx.fillRect(x - radius, y - radius, radius * 2, radius * 2)
}

/** Particles: images from a pool that fly, turn, grow and fade. One pool is one layer with one way of blending. */
import Phaser from 'phaser'
import { FX } from '../looks/effects.ts'

export interface Particle {
  readonly frame: string
  readonly x: number
  readonly y: number
  readonly vx?: number
  readonly vy?: number
  /** Seconds. */
  readonly life: number
  /** Scale at birth and at the end; default 1 and the same. */
  readonly from?: number
  readonly to?: number
  /** Height relative to the width; default 1. */
  readonly flat?: number
  /** Opacity at birth; it fades to 0. Default 1. */
  readonly alpha?: number
  readonly rotation?: number
  /** Radians per second. */
  readonly spin?: number
  /** Share of the speed lost per second. Default 0. */
  readonly drag?: number
  /** Seconds before it is seen. */
  readonly delay?: number
}

export interface Particles {
  emit(particle: Particle): void
  draw(seconds: number): void
}

interface Flying {
  readonly image: Phaser.GameObjects.Image
  vx: number
  vy: number
  age: number
  life: number
  from: number
  to: number
  flat: number
  alpha: number
  spin: number
  drag: number
}

/** The most that live at once in a pool. Beyond it the new ones are left out: nobody counts sparks in such a fire. */
const LIMIT = 700

export function makeParticles(scene: Phaser.Scene, depth: number, glowing: boolean): Particles {
  const layer = scene.add.layer().setDepth(depth)
  const living: Flying[] = []
  const resting: Flying[] = []

  const wake = (): Flying => {
    const rested = resting.pop()
    if (rested) return rested
    const image = new Phaser.GameObjects.Image(scene, 0, 0, FX)
    if (glowing) image.setBlendMode(Phaser.BlendModes.ADD)
    layer.add(image)
    return { image, vx: 0, vy: 0, age: 0, life: 1, from: 1, to: 1, flat: 1, alpha: 1, spin: 0, drag: 0 }
  }

  return {
    emit({
      frame,
      x,
      y,
      vx = 0,
      vy = 0,
      life,
      from = 1,
      to = from,
      flat = 1,
      alpha = 1,
      rotation = 0,
      spin = 0,
      drag = 0,
      delay = 0,
    }) {
      if (living.length >= LIMIT) return
      const p = wake()
      p.image
        .setFrame(frame)
        .setPosition(x, y)
        .setRotation(rotation)
        .setVisible(delay <= 0)
      p.image.setScale(from, from * flat).setAlpha(alpha)
      p.vx = vx
      p.vy = vy
      p.age = -delay
      p.life = life
      p.from = from
      p.to = to
      p.flat = flat
      p.alpha = alpha
      p.spin = spin
      p.drag = drag
      living.push(p)
    },
    draw(seconds) {
      for (let i = living.length - 1; i >= 0; i--) {
        const p = living[i]
        if (!p) continue
        p.age += seconds
        if (p.age < 0) continue
        if (p.age >= p.life) {
          p.image.setVisible(false)
          resting.push(p)
          const last = living.pop()
          if (last && last !== p) living[i] = last
          continue
        }
        const { image } = p
        const share = p.age / p.life
        const kept = Math.max(0, 1 - p.drag * seconds)
        p.vx *= kept
        p.vy *= kept
        image.x += p.vx * seconds
        image.y += p.vy * seconds
        image.rotation += p.spin * seconds
        // Quick at first, then slow: the way a blast grows.
        const scale = p.from + (p.to - p.from) * (1 - (1 - share) * (1 - share))
        image.setScale(scale, scale * p.flat).setAlpha(p.alpha * (1 - share))
        if (!image.visible) image.setVisible(true)
      }
    },
  }
}

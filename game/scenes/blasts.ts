/** What happens when things meet: explosions, sparks, dust, muzzle flashes. Only light; the rules know nothing of it. */
import type Phaser from 'phaser'
import { makeParticles, type Particles } from './particles.ts'
import { depth } from './parts.ts'

export interface Blasts {
  /** Thrust behind a ship: called once per engine and frame. */
  trail(x: number, y: number, vx: number, vy: number, color: number): void
  muzzle(x: number, y: number, vx: number, vy: number, angle: number, color: number): void
  /** A bolt that ends; `color` is the shooter's. */
  fizzle(x: number, y: number, color: number): void
  hit(x: number, y: number, color: number): void
  explode(x: number, y: number, color: number): void
  burst(x: number, y: number, radius: number): void
  chip(x: number, y: number): void
  bump(x: number, y: number, speed: number): void
  dash(x: number, y: number, angle: number, color: number): void
  /** A beam from one place to another. */
  beam(x: number, y: number, toX: number, toY: number, color: number): void
  /** Behind a missile: called every few hundredths of a second. */
  smoke(x: number, y: number, color: number): void
  /** The end of a missile. */
  pop(x: number, y: number, color: number): void
  shield(x: number, y: number): void
  take(x: number, y: number): void
  /** Around what one's own shot hit; `hard`: a ship that is lost. */
  mark(x: number, y: number, hard: boolean): void
  arrive(x: number, y: number, color: number): void
  draw(seconds: number): void
}

const TURN = Math.PI * 2
const spread = (size: number): number => (Math.random() * 2 - 1) * size

export function makeBlasts(scene: Phaser.Scene): Blasts {
  const trails = makeParticles(scene, depth.trails, true)
  const debris = makeParticles(scene, depth.debris, false)
  const sparks = makeParticles(scene, depth.sparks, true)

  return {
    trail(x, y, vx, vy, color) {
      trails.emit({ frame: `puff-${color}`, x, y, vx, vy, life: 0.6, from: 0.62, to: 0.22, alpha: 0.75 })
    },
    muzzle(x, y, vx, vy, angle, color) {
      sparks.emit({ frame: `glow-${color}`, x, y, vx, vy, life: 0.09, from: 0.85, to: 0.3 })
      sparks.emit({ frame: `flame-${color}`, x, y, vx, vy, life: 0.07, from: 0.7, rotation: angle + Math.PI })
    },
    fizzle(x, y, color) {
      sparks.emit({ frame: `glow-${color}`, x, y, life: 0.14, from: 0.5, to: 0.1 })
      spray(sparks, `spark-${color}`, x, y, 4, 60, 190, 0.22, 0.45)
    },
    hit(x, y, color) {
      sparks.emit({ frame: 'glow-white', x, y, life: 0.13, from: 0.5, to: 0.15 })
      sparks.emit({ frame: 'ring', x, y, life: 0.25, from: 0.03, to: 0.16, alpha: 0.7 })
      spray(sparks, `spark-${color}`, x, y, 6, 90, 330, 0.32, 0.6)
      spray(sparks, 'spark-fire', x, y, 4, 60, 260, 0.4, 0.5)
    },
    explode(x, y, color) {
      sparks.emit({ frame: 'glow-white', x, y, life: 0.28, from: 3.2, to: 0.4 })
      sparks.emit({ frame: 'flare', x, y, life: 0.32, from: 1.9, to: 0.7 })
      sparks.emit({ frame: 'ring', x, y, life: 0.55, from: 0.1, to: 1.3, alpha: 0.4 })
      sparks.emit({ frame: `glow-${color}`, x, y, life: 0.9, from: 4.6, to: 1.2, alpha: 0.75 })
      for (let i = 0; i < 9; i++)
        sparks.emit({
          frame: 'glow-fire',
          x: x + spread(16),
          y: y + spread(16),
          vx: spread(95),
          vy: spread(95),
          life: 0.45 + Math.random() * 0.5,
          from: 0.9,
          to: 0.15,
          drag: 1.5,
          delay: i < 4 ? 0 : Math.random() * 0.18,
        })
      for (let i = 0; i < 6; i++)
        debris.emit({
          frame: 'smoke',
          x: x + spread(14),
          y: y + spread(14),
          vx: spread(50),
          vy: spread(50),
          life: 1.1 + Math.random() * 0.7,
          from: 0.35,
          to: 1.1,
          alpha: 0.8,
          drag: 0.8,
        })
      for (let i = 0; i < 11; i++) {
        const angle = Math.random() * TURN
        const speed = 60 + Math.random() * 240
        debris.emit({
          frame: `chunk-${color}`,
          x,
          y,
          vx: Math.cos(angle) * speed,
          vy: Math.sin(angle) * speed,
          life: 0.9 + Math.random() * 0.9,
          from: 0.5 + Math.random() * 0.8,
          spin: spread(9),
          rotation: angle,
          drag: 0.6,
        })
      }
      spray(sparks, 'spark-fire', x, y, 26, 120, 620, 0.75, 1)
      spray(sparks, `spark-${color}`, x, y, 16, 90, 480, 0.9, 0.9)
    },
    burst(x, y, radius) {
      const size = radius / 64
      sparks.emit({ frame: 'glow-white', x, y, life: 0.16, from: 1.3 * size, to: 0.3, alpha: 0.6 })
      for (let i = 0; i < 5 + 6 * size; i++)
        debris.emit({
          frame: 'dust',
          x: x + spread(radius * 0.6),
          y: y + spread(radius * 0.6),
          vx: spread(70),
          vy: spread(70),
          life: 0.6 + Math.random() * 0.6,
          from: 0.6 * size + 0.2,
          to: 1.6 * size + 0.3,
          drag: 1.2,
        })
      for (let i = 0; i < 6 + 8 * size; i++)
        debris.emit({
          frame: 'stone',
          x: x + spread(radius * 0.5),
          y: y + spread(radius * 0.5),
          vx: spread(190),
          vy: spread(190),
          life: 0.7 + Math.random() * 0.7,
          from: 0.4 + Math.random() * 0.8,
          spin: spread(8),
          drag: 0.7,
        })
      spray(sparks, 'spark-fire', x, y, 6, 60, 260, 0.4, 0.6)
    },
    chip(x, y) {
      spray(sparks, 'spark-fire', x, y, 4, 60, 240, 0.3, 0.5)
      for (let i = 0; i < 3; i++)
        debris.emit({ frame: 'stone', x, y, vx: spread(120), vy: spread(120), life: 0.5, from: 0.5, spin: spread(9) })
      debris.emit({ frame: 'dust', x, y, life: 0.4, from: 0.3, to: 0.7 })
    },
    bump(x, y, speed) {
      const count = Math.min(14, 2 + speed / 45)
      spray(sparks, 'spark-white', x, y, count, 40, 120 + speed * 0.5, 0.35, 0.55)
    },
    dash(x, y, angle, color) {
      sparks.emit({ frame: 'ring', x, y, life: 0.35, from: 0.08, to: 0.42, alpha: 0.8, flat: 1 })
      for (let i = 0; i < 10; i++) {
        const away = angle + Math.PI + spread(0.5)
        const speed = 120 + Math.random() * 260
        trails.emit({
          frame: `glow-${color}`,
          x,
          y,
          vx: Math.cos(away) * speed,
          vy: Math.sin(away) * speed,
          life: 0.45,
          from: 0.6,
          to: 0.1,
          drag: 2,
        })
      }
    },
    beam(x, y, toX, toY, color) {
      const length = Math.hypot(toX - x, toY - y)
      const rotation = Math.atan2(toY - y, toX - x)
      const [midX, midY] = [(x + toX) / 2, (y + toY) / 2]
      // The frame is 32 by 32.
      for (const [life, width] of [
        [0.3, 0.95],
        [0.14, 0.5],
      ] as const)
        sparks.emit({
          frame: `ray-${color}`,
          x: midX,
          y: midY,
          life,
          from: length / 32,
          rotation,
          flat: (width * 32) / Math.max(32, length),
        })
      sparks.emit({ frame: `glow-${color}`, x, y, life: 0.2, from: 1.3, to: 0.4 })
      sparks.emit({ frame: 'glow-white', x: toX, y: toY, life: 0.25, from: 0.7, to: 0.1 })
      spray(sparks, `spark-${color}`, toX, toY, 9, 60, 320, 0.4, 0.6)
    },
    smoke(x, y, color) {
      trails.emit({ frame: `puff-${color}`, x, y, life: 0.5, from: 0.7, to: 0.3, alpha: 0.8 })
      debris.emit({ frame: 'smoke', x, y, vx: spread(14), vy: spread(14), life: 0.7, from: 0.1, to: 0.28, alpha: 0.5 })
    },
    pop(x, y, color) {
      sparks.emit({ frame: 'glow-white', x, y, life: 0.2, from: 1.3, to: 0.2 })
      sparks.emit({ frame: 'ring', x, y, life: 0.35, from: 0.06, to: 0.5, alpha: 0.7 })
      sparks.emit({ frame: `glow-${color}`, x, y, life: 0.45, from: 2.2, to: 0.5, alpha: 0.8 })
      for (let i = 0; i < 5; i++)
        sparks.emit({
          frame: 'glow-fire',
          x: x + spread(9),
          y: y + spread(9),
          vx: spread(70),
          vy: spread(70),
          life: 0.3 + Math.random() * 0.3,
          from: 0.5,
          to: 0.1,
        })
      spray(sparks, 'spark-fire', x, y, 12, 80, 420, 0.5, 0.8)
    },
    shield(x, y) {
      sparks.emit({ frame: 'ring', x, y, life: 0.3, from: 0.12, to: 0.34, alpha: 0.9 })
    },
    take(x, y) {
      sparks.emit({ frame: 'ring', x, y, life: 0.4, from: 0.3, to: 0.05, alpha: 0.9 })
      spray(sparks, 'spark-white', x, y, 10, 40, 200, 0.5, 0.6)
    },
    mark(x, y, hard) {
      sparks.emit({ frame: 'mark', x, y, life: hard ? 0.6 : 0.22, from: hard ? 1.7 : 0.8, to: hard ? 2.1 : 1 })
    },
    arrive(x, y, color) {
      sparks.emit({ frame: 'ring', x, y, life: 0.45, from: 0.7, to: 0.12, alpha: 0.8 })
      sparks.emit({ frame: `glow-${color}`, x, y, life: 0.5, from: 2.6, to: 0.4 })
    },
    draw(seconds) {
      trails.draw(seconds)
      debris.draw(seconds)
      sparks.draw(seconds)
    },
  }
}

/** Streaks in all directions, each turned the way it flies. */
function spray(
  into: Particles,
  frame: string,
  x: number,
  y: number,
  count: number,
  slowest: number,
  fastest: number,
  life: number,
  size: number,
): void {
  for (let i = 0; i < count; i++) {
    const angle = Math.random() * TURN
    const speed = slowest + Math.random() * (fastest - slowest)
    into.emit({
      frame,
      x,
      y,
      vx: Math.cos(angle) * speed,
      vy: Math.sin(angle) * speed,
      life: life * (0.5 + Math.random() * 0.5),
      from: size,
      to: size * 0.3,
      rotation: angle,
      drag: 2.2,
    })
  }
}

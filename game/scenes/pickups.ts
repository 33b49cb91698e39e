/** Power-ups on the scene: a bubble with a sign, which breathes, and blinks before it goes. */
import type Phaser from 'phaser'
import { bindEntities } from 'starwire/phaser'
import { FX } from '../looks/effects.ts'
import { TICK_RATE } from '../rules/balance.ts'
import { dogstar } from '../rules/dogstar.ts'
import { type DogstarView, depth } from './parts.ts'

interface Bubble {
  x: number
  y: number
  readonly image: Phaser.GameObjects.Image
  destroy(): void
}

/** Ticks before its end in which it blinks. */
const BLINKS = 4 * TICK_RATE

export function makePickups(scene: Phaser.Scene): { draw(view: DogstarView, time: number): void } {
  let tick = 0
  let now = 0
  const bubbles = bindEntities(dogstar, 'pickup', {
    create({ x, y, kind }): Bubble {
      const image = scene.add.image(x, y, FX, `pickup-${kind}`).setDepth(depth.debris)
      return { x, y, image, destroy: () => image.destroy() }
    },
    update({ image, x, y }, { until }) {
      const blinks = until - tick < BLINKS && Math.sin(now * 14) < 0
      image
        .setPosition(x, y + 3 * Math.sin(now * 2.2 + x))
        .setScale(0.66 + 0.05 * Math.sin(now * 4 + x))
        .setAlpha(blinks ? 0.3 : 1)
    },
  })
  return {
    draw(view, time) {
      tick = view.tick
      now = time
      bubbles.draw(view)
    },
  }
}

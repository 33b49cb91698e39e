/** Missiles on the scene: the body, its flame, and the smoke that it leaves. */
import Phaser from 'phaser'
import { bindEntities } from 'starwire/phaser'
import { FX } from '../looks/effects.ts'
import { dogstar } from '../rules/dogstar.ts'
import type { Blasts } from './blasts.ts'
import { colorOf } from './fleet.ts'
import { type DogstarView, depth } from './parts.ts'

interface Rocket {
  x: number
  y: number
  readonly body: Phaser.GameObjects.Image
  readonly flame: Phaser.GameObjects.Image
  readonly color: number
  /** Seconds until the next puff of smoke. */
  smokeIn: number
  destroy(): void
}

/** Seconds between two puffs of smoke. */
const SMOKE_EVERY = 0.025

export function makeMissiles(scene: Phaser.Scene, blasts: Blasts): { draw(view: DogstarView, seconds: number): void } {
  let now: DogstarView | null = null
  let elapsed = 0
  const rockets = bindEntities(dogstar, 'missile', {
    create(missile): Rocket {
      const color = now ? colorOf(now, missile.owner) : 0
      const body = scene.add.image(missile.x, missile.y, FX, `missile-${color}`).setDepth(depth.bullets).setScale(0.85)
      const flame = scene.add
        .image(missile.x, missile.y, FX, `flame-${color}`)
        .setOrigin(0.86, 0.5)
        .setDepth(depth.bullets)
        .setBlendMode(Phaser.BlendModes.ADD)
      return {
        x: missile.x,
        y: missile.y,
        body,
        flame,
        color,
        smokeIn: 0,
        destroy() {
          body.destroy()
          flame.destroy()
        },
      }
    },
    update(rocket, { vx, vy }) {
      const angle = Math.atan2(vy, vx)
      const [backX, backY] = [rocket.x - Math.cos(angle) * 13, rocket.y - Math.sin(angle) * 13]
      rocket.body.setPosition(rocket.x, rocket.y).setRotation(angle)
      rocket.flame
        .setPosition(backX, backY)
        .setRotation(angle)
        .setScale(0.5 + 0.12 * Math.random(), 0.6)
      rocket.smokeIn -= elapsed
      if (rocket.smokeIn > 0) return
      rocket.smokeIn = SMOKE_EVERY
      blasts.smoke(backX, backY, rocket.color)
    },
  })
  return {
    draw(view, seconds) {
      now = view
      elapsed = seconds
      rockets.draw(view)
    },
  }
}

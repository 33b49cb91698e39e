/** Bullets on the scene: bolts of light in the shooter's livery. */
import Phaser from 'phaser'
import { bindEntities } from 'starwire/phaser'
import { FX } from '../looks/effects.ts'
import { dogstar } from '../rules/dogstar.ts'
import type { Blasts } from './blasts.ts'
import type { DogstarView } from './parts.ts'
import { depth } from './parts.ts'

interface Bolt {
  x: number
  y: number
  readonly image: Phaser.GameObjects.Image
  readonly color: number
  /** It has struck and glows no more; the referee's word is on its way. */
  ended: boolean
  destroy(): void
}

export function makeBolts(
  scene: Phaser.Scene,
  blasts: Blasts,
  colorOf: (view: DogstarView, owner: DogstarView['me'] | null) => number,
): { draw(view: DogstarView): void } {
  const layer = scene.add.layer().setDepth(depth.bullets)
  const resting: Phaser.GameObjects.Image[] = []
  let now: DogstarView | null = null

  const end = (bolt: Bolt): void => {
    if (bolt.ended) return
    bolt.ended = true
    bolt.image.setVisible(false)
    blasts.fizzle(bolt.x, bolt.y, bolt.color)
  }

  const bolts = bindEntities(dogstar, 'bullet', {
    create(bullet): Bolt {
      const color = now ? colorOf(now, bullet.owner) : 0
      const image = resting.pop() ?? new Phaser.GameObjects.Image(scene, 0, 0, FX).setBlendMode(Phaser.BlendModes.ADD)
      image.setFrame(`bolt-${color}`).setVisible(true).setScale(0.78)
      image.rotation = Math.atan2(bullet.vy, bullet.vx)
      if (!image.displayList) layer.add(image)
      return { x: bullet.x, y: bullet.y, image, color, ended: false, destroy: () => image.destroy() }
    },
    update(bolt, bullet) {
      bolt.image.setPosition(bolt.x, bolt.y)
      if (bullet.spent) end(bolt)
      else if (bolt.ended) {
        // The referee saw it miss: it flies on.
        bolt.ended = false
        bolt.image.setVisible(true)
      }
    },
    gone(bolt, _bullet, reason) {
      if (reason === 'destroyed') end(bolt)
      bolt.image.setVisible(false)
      resting.push(bolt.image)
    },
  })
  return {
    draw(view) {
      now = view
      bolts.draw(view)
    },
  }
}

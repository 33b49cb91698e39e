/** Arrows at the edge of the picture, one for each ship that is outside of it. */
import type Phaser from 'phaser'
import { FX } from '../looks/effects.ts'
import type { Follow } from './camera.ts'
import { colorOf } from './fleet.ts'
import { depth, type Frame } from './parts.ts'

/** Units between an arrow and the edge, and beyond which a ship counts as outside. */
const INSET = 34
const OUTSIDE = 12
/** Units at which an arrow is smallest. */
const FAR = 1800

export function makeArrows(scene: Phaser.Scene): { draw(frame: Frame, follow: Follow): void } {
  const arrows: Phaser.GameObjects.Image[] = []
  return {
    draw({ view, time }, follow) {
      let used = 0
      for (const ship of view.all('ship')) {
        if (ship.mine) continue
        const dx = ship.x - follow.x
        const dy = ship.y - follow.y
        const halfX = follow.width / 2
        const halfY = follow.height / 2
        if (Math.abs(dx) < halfX + OUTSIDE && Math.abs(dy) < halfY + OUTSIDE) continue
        const arrow = arrows[used] ?? scene.add.image(0, 0, FX).setDepth(depth.arrows)
        arrows[used++] = arrow
        // From the middle towards the ship, as far as the edge.
        const share = Math.min((halfX - INSET) / Math.abs(dx || 1), (halfY - INSET) / Math.abs(dy || 1))
        const distance = Math.hypot(dx, dy)
        const near = 1 - Math.min(1, distance / FAR)
        const pulse = 1 + 0.06 * Math.sin(time * 5 + ship.x / 100)
        arrow
          .setFrame(`arrow-${colorOf(view, ship.owner)}`)
          .setPosition(follow.x + dx * share, follow.y + dy * share)
          .setRotation(Math.atan2(dy, dx))
          .setScale((0.5 + 0.5 * near) * pulse)
          .setAlpha(0.55 + 0.45 * near)
          .setVisible(true)
      }
      for (let i = used; i < arrows.length; i++) arrows[i]?.setVisible(false)
    },
  }
}

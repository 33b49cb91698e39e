/** Around the own ship: red strokes towards whoever hit it, and a beating one towards each missile that follows it. */
import type Phaser from 'phaser'
import { depth, type Frame } from './parts.ts'

export interface Threats {
  /** The own ship was hit from there: an angle in radians. */
  hit(angle: number): void
  draw(frame: Frame): void
}

/** Seconds that a stroke stands, and its half width in radians. */
const STANDS = 1.1
const HALF = 0.32
/** Units from the ship's middle. */
const HIT_RADIUS = 54
const MISSILE_RADIUS = 66

export function makeThreats(scene: Phaser.Scene): Threats {
  const strokes: { readonly angle: number; age: number }[] = []
  const ink = scene.add.graphics().setDepth(depth.arrows)
  const stroke = (x: number, y: number, radius: number, angle: number, half: number): void => {
    ink.beginPath()
    ink.arc(x, y, radius, angle - half, angle + half)
    ink.strokePath()
  }
  return {
    hit(angle) {
      strokes.push({ angle, age: 0 })
      if (strokes.length > 6) strokes.shift()
    },
    draw({ view, ship, seconds, time }) {
      ink.clear()
      for (const each of strokes) each.age += seconds
      while (strokes[0] && strokes[0].age > STANDS) strokes.shift()
      if (!ship) {
        strokes.length = 0
        return
      }
      for (const { angle, age } of strokes) {
        ink.lineStyle(6, 0xff3b4a, 0.9 * (1 - age / STANDS))
        stroke(ship.x, ship.y, HIT_RADIUS, angle, HALF)
      }
      for (const missile of view.all('missile')) {
        if (missile.prey !== ship.id) continue
        ink.lineStyle(4, 0xffb13d, 0.45 + 0.45 * Math.sin(time * 18))
        stroke(ship.x, ship.y, MISSILE_RADIUS, Math.atan2(missile.y - ship.y, missile.x - ship.x), HALF / 2)
      }
    },
  }
}

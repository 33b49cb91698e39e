/** Asteroids on the scene: a rock that turns, and the sunlight on it that does not. */
import Phaser from 'phaser'
import { bindEntities } from 'starwire/phaser'
import { ROCK_KINDS, ROCKS, rockScale } from '../looks/asteroids.ts'
import { FX } from '../looks/effects.ts'
import { radiusOf } from '../rules/asteroids.ts'
import { ASTEROID_SIZES, MOON_SIZE, TICK_RATE } from '../rules/balance.ts'
import { dogstar } from '../rules/dogstar.ts'
import type { AsteroidView, DogstarView } from './parts.ts'
import { depth } from './parts.ts'

interface Rock {
  x: number
  y: number
  readonly turning: Phaser.GameObjects.Image
  readonly light: Phaser.GameObjects.Image
  /** The sign of what it carries, or null. */
  readonly cargo: Phaser.GameObjects.Image | null
  /** Radians per second, and at tick 0: from the id, so that every page shows the same without a byte for it. */
  readonly spin: number
  readonly phase: number
  /** Seconds since it was first drawn. */
  age: number
  destroy(): void
}

/** A new rock fades in within so many seconds. */
const FADE_IN = 0.6
const MOON_TINT = 0x9fbcf0
/** The ice-blue one: without WebGL there is no tint. */
const MOON_KIND = 3

export function makeRocks(scene: Phaser.Scene): { draw(view: DogstarView, seconds: number): void } {
  let tick = 0
  let seconds = 0
  const rocks = bindEntities(dogstar, 'asteroid', {
    create: (asteroid) => makeRock(scene, asteroid),
    update(rock) {
      rock.age += seconds
      const alpha = Math.min(1, rock.age / FADE_IN)
      rock.turning.setPosition(rock.x, rock.y).setAlpha(alpha)
      rock.turning.rotation = rock.phase + (rock.spin * tick) / TICK_RATE
      rock.light.setPosition(rock.x, rock.y).setAlpha(alpha)
      rock.cargo?.setPosition(rock.x, rock.y).setAlpha(alpha * (0.5 + 0.3 * Math.sin(tick / 16 + rock.phase)))
    },
  })
  return {
    draw(view, elapsed) {
      tick = view.tick
      seconds = elapsed
      rocks.draw(view)
    },
  }
}

function makeRock(scene: Phaser.Scene, { id, size, cargo: carried }: AsteroidView): Rock {
  const scale = rockScale(radiusOf(size))
  const isMoon = size === MOON_SIZE
  const turning = scene.add
    .image(0, 0, ROCKS, `rock-${isMoon ? MOON_KIND : id % ROCK_KINDS}`)
    .setScale(scale)
    .setDepth(depth.rocks)
  // Colder than what breaks.
  if (isMoon) turning.setTint(MOON_TINT)
  const light = scene.add.image(0, 0, ROCKS, 'light').setScale(scale).setDepth(depth.rocks)
  const cargo =
    carried === 'none'
      ? null
      : scene.add
          .image(0, 0, FX, `pickup-${carried}`)
          .setScale(scale * 0.9)
          .setDepth(depth.rocks)
          .setBlendMode(Phaser.BlendModes.ADD)
  const roll = (id * 0.6180339887) % 1
  return {
    x: 0,
    y: 0,
    turning,
    light,
    cargo,
    spin: (roll - 0.5) * (isMoon ? 0.1 : 1.1),
    phase: roll * 40,
    // A piece of a broken one is there at once.
    age: size >= ASTEROID_SIZES ? 0 : FADE_IN,
    destroy() {
      turning.destroy()
      light.destroy()
      cargo?.destroy()
    },
  }
}

/** The camera: it follows one's own ship, or the one that is watched; looks ahead of it, and shakes when something near explodes. */
import type Phaser from 'phaser'
import { ARENA_HEIGHT, ARENA_WIDTH } from '../rules/balance.ts'
import { type Field, fieldOf } from '../rules/field.ts'
import type { EntityId } from '../rules/shape.ts'
import type { Frame } from './parts.ts'

export interface Follow {
  /** Middle of the picture, in units, without the shake. */
  readonly x: number
  readonly y: number
  /** Units that the picture shows. */
  readonly width: number
  readonly height: number
  /** 0 to 1; adds up and fades within a second. */
  shake(amount: number): void
  /** Moves the picture by so many units. It stays where it is while no ship is followed. */
  pan(dx: number, dy: number): void
  draw(frame: Frame): void
}

/** Units² that every screen shows, whatever its shape and size, so that a large screen sees no farther: 1360 × 765. */
const AREA = 1_040_000
/** No side shows more than this many units: the sky is as large, and a portrait phone keeps its ships visible. */
const WIDEST = 1850
const TALLEST = 1300
/** Seconds of flight that the camera looks ahead. */
const AHEAD = 0.42
/** How far past the walls it may look, in units. */
const MARGIN = 110
/** On an upright screen thumbs cover the lower fifth: the ship flies above them, also at the lower wall. */
const THUMBS = 0.2

/** `shaking`: how much of each shake the player wants, 0 to 1. */
export function makeFollow(scene: Phaser.Scene, shaking: () => number): Follow {
  const camera = scene.cameras.main
  /** As it was in the last frame. */
  let field: Field = { left: 0, top: 0, right: ARENA_WIDTH, bottom: ARENA_HEIGHT }
  let x = ARENA_WIDTH / 2
  let y = ARENA_HEIGHT / 2
  let trauma = 0
  /** The ship that the picture showed last. */
  let followed: EntityId | null = null
  const follow = {
    x,
    y,
    width: 1,
    height: 1,
    shake(amount: number) {
      trauma = Math.min(1, trauma + amount * shaking())
    },
    pan(dx: number, dy: number) {
      x = inside(x + dx, follow.width, field.left, field.right, 0)
      y = inside(y + dy, follow.height, field.top, field.bottom, 0)
    },
    draw({ view, seen: ship, seconds, time }: Frame) {
      field = fieldOf(view)
      const { width, height } = camera
      // The page is about to remove the picture: there is nothing to divide by.
      if (width === 0 || height === 0) return
      const zoom = Math.max(Math.sqrt((width * height) / AREA), width / WIDEST, height / TALLEST)
      camera.setZoom(zoom)
      follow.width = width / zoom
      follow.height = height / zoom
      if (ship) {
        const covered = height > width ? follow.height * THUMBS : 0
        const tx = inside(ship.x + ship.vx * AHEAD, follow.width, field.left, field.right, 0)
        const seenY = ship.y + ship.vy * AHEAD + covered / 2
        const ty = inside(seenY, follow.height, field.top, field.bottom, covered)
        const far = Math.abs(tx - x) > follow.width || Math.abs(ty - y) > follow.height
        // A new ship is in the middle of the picture at once: gliding there would take the first second of its view.
        const share = ship.id === followed && !far ? 1 - Math.exp(-4.2 * seconds) : 1
        x += (tx - x) * share
        y += (ty - y) * share
        followed = ship.id
      } else if (followed === null) {
        // Nobody flies yet: a small arena is not where the large one has its middle.
        x = inside(x, follow.width, field.left, field.right, 0)
        y = inside(y, follow.height, field.top, field.bottom, 0)
      }
      follow.x = x
      follow.y = y
      trauma = Math.max(0, trauma - seconds * 1.5)
      const shaken = trauma * trauma * 22
      const sx = Math.sin(time * 47) * shaken
      const sy = Math.sin(time * 61 + 2) * shaken
      camera.setScroll(x + sx - width / 2, y + sy - height / 2)
    },
  }
  return follow
}

/** Keeps the picture over the arena; where it shows all of it, in the middle. */
function inside(target: number, seen: number, from: number, to: number, covered: number): number {
  const least = from + seen / 2 - MARGIN
  const most = to - seen / 2 + MARGIN + covered
  return least > most ? (from + to + covered) / 2 : Math.min(most, Math.max(least, target))
}

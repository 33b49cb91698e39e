import type Phaser from 'phaser'
import { expect, it } from 'vitest'
import { makeFollow } from '../../game/scenes/camera.ts'
import type { Frame } from '../../game/scenes/parts.ts'

function frame(id: number, x: number, y: number): Frame {
  const view = { settings: { arenaWidth: 3000, arenaHeight: 2000 }, globals: { margin: 0 } }
  return { view, seen: { id, x, y, vx: 0, vy: 0 }, seconds: 1 / 60, time: 0 } as unknown as Frame
}

it('has a new ship in the middle of the picture at once, also when the last one was lost near by', () => {
  const main = { width: 1280, height: 720, setZoom() {}, setScroll() {} }
  const follow = makeFollow({ cameras: { main } } as unknown as Phaser.Scene, () => 0)
  follow.draw(frame(1, 1200, 900))
  follow.draw({ ...frame(1, 0, 0), seen: null })
  follow.draw(frame(2, 1700, 1100))
  expect([follow.x, follow.y]).toEqual([1700, 1100])
  // The same ship is followed smoothly.
  follow.draw(frame(2, 1760, 1100))
  expect(follow.x).toBeGreaterThan(1700)
  expect(follow.x).toBeLessThan(1760)
})

it('stays where it is while the page has no room for the picture', () => {
  const main = { width: 1280, height: 720, setZoom() {}, setScroll() {} }
  const follow = makeFollow({ cameras: { main } } as unknown as Phaser.Scene, () => 0)
  follow.draw(frame(1, 1200, 900))
  Object.assign(main, { width: 0, height: 0 })
  follow.draw(frame(1, 1300, 900))
  Object.assign(main, { width: 1280, height: 720 })
  follow.draw(frame(1, 1210, 900))
  expect(follow.x).toBeGreaterThan(1200)
  expect(follow.width).toBeGreaterThan(0)
})

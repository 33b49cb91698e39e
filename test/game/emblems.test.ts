import type Phaser from 'phaser'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { makeEmblems } from '../../game/scenes/emblems.ts'
import type { DogstarView } from '../../game/scenes/parts.ts'
import { playerId } from '../../net/world/ids.ts'

const [ann, bea] = [playerId(0, 1), playerId(1, 1)]
/** One of each canvas: only which it is counts. */
const canvas = () => ({}) as HTMLCanvasElement

/** Textures and images that are there, by key. */
const textures = new Set<string>()
const images = new Map<string, { x: number; y: number; alpha: number }>()
const pen = new Proxy({}, { get: () => () => {}, set: () => true })
const scene = {
  textures: {
    createCanvas(key: string) {
      textures.add(key)
      return { context: pen, refresh() {} }
    },
    remove: (key: string) => textures.delete(key),
  },
  add: {
    image(_x: number, _y: number, key: string) {
      const seen = { x: 0, y: 0, alpha: 1 }
      images.set(key, seen)
      const image = {
        setDisplaySize: () => image,
        setDepth: () => image,
        setPosition: (x: number, y: number) => Object.assign(seen, { x, y }) && image,
        setAlpha: (alpha: number) => Object.assign(seen, { alpha }) && image,
        destroy: () => images.delete(key),
      }
      return image
    },
  },
} as unknown as Phaser.Scene

interface SeenShip {
  readonly id: number
  readonly owner: typeof ann | null
  readonly x: number
  readonly y: number
}
const viewOf = (ships: readonly SeenShip[], leftAt = 0) =>
  ({ all: () => ships, player: () => ({ color: 3, leftAt }) }) as unknown as DogstarView

describe('a picture on a ship', () => {
  const pictureOf = vi.fn<(player: typeof ann) => HTMLCanvasElement | null>()
  beforeEach(() => {
    textures.clear()
    images.clear()
    pictureOf.mockReset()
  })
  const both: SeenShip[] = [
    { id: 1, owner: ann, x: 10, y: 20 },
    { id: 2, owner: bea, x: 30, y: 40 },
    { id: 3, owner: null, x: 50, y: 60 },
  ]

  it('is where the ship is, of those pilots who have one, and pale while they are away', () => {
    const picture = canvas()
    pictureOf.mockImplementation((player) => (player === bea ? picture : null))
    const emblems = makeEmblems(scene, pictureOf)
    emblems.draw(viewOf(both))
    expect([...images.values()]).toEqual([{ x: 30, y: 40, alpha: 1 }])
    emblems.draw(viewOf(both, 99))
    expect([...images.values()]).toEqual([{ x: 30, y: 40, alpha: 0.4 }])
  })

  it('is gone in the frame after it is hidden or the ship is lost, and leaves no texture behind', () => {
    const [first, second] = [canvas(), canvas()]
    pictureOf.mockReturnValue(first)
    const emblems = makeEmblems(scene, pictureOf)
    for (let frame = 0; frame < 3; frame++) emblems.draw(viewOf(both))
    expect([textures.size, images.size]).toEqual([2, 2])
    pictureOf.mockReturnValue(second)
    emblems.draw(viewOf(both))
    expect([textures.size, images.size]).toEqual([2, 2])
    pictureOf.mockReturnValue(null)
    emblems.draw(viewOf(both))
    expect([textures.size, images.size]).toEqual([0, 0])
    pictureOf.mockReturnValue(first)
    emblems.draw(viewOf(both))
    emblems.draw(viewOf([]))
    expect([textures.size, images.size]).toEqual([0, 0])
  })
})

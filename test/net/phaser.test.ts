import { describe, expect, it } from 'vitest'
import type { EntityId, View } from '../../net/index.ts'
import { bindEntities } from '../../net/phaser.ts'
import type { GameShape } from '../../net/world/game-shape.ts'
import type { GoneReason } from '../../net/world/record-types.ts'
import { tag } from '../browser/fixtures/tag/tag.ts'

type TagView = Parameters<ReturnType<typeof bindTag>['runners']['draw']>[0]

interface FakeRunner {
  id: EntityId
  type: 'runner'
  x: number
  y: number
  angle?: number
  it: boolean
}

class FakeImage {
  x = 0
  y = 0
  rotation = 0
  alpha = 1
  destroyed = 0
  destroy(): void {
    this.destroyed++
  }
}

function bindTag(gone?: (image: FakeImage, reason: GoneReason) => void) {
  const made: FakeImage[] = []
  const runners = bindEntities(tag, 'runner', {
    create() {
      const image = new FakeImage()
      made.push(image)
      return image
    },
    update(image, runner) {
      image.alpha = runner.it ? 1 : 0.5
    },
    ...(gone ? { gone: (image: FakeImage, _runner: unknown, reason: GoneReason) => gone(image, reason) } : {}),
  })
  return { made, runners }
}

function runner(id: number, x: number, more: Partial<FakeRunner> = {}): FakeRunner {
  return { id: id as EntityId, type: 'runner', x, y: x / 2, it: false, ...more }
}

function viewOf(runners: readonly FakeRunner[], gone: readonly [FakeRunner, GoneReason][] = []): TagView {
  const view: Pick<View<GameShape>, 'gone'> & { all(): readonly FakeRunner[] } = {
    all: () => runners,
    gone: gone.map(([entity, reason]) => ({ entity, reason })) as never,
  }
  return view as unknown as TagView
}

describe('bindEntities', () => {
  it('makes an object for what appears, and places and updates it in the same frame', () => {
    const { made, runners } = bindTag()
    runners.draw(viewOf([runner(1, 100, { it: true }), runner(2, 200)]))
    expect(made.map(({ x, y, alpha }) => [x, y, alpha])).toEqual([
      [100, 50, 1],
      [200, 100, 0.5],
    ])
  })

  it('moves the same object while the entity lives, and turns it where there is an angle', () => {
    const { made, runners } = bindTag()
    const ann = runner(1, 100, { angle: 1 })
    runners.draw(viewOf([ann]))
    ann.x = 120
    ann.angle = 2
    runners.draw(viewOf([ann]))
    expect(made).toHaveLength(1)
    expect(made[0]).toMatchObject({ x: 120, rotation: 2 })
    expect(runners.get(ann.id)).toBe(made[0])
  })

  it('leaves the rotation alone where the entity has no angle', () => {
    const { made, runners } = bindTag()
    runners.draw(viewOf([runner(1, 100)]))
    made[0]!.rotation = 0.7
    runners.draw(viewOf([runner(1, 100)]))
    expect(made.at(-1)!.rotation).toBe(0)
    expect(made[0]!.destroyed).toBe(1)
  })

  it('destroys the object of what goes, once', () => {
    const { made, runners } = bindTag()
    const ann = runner(1, 100)
    const bo = runner(2, 200)
    runners.draw(viewOf([ann, bo]))
    runners.draw(viewOf([bo], [[ann, 'destroyed']]))
    runners.draw(viewOf([bo]))
    expect(made.map(({ destroyed }) => destroyed)).toEqual([1, 0])
    expect(runners.get(ann.id)).toBe(null)
  })

  it('tells a binding of its own why the entity went, and leaves the object to it', () => {
    const heard: GoneReason[] = []
    const { made, runners } = bindTag((_image, reason) => heard.push(reason))
    const ann = runner(1, 100)
    const bo = runner(2, 200)
    runners.draw(viewOf([ann, bo]))
    runners.draw(
      viewOf(
        [],
        [
          [bo, 'out of view'],
          [ann, 'destroyed'],
        ],
      ),
    )
    expect(heard).toEqual(['destroyed', 'out of view'])
    expect(made.map(({ destroyed }) => destroyed)).toEqual([0, 0])
  })

  it('loses nothing when a frame’s news was missed', () => {
    const { made, runners } = bindTag()
    runners.draw(viewOf([runner(1, 100)]))
    runners.draw(viewOf([runner(2, 200)]))
    expect(made.map(({ destroyed }) => destroyed)).toEqual([1, 0])
  })

  it('destroys everything at the end of the scene and can begin again', () => {
    const { made, runners } = bindTag()
    const ann = runner(1, 100)
    runners.draw(viewOf([ann]))
    runners.clear()
    expect(made[0]!.destroyed).toBe(1)
    runners.draw(viewOf([ann]))
    expect(made).toHaveLength(2)
  })

  it('says which types there are when it is asked for another', () => {
    const wrong = 'runer' as 'runner'
    expect(() => bindEntities(tag, wrong, { create: () => new FakeImage() })).toThrow('The game has runner')
  })
})

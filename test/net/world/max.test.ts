/** A type's `max`: what is spawned above it, on the host and where it is predicted. */
import { defineGame, entity, t } from 'starwire'
import { expect, it } from 'vitest'
import { playerId } from '../../../net/world/ids.ts'
import { loadWorld, saveWorld } from '../../../net/world/save.ts'
import { runTick } from '../../../net/world/tick.ts'
import { World } from '../../../net/world/world.ts'

const ann = playerId(0, 1)
const bob = playerId(1, 1)
const none = { joined: [], left: [], expired: [], inputs: new Map(), commands: [] }
type Loose = Record<string, unknown>

function worldOf(rules: { step?: (world: World) => void; referee?: (world: World) => void }, me: typeof ann | null) {
  const game = defineGame({
    id: 'full',
    version: 1,
    maxPlayers: 2,
    input: {},
    entities: {
      mine: entity({ x: t.int(0, 9), next: t.entity() }, { max: 2 }),
      ball: entity({}, { predict: 'all', max: 1 }),
      ship: entity({}),
    },
    step: (world) => rules.step?.(world as unknown as World),
    referee: (world) => rules.referee?.(world as unknown as World),
  })
  const refused: string[] = []
  const world = new World({ game, seed: 1, predicting: me, refused: (problem) => refused.push(problem) })
  return { world, refused, kept: () => Object.fromEntries([...world.keptOut].map(([{ name }, n]) => [name, n])) }
}

it('what is spawned above the max of its type can be used as ever, and is in no world', () => {
  const { world, refused, kept } = worldOf({}, null)
  const [first, second, third] = [1, 2, 3].map((x) => world.spawn('mine', { x }))
  Object.assign(third!, { x: 5 })
  expect((third as never as Loose).x).toBe(5)
  expect([...world.all('mine')]).toEqual([first, second])
  expect([world.exists(third!.id), world.get('mine', third!.id)]).toEqual([false, null])
  // A reference to it is one to what is gone, and never becomes one to what is spawned next.
  Object.assign(first!, { next: third!.id })
  world.remove(third!)
  world.remove(second!)
  const fourth = world.spawn('mine', {})
  expect((first as never as Loose).next).toBe(null)
  expect([...world.all('mine')]).toEqual([first, fourth])
  expect(world.count(world.entityType('mine'))).toBe(2)
  expect(kept()).toEqual({ mine: 1 })
  world.spawn('mine', {})
  world.spawn('ball', {})
  world.spawn('ball', {})
  expect(kept()).toEqual({ mine: 2, ball: 1 })
  // Once for each type, however many there are.
  expect(refused).toEqual([
    expect.stringMatching(/^There are 2 of mine, its max.*Remove some first, spawn fewer, or raise max in entity\(/),
    expect.stringMatching(/^There are 1 of ball, its max/),
  ])
  world.begin(1)
  expect(kept()).toEqual({})
})

it('what follows one that was kept out has the same id on the host and on the client that had room', () => {
  const step = (world: World): void => {
    for (const type of ['mine', 'ship']) world.spawn(type, { owner: bob })
  }
  const host = worldOf({ step }, null)
  const client = worldOf({ step }, bob)
  for (let i = 0; i < 2; i++) host.world.spawn('mine', { owner: ann })
  runTick(host.world, 1, { ...none, joined: [ann, bob] })
  client.world.begin(1)
  client.world.step()
  const idsOf = ({ world }: { world: World }, type: string): number[] =>
    [...world.all(type)].filter(({ owner }) => owner === bob).map(({ id }) => id)
  expect([idsOf(host, 'mine').length, idsOf(client, 'mine').length]).toEqual([0, 1])
  expect(idsOf(host, 'ship')).toHaveLength(1)
  expect(idsOf(host, 'ship')).toEqual(idsOf(client, 'ship'))
  expect(host.kept()).toEqual({ mine: 1 })
})

it('a client counts what it predicts, not what it happens to know of others', () => {
  const { world, kept } = worldOf({}, bob)
  world.phase = 'step'
  const shown = [1, 2].map((n) => world.make(world.entityType('mine'), (2 ** 16 + n) as never, ann))
  for (const record of shown) world.insert(record)
  const own = [1, 2, 3].map(() => world.spawn('mine', { owner: bob }))
  expect([...world.all('mine')]).toEqual([...shown, own[0], own[1]])
  expect(kept()).toEqual({ mine: 1 })
  for (const record of shown) world.detach(record)
  world.spawn('mine', { owner: bob })
  expect(kept()).toEqual({ mine: 2 })
  // Of what everybody predicts, all count.
  world.insert(world.make(world.entityType('ball'), (2 ** 16 + 9) as never, ann))
  world.spawn('ball', { owner: bob })
  expect(kept()).toEqual({ mine: 2, ball: 1 })
})

it('a world that is loaded knows how many it has', () => {
  const { world, kept } = worldOf({}, null)
  world.spawn('mine', {})
  const saved = saveWorld(world)
  world.spawn('mine', {})
  expect(loadWorld(world, saved)).toBe(null)
  world.spawn('mine', {})
  expect(kept()).toEqual({})
  world.spawn('mine', {})
  expect(kept()).toEqual({ mine: 1 })
})

import { defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { saveWorld } from '../../../net/world/save.ts'
import { HostAndHeir } from './arena.ts'

/** A physics engine, as a game would keep one: a counter that only its own save can write. */
const engine = (bytes: number) =>
  t.opaque({
    create: () => ({ steps: 0 }),
    save: ({ steps }: { steps: number }) => new Uint8Array(bytes).fill(steps % 256),
    load: (saved: Uint8Array) => ({ steps: saved[0] ?? 0 }),
  })

const rig = (bytes: number) =>
  defineGame({
    id: 'rig',
    version: 1,
    maxPlayers: 2,
    tickRate: 60,
    input: {},
    entities: { body: entity({ x: t.int(0, 9999), engine: engine(bytes) }, { predict: 'none' }) },
    step() {},
    referee(world) {
      if (world.tick === 1) for (let i = 0; i < 3; i++) world.spawn('body', { x: i })
      for (const body of world.all('body')) {
        body.x = world.tick
        ;(body.engine as { steps: number }).steps++
      }
    },
  })

const near = { oneWayMs: 30, loss: 0 }

describe('a game with opaque fields', () => {
  it('goes on from a tick whose opaque state is here, at most a second and a bit old, and says so', () => {
    const match = new HostAndHeir(rig(8), near)
    const saved = new Map<number, Uint8Array>()
    match.host.onTick(({ tick }) => saved.set(tick - 1, saveWorld(match.host.world)))
    match.run(60)
    match.run(240, () => {
      expect(match.heir.ageMs(match.host.world.tick)).toBeLessThan(1200)
    })
    const cut = match.heir.cut()!
    expect(cut.match.world).toEqual(saved.get(cut.tick))
    expect(cut.past).toEqual([])
    expect(match.source.layouts.hasOpaque).toBe(true)
  })

  it('sends large opaque state a quarter as often', () => {
    const match = new HostAndHeir(rig(30_000), near, { bytesPerSecond: 1_000_000 })
    let sent = 0
    const build = match.stream.build.bind(match.stream)
    match.stream.build = (now) => {
      const out = build(now)
      sent += out.filter(({ lane, bytes }) => lane === 'bulk' && bytes[1] === 98).length
      return out
    }
    match.run(540)
    expect(sent).toBeGreaterThanOrEqual(2)
    expect(sent).toBeLessThanOrEqual(3)
    expect(match.heir.ended).toBeNull()
  })

  it('ends the candidacy at opaque state that its own load does not read', () => {
    const broken = { ...rig(8) }
    const match = new HostAndHeir(broken, near)
    const { opaque } = broken.schema.types.find(({ name }) => name === 'body')!.objects[0]!
    match.run(30)
    Object.assign(opaque!, {
      load: () => {
        throw new Error('damaged')
      },
    })
    match.run(240)
    expect(match.heir.ended).toBe('poisoned')
  })
})

/** A guest's recording: the last seconds of what its page showed, as a view, and beside the host's. */
import { defineGame, entity, type ShapeOf, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { diverges } from '../../../net/records.ts'
import { type Simulation, seededRandom, simulate } from '../../../net/testing.ts'
import { tag } from '../../browser/fixtures/tag/tag.ts'
import { act, arena } from '../../sim/arena.ts'
import { play } from '../../sim/laws.ts'
import { opened, recordGuest, recordHost } from './recorded.ts'

type Tag = ShapeOf<typeof tag>

function running(ms: number): Simulation<Tag> {
  const match = simulate(tag, { players: 2, network: { latencyMs: 40 } })
  match.run(500)
  match.clients[0]!.input({ x: 1, y: 0 })
  match.clients[1]!.input({ x: 0, y: 1 })
  match.run(ms)
  return match
}

describe('the recording of a guest', () => {
  it('shows as a view what its page showed, and its input', () => {
    const match = running(0)
    const recording = recordGuest(match.clients[1]!)
    match.run(1_000)
    const replay = recording.highlight()
    expect(replay.about).toMatchObject({ kind: 'guest', me: match.clients[1]!.me, game: 'tag' })
    replay.seek(replay.lastTick)
    const shown = [...replay.view(0).all('runner')]
    expect(shown.map(({ mine }) => mine)).toEqual([false, true])
    const drawn = [...match.clients[1]!.view().all('runner')]
    for (const [i, runner] of shown.entries()) {
      expect(Math.abs(runner.x - drawn[i]!.x)).toBeLessThanOrEqual(5)
      expect(Math.abs(runner.y - drawn[i]!.y)).toBeLessThanOrEqual(5)
    }
    expect(replay.inputOf(match.clients[1]!.me)).toEqual({ x: 0, y: 1 })
    expect(replay.inputOf(match.clients[0]!.me)).toBe(null)
    expect(replay.packets.filter(({ sent }) => sent).length).toBeGreaterThan(50)
    expect(replay.packets.filter(({ sent }) => !sent).length).toBeGreaterThan(25)
  })

  it('keeps the last thirty seconds and no more, however long the match is', () => {
    const slow = defineGame({
      ...{ id: 'slow', version: 1, maxPlayers: 2, tickRate: 10, input: {} },
      entities: { dot: entity({ x: t.int(0, 999) }) },
      step: (world) => {
        for (const dot of world.all('dot')) dot.x = world.tick % 7
      },
      referee: (world) => {
        for (const owner of world.joined) world.spawn('dot', { owner })
      },
    })
    const match = simulate(slow, { players: 2 })
    const recording = recordGuest(match.clients[1]!)
    match.run(20_000)
    const { bytes } = recording
    match.run(25_000)
    expect(recording.seconds).toBeGreaterThanOrEqual(30)
    expect(recording.seconds).toBeLessThanOrEqual(35)
    expect(recording.bytes).toBeLessThan(2.5 * bytes)
    const replay = opened(slow, recording.save())
    expect(replay.lastTick - replay.firstTick).toBeLessThanOrEqual(350)
  })

  it('is the host’s world to the bit where it predicts, and within a wire step where it is shown', () => {
    const match = simulate(arena, { players: 3, network: { latencyMs: 40 }, seed: 3 })
    const [host, guest] = [recordHost(match), recordGuest(match.clients[1]!)]
    // Before anybody acts nothing is predicted wrongly.
    match.run(1_200)
    expect(diverges(host.highlight(), guest.highlight()).filter(({ type }) => type !== 'ball')).toEqual([])
  })

  it('differs where the page had predicted wrongly, and names tick, record, field and both values', () => {
    const match = simulate(arena, { players: 3, network: { latencyMs: 80, loss: 0.3 }, seed: 3 })
    const [host, guest] = [recordHost(match), recordGuest(match.clients[1]!)]
    play(match, 1_000, seededRandom(2), act)
    const found = diverges(host.highlight(), guest.highlight())
    expect(found.length).toBeGreaterThan(0)
    const [first] = diverges(guest.highlight(), host.highlight())
    expect(first).toEqual({ ...found[0], a: found[0]!.b, b: found[0]!.a })
    expect(() => diverges(guest.highlight(), guest.highlight())).toThrow('two recordings of guests')
  })
})

describe('session.record', () => {
  it('records what its page shows; a simulation records as its host', async () => {
    const match = running(0)
    const recording = await match.clients[1]!.session.record()
    const ofHost = match.record()
    match.run(300)
    expect([recording.kind, ofHost.kind]).toEqual(['guest', 'host'])
    const view = recording.highlight(1).view(0)
    expect([...view.all('runner')].map(({ x }) => typeof x)).toEqual(['number', 'number'])
    expect(ofHost.highlight().check()).toBe(null)
    recording.stop()
    const { seconds } = recording
    match.run(300)
    expect(recording.seconds).toBe(seconds)
  })
})

describe('two runs of one file', () => {
  it('do not differ under the same rules', () => {
    const match = running(500)
    const recording = recordHost(match)
    match.run(500)
    const bytes = recording.save()
    expect(diverges(opened(tag, bytes), opened(tag, bytes))).toEqual([])
  })
})

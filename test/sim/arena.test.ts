import { describe, expect, it } from 'vitest'
import { SnapshotReader } from '../../net/replication/snapshot-reader.ts'
import { type LinkConditions, simulate } from '../../net/testing.ts'
import { sectionsOf } from '../../net/wire/sections.ts'
import { writeRow } from '../../net/wire/states.ts'
import { initialNumbers, initialObjects } from '../../net/world/record.ts'
import { readPacket } from '../net/wire/read.ts'
import { act, arena, ghostShows, rest } from './arena.ts'
import { confirmedFaults, digest, play, predictionFaults, presenceFaults, seededRandom } from './laws.ts'

const networks: Record<string, LinkConditions> = {
  '100 ms, 20 % loss, jitter that reorders': { latencyMs: 50, loss: 0.2, jitterMs: 20 },
}
/** Nothing of their own but more of the same. */
const moreNetworks: Record<string, LinkConditions> = {
  'a perfect network': {},
  '100 ms, 5 % loss': { latencyMs: 50, loss: 0.05 },
  '100 ms, everything twice and out of order': { latencyMs: 50, loss: 0.05, jitterMs: 30, duplicate: 0.5 },
}

function itIsRightOver(network: LinkConditions): void {
  it('shows what is presented within one wire step, and what is predicted exactly, at every moment', () => {
    const match = simulate(arena, { players: 4, network, seed: 11 })
    const faults: string[] = []
    let turn = 0
    play(match, 7_000, seededRandom(3), act, () => {
      if (turn++ % 7 === 0) for (const client of match.clients) faults.push(...confirmedFaults(match, client))
    })
    expect(faults.slice(0, 5)).toEqual([])
    rest(match)
    match.run(3_000)
    for (const client of match.clients) {
      expect(predictionFaults(match, client)).toEqual([])
      expect(client.runner.session.failure).toBe(null)
      expect(client.runner.session.malformed).toEqual({})
    }
    expect(match.host.session.malformed).toEqual({})
  })

  it('tells each client what is there and what is gone, without what is hidden from it', () => {
    const match = simulate(arena, { players: 4, network, seed: 12 })
    play(match, 7_000, seededRandom(4), act)
    rest(match)
    // To the middle of a time in which the same ghosts show, and everybody has heard of it: with such losses, not at once.
    match.run(3_000)
    const late = (): number =>
      match.host.session.world.tick - Math.min(...match.clients.map((c) => c.session.world().tick))
    const until = match.now + 10_000
    do match.run(1000 / 60)
    while (match.now < until && (match.host.session.world.tick % 40 !== 30 || late() > 8))
    expect(late()).toBeLessThanOrEqual(8)
    const tick = match.host.session.world.tick
    for (const client of match.clients)
      expect(
        presenceFaults(match, client, ({ type, fields }) => {
          if (type === 'trap') return false
          return type !== 'ghost' || ghostShows(Number(fields.number), client.me, tick)
        }),
      ).toEqual([])
  })

  it('delivers each event exactly once to everybody, and each command once and in order', async () => {
    const match = simulate(arena, { players: 4, network, seed: 13 })
    const LAST_TICK = 620
    const truth = new Map<string, number>()
    const heard = match.clients.map(() => new Map<string, number>())
    const count = (into: Map<string, number>, key: string): void => void into.set(key, (into.get(key) ?? 0) + 1)
    // A player hears of their own deeds at the predicted tick, and a late input may put that off by some ticks.
    const own = match.clients.map(() => 0)
    for (const [i, { session, me }] of match.clients.entries()) {
      const mine = heard[i]!
      session.on('gong', (payload) => count(mine, `gong ${payload.number}`))
      session.on('fell', (payload) => count(mine, `fell ${payload.number} ${payload.name}`))
      session.on('puff', (payload) => count(mine, `puff ${payload.by} ${payload.at}`))
      const shot =
        (times: number) =>
        (payload: { readonly by: number | null; readonly at: number }): void => {
          if (payload.by !== me) count(mine, `shot ${payload.by} ${payload.at}`)
          else if (payload.at <= LAST_TICK) own[i] = (own[i] ?? 0) + times
        }
      session.on('shot', shot(1), shot(-1))
    }
    const answers = match.clients.map(() => [] as number[])
    let turn = 0
    const note = (): void => {
      // The last ones are still to be presented when all is over.
      if (match.host.session.world.tick > LAST_TICK) return
      for (const { type, row } of match.host.session.world.emitted) {
        const [a = 0, b = 0] = row.numbers
        const text = row.objects[0]
        count(
          truth,
          type.name === 'fell'
            ? `fell ${a} ${String(text)}`
            : type.name === 'gong'
              ? `gong ${a}`
              : `${type.name} ${a} ${b}`,
        )
      }
    }
    play(match, 8_000, seededRandom(5), act, () => {
      note()
      if (turn++ % 20 === 0 && turn <= 300)
        for (const [i, { session }] of match.clients.entries())
          void session.command('buy', { price: 1 }).then((score) => answers[i]!.push(score))
    })
    rest(match)
    match.run(3_000, note)
    await Promise.resolve()
    expect(match.host.session.world.tick).toBeGreaterThan(600)
    for (const [i, notes] of heard.entries()) {
      const shots = `shot ${match.clients[i]?.me} `
      const mine = [...truth].filter(([key]) => key.startsWith(shots)).length
      expect(own[i]).toBe(mine)
      const missing = [...truth]
        .filter(([key, times]) => !key.startsWith(shots) && (notes.get(key) ?? 0) < times)
        .map(([key]) => key)
      const twice = [...notes].filter(([key, times]) => times > (truth.get(key) ?? 1)).map(([key]) => key)
      expect({ i, missing, twice }).toEqual({ i, missing: [], twice: [] })
    }
    for (const list of answers) expect(list).toEqual(Array.from({ length: 15 }, (_, i) => i + 1))
  })

  it('never lets the id of a hidden entity, or the value of a private field, reach a client', () => {
    const match = simulate(arena, { players: 4, network, seed: 14 })
    const leaks: string[] = []
    for (const client of match.clients) {
      const receive = client.runner.receive.bind(client.runner)
      // A second reader beside the client's own: what it can read, whoever listens on the wire can read.
      const reader = new SnapshotReader(arena, client.me)
      const { all } = sectionsOf(arena)
      client.runner.receive = (bytes, now) => {
        const packet = readPacket(bytes)!
        const read = reader.read(packet.tick, packet.body, now)
        for (const change of typeof read === 'string' ? [] : [...read.snapshot.exact, ...read.snapshot.presented]) {
          const layout = all[change.layout]!
          const { type } = layout
          if (!change.state) {
            if (type.name === 'trap') leaks.push('the end of a trap')
            continue
          }
          const { id, owner } = change.state
          const row = { numbers: initialNumbers(type), objects: initialObjects(type) }
          writeRow(layout, change.state, packet.tick, row)
          if (type.name === 'trap') leaks.push(`trap ${id}`)
          if (type.name === 'ghost' && !ghostShows(row.numbers[1] ?? 0, client.me, packet.tick))
            leaks.push(`ghost ${id}`)
          const value = (name: string): number => {
            const field = type.numbers.find((other) => other.name === name)
            return field ? (row.numbers[field.column] ?? 0) : 0
          }
          if (value('cards') !== 0) leaks.push('cards')
          if (owner !== client.me && (value('gunAt') !== 0 || value('bank') !== 0))
            leaks.push(`${type.name} of ${owner}`)
          if (owner !== client.me && value('plan') !== 0 && (owner ?? 0) % 2 !== client.me % 2) leaks.push('plan')
        }
        receive(bytes, now)
      }
    }
    play(match, 6_000, seededRandom(6), act)
    expect([...new Set(leaks)]).toEqual([])
  })

  it('lets a player who joins late see what everybody sees', () => {
    const match = simulate(arena, { players: 2, network, seed: 15 })
    play(match, 4_000, seededRandom(7), act)
    const late = match.join()
    play(match, 3_000, seededRandom(8), act)
    rest(match)
    match.run(2_500)
    // Not right after drones come and go either: a lost packet costs a quarter of a second.
    const { world } = match.host.session
    while (world.tick % 40 !== 30 || world.tick % 97 < 30) match.run(1000 / 60)
    expect(predictionFaults(match, late)).toEqual([])
    expect(confirmedFaults(match, late)).toEqual([])
    const tick = match.host.session.world.tick
    expect(
      presenceFaults(match, late, ({ type, fields }) =>
        type === 'ghost' ? ghostShows(Number(fields.number), late.me, tick) : type !== 'trap',
      ),
    ).toEqual([])
    expect([...late.view().all('runner')].length).toBe(3)
    expect(late.view().globals.round).toBe(match.host.session.world.globals.numbers[0])
  })
}

describe.each(Object.entries(networks))('a match over %s', (_name, network) => itIsRightOver(network))
describe.each(Object.entries(moreNetworks))('a match over %s', { tags: ['long'] }, (_name, network) =>
  itIsRightOver(network),
)

describe('a seed', () => {
  function run(seed: number): number {
    let hash = 0x811c9dc5
    const match = simulate(arena, { players: 3, network: networks['100 ms, 20 % loss, jitter that reorders']!, seed })
    const hostReceive = match.host.receive.bind(match.host)
    match.host.receive = (player, bytes, now) => {
      hash = digest(digest(hash, Uint8Array.of(player & 255, now & 255)), bytes)
      hostReceive(player, bytes, now)
    }
    for (const { runner } of match.clients) {
      const receive = runner.receive.bind(runner)
      runner.receive = (bytes, now) => {
        hash = digest(hash, bytes)
        receive(bytes, now)
      }
    }
    play(match, 3_000, seededRandom(9), act)
    return hash
  }

  it('gives the same match, to the byte, and another gives another', () => {
    const hash = run(21)
    expect(run(21)).toBe(hash)
    expect(run(22)).not.toBe(hash)
  })
})

/** The laws that hold whatever goes wrong: tabs that freeze, lines that are cut, clocks that are set, packets that come again. */
import fc from 'fast-check'
import type { ShapeOf } from 'starwire'
import { describe, expect, it } from 'vitest'
import { type SimulatedClient, seededRandom, simulate } from '../../net/testing.ts'
import { act, arena, rest } from './arena.ts'
import { confirmedFaults, play, predictionFaults, watchOthers } from './laws.ts'

type Player = SimulatedClient<ShapeOf<typeof arena>>

const PLAY_MS = 5000
const REST_MS = 3500
/** The last of what happened is still to be presented when all is over. */
const LAST_TICK = 400
const NETWORK = { latencyMs: 40, loss: 0.05, jitterMs: 15, duplicate: 0.05 }

const trouble = fc.record({
  at: fc.integer({ min: 1000, max: PLAY_MS - 1000 }),
  who: fc.integer({ min: 1, max: 2 }),
  kind: fc.constantFrom('cut', 'freeze', 'freeze host', 'clock forward', 'clock back', 'old packets'),
  ms: fc.integer({ min: 50, max: 1200 }),
})
type Trouble = typeof trouble extends fc.Arbitrary<infer T> ? T : never

/** A match with troubles, and all that was wrong in it. */
async function faultsOf(seed: number, troubles: readonly Trouble[]): Promise<string[]> {
  const match = simulate(arena, { players: 3, network: NETWORK, seed })
  const { host } = match
  const faults = watchOthers(match)
  const wrongBy = match.clients.map(() => 0)
  const again = match.clients.map(() => 0)
  for (const [i, { runner, me }] of match.clients.entries()) {
    const { tick, receive } = runner
    const past: Uint8Array[] = []
    runner.tick = (now) => tick.call(runner, now + wrongBy[i]!)
    runner.receive = (bytes, now) => {
      past.push(bytes.slice())
      const old = past[again[i]!-- > 0 ? Math.floor(past.length / 2) : past.length]
      if (old) receive.call(runner, old, now + wrongBy[i]!)
      receive.call(runner, bytes, now + wrongBy[i]!)
    }
    const { inputs } = host.session.clients.get(me)!
    const take = inputs.consume.bind(inputs)
    let taken = 0
    inputs.consume = (at, hostTime) => {
      if (at !== taken + 1) faults.push(`player ${me} gave ${at} after ${taken}`)
      taken = at
      return take(at, hostTime)
    }
  }
  const heard = match.clients.map(() => new Map<string, number>())
  const truth = new Map<string, number>()
  const count = (into: Map<string, number>, key: string): void => void into.set(key, (into.get(key) ?? 0) + 1)
  for (const [i, { session }] of match.clients.entries()) {
    session.on('gong', ({ number }) => count(heard[i]!, `gong ${number}`))
    session.on('puff', ({ by, at }) => count(heard[i]!, `puff ${by} ${at}`))
  }
  const answers = match.clients.map(() => [] as number[])
  const due = troubles.toSorted((a, b) => a.at - b.at)
  let noted = 0
  const presses = match.clients.map(() => 0)
  const each = (): void => {
    const { world } = host.session
    if (world.tick > noted && world.tick <= LAST_TICK)
      for (const { type, row } of world.emitted) {
        const [a, b] = row.numbers
        if (type.name === 'gong') count(truth, `gong ${a}`)
        if (type.name === 'puff') count(truth, `puff ${a} ${b}`)
      }
    noted = world.tick
    for (let next = due[0]; next && next.at <= match.now; next = due[0]) {
      due.shift()
      const client = match.clients[next.who]!
      if (next.kind === 'cut') match.cut(client, next.ms)
      else if (next.kind === 'freeze') match.freeze(client, next.ms)
      else if (next.kind === 'freeze host') match.freeze('host', next.ms)
      else if (next.kind === 'old packets') again[next.who] = next.ms / 10
      else wrongBy[next.who]! += (next.kind === 'clock back' ? -1 : 1) * next.ms * 3000
    }
  }
  let turn = 0
  const press = (client: Player, random: () => number): void => {
    presses[match.clients.indexOf(client)]!++
    act(client, random)
  }
  play(match, PLAY_MS, seededRandom(seed), press, () => {
    each()
    if (turn++ % 40 === 0)
      for (const [i, { session }] of match.clients.entries())
        void session.command('buy', { price: 1 }).then((score) => answers[i]!.push(score))
    if (turn % 15 === 0) for (const client of match.clients) faults.push(...confirmedFaults(match, client))
  })
  rest(match)
  match.run(REST_MS, each)
  await Promise.resolve()

  const { tick } = host.session.world
  for (const [i, client] of match.clients.entries()) {
    // Everybody rests: what was predicted for the host's present, before it came, is what came.
    faults.push(
      ...predictionFaults(match, client, tick),
      ...predictionFaults(match, client),
      ...confirmedFaults(match, client),
    )
    for (const [key, times] of truth)
      if (heard[i]!.get(key) !== times)
        faults.push(`player ${client.me} heard ${key} ${heard[i]!.get(key) ?? 0} times, not ${times}`)
    for (const [key, times] of heard[i]!) if (times > 1) faults.push(`player ${client.me} heard ${key} ${times} times`)
    const asked = Math.ceil(turn / 40)
    const once = Array.from({ length: asked }, (_, n) => n + 1)
    if (JSON.stringify(answers[i]) !== JSON.stringify(once))
      faults.push(`player ${client.me} was answered ${answers[i]}`)
    const dashes = host.session
      .report()
      .entities.find(({ type, id }) => type === 'runner' && host.session.world.records.get(id)?.owner === client.me)
    if (Number(dashes?.fields.dashes) > presses[i]!)
      faults.push(`player ${client.me} dashed more often than they pressed`)
  }
  return faults
}

describe('whatever goes wrong', () => {
  const holds = (numRuns: number, seed: number) => () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1e6 }),
        fc.array(trouble, { minLength: 1, maxLength: 4 }),
        async (seed, troubles) => {
          expect((await faultsOf(seed, troubles)).slice(0, 3)).toEqual([])
        },
      ),
      { numRuns, seed, endOnFailure: true },
    )

  it(
    'each event and command comes once, each tick takes one input, and all agree to the bit when it is over',
    holds(3, 21),
  )
  it('holds for many more of the same', { tags: ['long'] }, holds(40, 20))
})

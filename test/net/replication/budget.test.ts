import { defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { HostSession } from '../../../net/session/host.ts'
import { ReceivedSequences } from '../../../net/wire/received-sequences.ts'
import { playerId } from '../../../net/world/ids.ts'
import { sendAll } from '../session/send-all.ts'
import { PlainClient } from '../wire/plain.ts'
import { readPacket } from '../wire/read.ts'

const ROCKS = 500
/** What a rock takes in full, at most. */
const ROCK_BYTES = 14
/** 24 kB/s at 30 a second, less the head. */
const BUDGET_BYTES = 750
const game = defineGame({
  id: 'many',
  version: 1,
  maxPlayers: 2,
  input: {},
  entities: {
    rock: entity(
      {
        x: t.fixed({ min: 0, max: 4096, step: 1 / 16, rate: 'vx' }),
        vx: t.fixed({ min: -90, max: 90, step: 1 / 8 }),
        hp: t.int(0, 60_000),
      },
      { predict: 'none' },
    ),
  },
  step() {},
  referee(world) {
    if (world.tick === 1) for (let i = 0; i < ROCKS; i++) world.spawn('rock', { x: i * 8, hp: i * 100 })
    // They move, and then they rest.
    for (const rock of world.all('rock')) {
      rock.vx = world.tick > 40 && world.tick < 80 ? 30 : 0
      rock.x += rock.vx * world.dt
    }
  },
})

/** After which sends the client has every rock, at the speed that it truly has. */
function completeSends(from: number, until: number, lost: (send: number) => boolean): number[] {
  const me = playerId(0, 1)
  const host = new HostSession({ game, seed: 1, secret: [1, 2, 3, 4], epoch: 1 })
  host.join(me)
  const { baselines, downlink } = host.clients.get(me)!
  const client = new PlainClient(game, me)
  const sequences = new ReceivedSequences()
  const complete: number[] = []
  host.advance(0)
  for (let send = 0, now = 34; send < until; send++, now += 34) {
    host.advance(now)
    for (const { bytes } of sendAll(host, now)) {
      if (lost(send)) continue
      const { tick, body } = readPacket(bytes)!
      const snapshot = client.decode(tick, body)
      if (typeof snapshot === 'string') throw new Error(snapshot)
      client.take(snapshot)
      sequences.receive(snapshot.head.sequence, now)
      const ack = sequences.ack(now)
      if (ack) baselines.acknowledge(ack, now)
      if (ack) downlink.acknowledge(ack, now)
      let right = 0
      for (const { state } of client.states.statesOf(client.sections.all.length - 1))
        if (state.segments[2] === host.world.records.get(state.id)!.numbers[1]! * 8) right++
      if (send >= from && right === ROCKS) complete.push(send)
    }
  }
  return complete
}

describe('a world that is more than a packet', () => {
  const sends = Math.ceil((ROCKS * ROCK_BYTES) / BUDGET_BYTES)

  it('arrives whole within as many sends as its bytes take of the budget', () => {
    expect(completeSends(0, 20, () => false)[0]).toBeLessThanOrEqual(sends)
  })

  it('is at rest for everybody after it came to rest, though the packets that said so were lost', () => {
    const complete = completeSends(45, 90, (send) => send >= 38 && send < 60)
    expect(complete[0]).toBeGreaterThanOrEqual(60)
    expect(complete[0]).toBeLessThanOrEqual(60 + 2 * sends)
    expect(complete[complete.length - 1]).toBe(89)
  })
})

/** What the rules are told of those who come, go and return: each seat joined once, left when its link goes. */
import { defineGame, entity, t } from 'starwire'
import { beforeEach, describe, expect, it } from 'vitest'
import { HostSession } from '../../../net/session/host.ts'
import { encodeInputs } from '../../../net/wire/inputs.ts'
import { encodePacket, PacketKind } from '../../../net/wire/packet.ts'
import { type PlayerId, playerId } from '../../../net/world/ids.ts'

const ann = playerId(0, 1)
const bea = playerId(1, 1)

/** [what, who] in the order that the rules heard it. */
let heard: [string, PlayerId][]

const hall = defineGame({
  id: 'hall',
  version: 1,
  maxPlayers: 4,
  input: { x: t.int(-1, 1), press: t.button() },
  entities: { chair: entity({ x: t.int(0, 1000), pressed: t.int(0, 1000) }) },
  step(world) {
    for (const chair of world.all('chair')) {
      chair.x += world.inputOf(chair.owner).x
      if (world.inputOf(chair.owner).press) chair.pressed++
    }
  },
  referee(world) {
    for (const player of world.joined) {
      heard.push(['joined', player])
      world.spawn('chair', { owner: player, x: 500 })
    }
    for (const player of world.left) heard.push(['left', player])
    for (const player of world.returned) heard.push(['returned', player])
    // Who goes is still here for this tick.
    for (const player of world.gone) if (world.players.includes(player)) heard.push(['gone', player])
  },
})

/** A host at which Ann and Bea have sat down, and a way to let ticks pass. */
function sitting() {
  heard = []
  const session = new HostSession({ game: hall, seed: 1, secret: [1, 2, 3, 4], epoch: 1 })
  let now = 0
  const tick = (count = 1): void => {
    for (let i = 0; i < count; i++) {
      now += 1000 / 60
      session.advance(now)
    }
  }
  session.advance(0)
  session.join(ann)
  session.join(bea)
  tick()
  heard = []
  const chairs = () => [...session.world.all('chair')].map(({ id, owner }) => [id, owner])
  return { session, tick, chairs, now: () => now }
}

beforeEach(() => {
  heard = []
})

describe('a player who is away', () => {
  it('has left, keeps seat and entities, and has returned when they are back: never joined twice', () => {
    const { session, tick, chairs } = sitting()
    const before = chairs()
    session.leave(bea)
    tick(1800)
    expect(session.world.players).toEqual([ann, bea])
    session.join(bea)
    tick(10)
    expect(heard).toEqual([
      ['left', bea],
      ['returned', bea],
    ])
    expect(chairs()).toEqual(before)
  })

  it('is not heard of when they were back before the next tick', () => {
    const { session, tick } = sitting()
    session.leave(bea)
    session.join(bea)
    // Over another link, while the one before seems alive.
    session.join(bea)
    tick()
    expect(heard).toEqual([])
    session.leave(bea)
    tick()
    session.join(bea)
    session.leave(bea)
    tick()
    expect(heard).toEqual([['left', bea]])
  })

  it('is gone for good with what is theirs when the time is over, and the rules are told so once', () => {
    const { session, tick, chairs } = sitting()
    session.leave(bea)
    tick()
    expect(heard).toEqual([['left', bea]])
    session.expire(bea)
    tick(2)
    expect(heard).toEqual([
      ['left', bea],
      ['gone', bea],
    ])
    expect(session.world.players).toEqual([ann])
    expect(chairs().map(([, owner]) => owner)).toEqual([ann])
  })

  it('who says goodbye is gone at the same tick: nobody waits for a return', () => {
    const { session, tick } = sitting()
    session.expire(bea)
    tick(2)
    expect(heard).toEqual([
      ['left', bea],
      ['gone', bea],
    ])
  })

  it('who comes back and is given up between two ticks has not returned', () => {
    const { session, tick } = sitting()
    session.leave(bea)
    tick()
    session.join(bea)
    session.expire(bea)
    tick(2)
    expect(heard).toEqual([
      ['left', bea],
      ['gone', bea],
    ])
    expect(session.world.players).toEqual([ann])
  })

  it('does nothing meanwhile, and has no input to make up for', () => {
    const { session, tick, now } = sitting()
    const chair = [...session.world.all('chair')].find(({ owner }) => owner === bea) as unknown as {
      x: number
      pressed: number
    }
    const send = (newest: number, count: number, x: number): void => {
      const inputs = Array.from({ length: count }, () => ({ numbers: Float64Array.of(x, 1), objects: [] }))
      const said = { ack: null, presentationTick: newest, eventAck: 0, resultAck: 0, inputs, commands: [] }
      session.receive(
        bea,
        encodePacket({ kind: PacketKind.input, epoch: 1, tick: newest, body: encodeInputs(hall, newest, said) }),
        now(),
      )
    }
    send(2, 1, 1)
    tick()
    expect([chair.x, chair.pressed]).toEqual([501, 1])
    session.leave(bea)
    tick(600)
    // The last input is held on for a quarter of a second, as after any loss.
    const held = chair.x
    expect(held).toBeLessThanOrEqual(501 + 15)
    session.join(bea)
    // All that a page has kept of the time in which it was not heard.
    const { tick: newest } = session.world
    send(newest, 16, 1)
    send(newest + 1, 16, 1)
    tick()
    expect(chair.x).toBe(held + 1)
    expect(chair.pressed).toBeLessThanOrEqual(2)
  })
})

describe('a match that goes on where it was saved', () => {
  function goneOn(change: (match: ReturnType<typeof sitting>) => void) {
    const before = sitting()
    change(before)
    heard = []
    const session = HostSession.from({ game: hall, seed: 1, secret: [9, 9, 9, 9], epoch: 2 }, before.session.save())
    if (typeof session === 'string') throw new Error(session)
    let now = 0
    session.advance(now)
    const tick = (count = 1): void => {
      for (let i = 0; i < count; i++) {
        now += 1000 / 60
        session.advance(now)
      }
    }
    return { before: before.session, session, tick }
  }

  it('tells the rules of nobody who was here, and goes on with ticks, ids and secrets', () => {
    const { before, session, tick } = goneOn(({ tick }) => tick(5))
    expect([session.world.tick, session.world.nextRefereeId]).toEqual([before.world.tick, before.world.nextRefereeId])
    expect(session.world.secretState).toEqual(before.world.secretState)
    session.join(ann)
    session.join(bea)
    tick(3)
    expect(heard).toEqual([])
    expect([...session.clients.values()].map(({ connected, awaited }) => [connected, awaited])).toEqual([
      [true, false],
      [true, false],
    ])
    expect(session.world.players).toEqual([ann, bea])
  })

  it('tells of who returns, of who never comes, and of what was still to be told', () => {
    const { session, tick } = goneOn(({ session, tick }) => {
      session.leave(bea)
      tick()
      session.join(playerId(2, 1))
      session.leave(ann)
    })
    session.join(bea)
    tick()
    expect(heard).toEqual([
      ['joined', playerId(2, 1)],
      ['left', ann],
      ['returned', bea],
    ])
    heard = []
    session.expire(playerId(2, 1))
    tick()
    expect(heard).toEqual([
      ['left', playerId(2, 1)],
      ['gone', playerId(2, 1)],
    ])
  })

  it('holds the last input on and gives a late press to its first tick', () => {
    const { session, tick } = goneOn(({ session, tick, now }) => {
      const inputs = [{ numbers: Float64Array.of(1, 0), objects: [] }]
      const say = (at: number, numbers: readonly number[]): void => {
        const given = [{ ...inputs[0]!, numbers: Float64Array.from(numbers) }]
        const said = { ack: null, presentationTick: at, eventAck: 0, resultAck: 0, inputs: given, commands: [] }
        const body = encodeInputs(hall, at, said)
        session.receive(bea, encodePacket({ kind: PacketKind.input, epoch: 1, tick: at, body }), now())
      }
      const { tick: newest } = session.world
      say(newest + 1, [1, 0])
      tick(2)
      say(newest + 2, [1, 1])
    })
    const chair = [...session.world.all('chair')].find(({ owner }) => owner === bea) as unknown as Record<
      string,
      number
    >
    const { x } = chair
    tick()
    expect([chair.x, chair.pressed]).toEqual([(x ?? 0) + 1, 1])
  })

  it('says why not when the bytes are of another game', () => {
    const world = Uint8Array.of(1, 2, 3)
    const comings = { joined: [], left: [], returned: [], expired: [] }
    const options = { game: hall, seed: 1, secret: [1, 2, 3, 4], epoch: 2 }
    expect(HostSession.from(options, { world, seats: [], comings })).toMatch(/^The bytes are no saved world/)
  })
})

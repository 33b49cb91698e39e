import { describe, expect, it } from 'vitest'
import { splitTick } from '../../../net/migration/heir-parts.ts'
import { BitWriter } from '../../../net/wire/bits.ts'
import { encodePacket, PacketKind } from '../../../net/wire/packet.ts'
import { arena, HostAndHeir } from './arena.ts'

const near = { oneWayMs: 20, loss: 0 }
const game = arena(10)

/** An heir that holds a world already. */
function warm(options = {}): HostAndHeir {
  const match = new HostAndHeir(game, near, options)
  match.run(30)
  expect(match.heir.ended).toBeNull()
  expect(match.heir.cut()).not.toBeNull()
  return match
}

const part = (tick: number, body: Uint8Array, epoch = 3): Uint8Array =>
  encodePacket({ kind: PacketKind.heirPart, epoch, tick, body })

describe('a stream from a hostile host', () => {
  it.each([
    ['a part without bytes', Uint8Array.of(0, 1)],
    ['a part behind the last', Uint8Array.of(2, 2, 9)],
    ['more parts than there are', Uint8Array.of(0, 65, 9)],
    ['a short part that is not the last', Uint8Array.of(0, 2, 9)],
    ['a tick of noise', Uint8Array.of(0, 1, 255, 3, 77, 129, 4, 200)],
  ])('ends the candidacy at %s, and nothing is left to go on from', (_, body) => {
    const match = warm()
    match.heir.receivePacket(part(40, body), match.now)
    expect(match.heir.ended).toBe('malformed')
    expect(match.heir.cut()).toBeNull()
    expect(match.heir.outgoing()).toBeNull()
    match.run(30)
    expect(match.host.failure).toBeNull()
  })

  it('never throws and never hangs at flipped bits, whatever they hit', () => {
    const match = new HostAndHeir(game, near)
    const packets: { lane: string; bytes: Uint8Array }[] = []
    const build = match.stream.build.bind(match.stream)
    match.stream.build = (now) => {
      const out = build(now)
      packets.push(...out)
      return out
    }
    match.run(40)
    const ends = new Set<string | null>()
    for (let seed = 1; seed < 120; seed++) {
      const { heir } = new HostAndHeir(game, near)
      for (const [i, { lane, bytes }] of packets.entries()) {
        const bent = bytes.slice()
        // The first ones whole, so that later ones have something to build on.
        if (i > seed % 7) bent[(seed * 31 + i * 7) % bent.length]! ^= 1 << (seed % 8)
        if (lane === 'bulk') heir.receiveBulk(bent, 100)
        else heir.receivePacket(bent, 100)
      }
      heir.cut()
      ends.add(heir.ended)
    }
    expect(ends).toContain('malformed')
  })

  it('is a flood above the limit of bytes a second', () => {
    const match = warm({ maxBytesPerSecond: 50_000 })
    for (let i = 0; i < 500 && !match.heir.ended; i++)
      match.heir.receivePacket(part(1000 + i, splitTick(new Uint8Array(2222))![0]!), match.now)
    expect(match.heir.ended).toBe('flood')
  })

  it('is useless when all of it builds on ticks that nobody holds', () => {
    const match = warm()
    const w = new BitWriter(64)
    w.unsigned(7)
    const [body] = splitTick(w.finish())!
    for (let i = 0; i < 1000 && !match.heir.ended; i++) match.heir.receivePacket(part(500 + i, body!), match.now)
    expect(match.heir.ended).toBe('useless')
  })

  it.each([
    ['slow data that nobody knows', { kind: 'slow', epoch: 3, version: 9, piece: 'toString', value: [] }],
    ['slow data of another shape', { kind: 'slow', epoch: 3, version: 9, piece: 'roster', value: 5 }],
    ['versions that go back', { kind: 'slow', epoch: 3, version: 0, piece: 'roster', value: [] }],
    ['opaque state of a game that has none', { kind: 'opaque', epoch: 3, tick: 1, states: [] }],
    ['a tick over bulk that is none', { kind: 'full', epoch: 3, tick: 50, body: new Uint8Array(9) }],
  ] as const)('ends the candidacy at %s', (_, message) => {
    const match = warm()
    match.say(message)
    expect(match.heir.ended).toBe('malformed')
  })

  it('is refused unread when a message is huge', () => {
    const match = warm()
    match.say({ kind: 'slow', epoch: 3, version: 1, piece: 'roster', value: ['x'.repeat(70_000)] })
    expect(match.heir.ended).toBe('huge')
  })

  it('of another epoch changes nothing: an old host’s stream is not the new one’s', () => {
    const match = warm()
    const before = match.heir.tick
    match.heir.receivePacket(part(900, Uint8Array.of(0, 1, 1), 2), match.now)
    match.say({ kind: 'slow', epoch: 2, version: 1, piece: 'roster', value: 5 })
    expect(match.heir).toMatchObject({ ended: null, tick: before })
  })

  it('with a world that no host can go on from is found before it is needed', () => {
    const match = warm()
    // A world without its players.
    const { world } = match.host
    world.players = []
    match.run(70)
    expect(match.heir.ended).toBe('poisoned')
    expect(match.heir.problem).toMatch(/^Seat \d+ has no player\.$/)
  })
})

describe('a hostile heir', () => {
  it('that acks what is not, asks for all in every packet, or sends noise costs one tick in full a second, and is dropped', () => {
    const match = new HostAndHeir(game, near)
    let full = 0
    const build = match.stream.build.bind(match.stream)
    match.stream.build = (now) => {
      const out = build(now)
      full += out.filter(({ lane }) => lane === 'bulk').length
      return out
    }
    const ack = (tick: number, body: number[]) =>
      match.stream.receive(encodePacket({ kind: PacketKind.heirAck, epoch: 3, tick, body: Uint8Array.from(body) }))
    match.heir.outgoing = () => null
    match.run(180, () => {
      ack(1_000_000, [0, 0])
      ack(match.host.world.tick, [1, 255])
    })
    expect(full).toBeLessThanOrEqual(4)
    let borne = 0
    while (match.stream.receive(Uint8Array.of(1, 2, 3)) && borne < 1000) borne++
    expect(borne).toBe(99)
  })
})

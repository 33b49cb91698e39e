import { beforeEach, describe, expect, it } from 'vitest'
import { HostRunner } from '../../../net/runtime/host-runner.ts'
import { HostSession } from '../../../net/session/host.ts'
import type { Link, SendOutcome } from '../../../net/transport/link.ts'
import { loopbackPair } from '../../../net/transport/loopback.ts'
import { encodeInputs, type SnapshotAck } from '../../../net/wire/inputs.ts'
import { encodePacket, PacketKind } from '../../../net/wire/packet.ts'
import { type PlayerId, playerId } from '../../../net/world/ids.ts'
import { broken, yard } from '../lobby/support.ts'

const ann = playerId(0, 1)
const bea = playerId(1, 1)

function runnerOf() {
  const hostile: PlayerId[] = []
  const failures: unknown[] = []
  const session = new HostSession({ game: yard, seed: 1, secret: [1, 2, 3, 4], epoch: 1 })
  const runner = new HostRunner(session, {
    failed: (error) => failures.push(error),
    hostile: (player) => hostile.push(player),
  })
  return { runner, session, hostile, failures }
}

/** A link that takes what it is told to take. */
function linkThat(outcome: () => SendOutcome): { link: Link; sizes: number[] } {
  const [end] = loopbackPair()
  const sizes: number[] = []
  const send = (_lane: string, bytes: Uint8Array): SendOutcome => {
    sizes.push(bytes.length)
    return outcome()
  }
  return { link: Object.assign(end, { send }), sizes }
}

function inputPacket(tick: number, ack: SnapshotAck | null = null): Uint8Array {
  const inputs = [{ numbers: Float64Array.of(0), objects: [] }]
  const said = { ack, presentationTick: tick, eventAck: 0, resultAck: 0, inputs, commands: [] }
  return encodePacket({ kind: PacketKind.input, epoch: 1, tick, body: encodeInputs(yard, tick, said) })
}

beforeEach(() => {
  broken.world = null
})

describe('the allowance of a player', () => {
  it('is never used up by one packet a tick, for hours', () => {
    const { runner, session, hostile } = runnerOf()
    runner.attach(bea, loopbackPair()[0])
    for (let i = 1; i <= 20_000; i++) runner.receive(bea, inputPacket(1), (i * 1000) / 60)
    expect(session.malformed).toEqual({})
    expect(hostile).toEqual([])
  })

  it('takes at once what a network held back for four seconds', () => {
    const { runner, session } = runnerOf()
    runner.attach(bea, loopbackPair()[0])
    for (let stall = 0; stall < 5; stall++)
      for (let i = 0; i < 4 * 60; i++) runner.receive(bea, inputPacket(1), stall * 4000)
    expect(session.malformed).toEqual({})
  })

  it('does not take a thousand packets a second; who goes on is hostile', () => {
    const { runner, session, hostile } = runnerOf()
    runner.attach(bea, loopbackPair()[0])
    let taken = 0
    for (let now = 0; now < 1000 && hostile.length === 0; now++) {
      runner.receive(bea, inputPacket(1), now)
      taken++
    }
    expect(session.malformed.flood).toBeGreaterThan(200)
    expect(hostile).toEqual([bea])
    expect(taken).toBeLessThan(700)
  })

  it('is each player’s own, and new for who comes back', () => {
    const { runner, session } = runnerOf()
    for (const player of [ann, bea]) runner.attach(player, loopbackPair()[0])
    for (let i = 0; i < 300; i++) runner.receive(bea, inputPacket(1), 0)
    const { flood } = session.malformed
    expect(flood).toBe(60)
    runner.receive(ann, inputPacket(1), 0)
    runner.detach(bea)
    runner.receive(bea, inputPacket(1), 0)
    runner.attach(bea, loopbackPair()[0])
    runner.receive(bea, inputPacket(1), 0)
    expect(session.malformed.flood).toBe(flood)
  })
})

describe('a player with a second link', () => {
  it('has one at a time: the older is closed at once, and its end does not count', () => {
    const { runner, session } = runnerOf()
    const closed: string[] = []
    const [first, second] = [linkThat(() => 'sent'), linkThat(() => 'sent')]
    first.link.close = (reason) => closed.push(reason ?? 'left')
    second.link.close = () => closed.push('the second')
    runner.attach(bea, first.link)
    runner.attach(bea, first.link)
    expect(closed).toEqual([])
    for (let i = 0; i < 10; i++) runner.tick((i * 1000) / 60)
    const { length } = first.sizes
    runner.attach(bea, second.link)
    expect(closed).toEqual(['replaced'])
    runner.detach(bea, first.link)
    for (let i = 10; i < 20; i++) runner.tick((i * 1000) / 60)
    expect(session.clients.get(bea)?.connected).toBe(true)
    expect(first.sizes).toHaveLength(length)
    expect(second.sizes.length).toBeGreaterThan(0)
    runner.detach(bea, second.link)
    expect(session.clients.get(bea)?.connected).toBe(false)
    runner.remove(bea)
    expect(session.clients.has(bea)).toBe(false)
  })
})

describe('the host’s runner', () => {
  it('sends nothing to nobody, and snapshots to whom is attached, 30 a second', () => {
    const { runner } = runnerOf()
    const { link, sizes } = linkThat(() => 'sent')
    for (let i = 0; i < 60; i++) runner.tick((i * 1000) / 60)
    expect(runner.up.read(1000).packetsPerSecond).toBe(0)
    runner.attach(bea, link)
    for (let i = 60; i < 120; i++) {
      runner.tick((i * 1000) / 60)
      // Acknowledged at once: to whom says nothing the host soon sends no more than probes.
      if (sizes.length > 0)
        runner.receive(
          bea,
          inputPacket(i, { sequence: sizes.length - 1, earlier: 2 ** 32 - 1, holdMs: 0 }),
          (i * 1000) / 60,
        )
    }
    expect(sizes).toHaveLength(30)
    expect(runner.up.read(2000)).toEqual({ packetsPerSecond: 30, bytesPerSecond: sizes.reduce((a, b) => a + b, 0) })
    expect(runner.snapshotSizes.sizes(2000).max).toBe(Math.max(...sizes))
    runner.detach(bea)
    for (let i = 120; i < 180; i++) runner.tick((i * 1000) / 60)
    expect(sizes).toHaveLength(30)
  })

  it.each(['skipped', 'closed'] as const)('counts nothing of what a link did not take: %s', (outcome) => {
    const { runner } = runnerOf()
    const { link, sizes } = linkThat(() => outcome)
    runner.attach(bea, link)
    for (let i = 0; i < 60; i++) runner.tick((i * 1000) / 60)
    expect(sizes.length).toBeGreaterThan(20)
    expect(runner.up.read(1000)).toEqual({ packetsPerSecond: 0, bytesPerSecond: 0 })
  })

  it('builds nothing while a link holds the state lane, and sends a snapshot of the very tick in which it does no more', () => {
    const { runner } = runnerOf()
    const { link, sizes } = linkThat(() => 'sent')
    let isStateHeld = false
    Object.defineProperty(link, 'isStateHeld', { get: () => isStateHeld })
    runner.attach(bea, link)
    let tick = 0
    const sentIn = (ticks: number): number => {
      const { length } = sizes
      for (const until = tick + ticks; tick < until; tick++) {
        runner.tick((tick * 1000) / 60)
        const ack = { sequence: Math.max(0, sizes.length - 1), earlier: 2 ** 32 - 1, holdMs: 0 }
        runner.receive(bea, inputPacket(tick + 1, ack), (tick * 1000) / 60)
      }
      return sizes.length - length
    }
    expect(sentIn(120)).toBeGreaterThan(30)
    // After odd and even waits alike, though every other tick has a turn.
    for (const wait of [5, 6, 7, 8]) {
      isStateHeld = true
      expect(sentIn(wait)).toBe(0)
      isStateHeld = false
      expect(sentIn(1)).toBe(1)
    }
  })

  it('says once that the rules have failed, and is still then', () => {
    const { runner, failures, session } = runnerOf()
    const { link, sizes } = linkThat(() => 'sent')
    runner.attach(bea, link)
    for (let i = 0; i < 10; i++) runner.tick((i * 1000) / 60)
    broken.world = 'host'
    const { tick } = session.world
    const sent = sizes.length
    for (let i = 10; i < 60; i++) runner.tick((i * 1000) / 60)
    expect(failures).toEqual([expect.objectContaining({ message: 'the rules broke' })])
    expect(session.failure?.tick).toBe(tick + 1)
    expect(sizes).toHaveLength(sent)
  })

  it('shows the lanes of a guest, not of the host’s own player', () => {
    const { runner } = runnerOf()
    const { link } = linkThat(() => 'sent')
    runner.attach(ann, loopbackPair()[0])
    expect(runner.guestLanes(ann)).toBeNull()
    runner.attach(bea, link)
    expect(runner.guestLanes(ann)).toEqual(link.stats())
  })
})

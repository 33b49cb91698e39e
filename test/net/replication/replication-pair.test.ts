import { describe, expect, it } from 'vitest'
import { type Baselines, MAX_BASELINE_AGE, type SentChange } from '../../../net/replication/baselines.ts'
import { decideRelevance } from '../../../net/replication/relevance.ts'
import type { BuiltSnapshot } from '../../../net/replication/snapshot-builder.ts'
import type { Trajectories } from '../../../net/replication/trajectories.ts'
import { HostSession } from '../../../net/session/host.ts'
import { seededRandom } from '../../../net/testing.ts'
import { maySee } from '../../../net/wire/changes.ts'
import { encodeInputs } from '../../../net/wire/inputs.ts'
import type { Layout } from '../../../net/wire/layout.ts'
import { encodePacket, PacketKind } from '../../../net/wire/packet.ts'
import { ReceivedSequences } from '../../../net/wire/received-sequences.ts'
import type { RecordState } from '../../../net/wire/states.ts'
import { type PlayerId, playerId } from '../../../net/world/ids.ts'
import type { GameRecord } from '../../../net/world/record.ts'
import { World } from '../../../net/world/world.ts'
import { arena } from '../../sim/arena.ts'
import { PlainClient } from '../wire/plain.ts'
import { readPacket } from '../wire/read.ts'
import { checkInvariants } from './check-invariants.ts'

const seats = [playerId(0, 1), playerId(1, 1), playerId(2, 7)]
const rows = new World({ game: arena, seed: 1, predicting: null })

/** What the network does to the packets of one seed: chances, and outages by the number of the snapshot. */
interface Weather {
  readonly loss: number
  readonly ackLoss: number
  readonly reorder: number
  readonly duplicate: number
  readonly skipped: number
  readonly down: (at: number) => boolean
  readonly up: (at: number) => boolean
}

const between =
  (from: number, until: number) =>
  (at: number): boolean =>
    at >= from && at < until
const never = (): boolean => false

function weatherOf(seed: number, random: () => number): Weather {
  const bad = random() < 0.8
  const share = (most: number): number => (bad ? random() * most : 0)
  const start = 40 + Math.floor(random() * 60)
  // Beyond the window of an ack (33), beyond the packets kept (128), beyond the oldest baseline (200).
  const outage = between(start, start + [0, 40, 140, 230][seed % 4]!)
  const [down, up] = [
    [outage, outage],
    [never, outage],
    [outage, never],
  ][Math.floor(seed / 4) % 3]!
  return {
    loss: share(0.4),
    ackLoss: share(0.6),
    reorder: share(0.5),
    duplicate: share(0.3),
    skipped: share(0.2),
    down: down!,
    up: up!,
  }
}

/** By what is in them; most are the same number or the same object, which is seen at once. */
const isSame = (a: unknown, b: unknown): boolean => Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b)

/** The first difference between two states, among what the receiver is told; null when they are equal. */
function difference(
  layout: Layout,
  me: PlayerId,
  team: boolean,
  sent: RecordState | null,
  held: RecordState | null,
): string | null {
  if (!sent || !held) return sent === held ? null : `${layout.type.name}: sent ${sent?.id}, held ${held?.id}`
  if (sent.id !== held.id || sent.owner !== held.owner) return `${layout.type.name}: ${sent.id} is ${held.id}`
  if (!isSame(sent.segments, held.segments))
    return `${layout.type.name} ${sent.id}: ${JSON.stringify(sent.segments)} is ${JSON.stringify(held.segments)}`
  for (const [part, fields] of layout.discrete.entries())
    for (const { field, index } of fields) {
      if (!maySee(field, sent.owner === me, team)) continue
      const store = field.store === 'number' ? 'numbers' : 'objects'
      const [a, b] = [[sent.shared, sent.own][part]![store][index], [held.shared, held.own][part]![store][index]]
      if (!isSame(a, b)) return `${layout.type.name}.${field.name}: ${a} is ${b}`
    }
  return null
}

type Wanted = (RecordState | null)[][]

/** What a client would have if everything reached it at once. */
function wantedBy(host: HostSession, trajectories: Trajectories, me: PlayerId): Wanted {
  const shown = (layout: Layout, record: GameRecord): boolean => {
    const mine = record.owner === me
    if (layout.grid === 'exact' && layout.type.role === 'entity') return layout.type.predict === 'all' || mine
    if (mine && (layout.type.role === 'input' || layout.type.predict === 'owner')) return false
    return decideRelevance(host.world, record, me) > 0
  }
  return trajectories.sections.all.map((layout, index) => {
    const { recordIn } = trajectories.slotsOf[index]!
    return recordIn.map((record, slot) => (record && shown(layout, record) ? trajectories.stateOf(index, slot) : null))
  })
}

interface Flying {
  readonly at: number
  readonly bytes: Uint8Array
}

/** One client behind a bad network, checked after every packet. */
class Pair {
  readonly faults: string[] = []
  readonly stats = { taken: 0, complete: 0, anew: 0, missing: 0, late: 0 }
  readonly client: PlainClient
  readonly baselines: Baselines
  private readonly sequences = new ReceivedSequences()
  private readonly contents = new Map<number, readonly SentChange[]>()
  private readonly wanted = new Map<number, Wanted>()
  private flying: Flying[] = []
  private acks: Flying[] = []
  private sends = 0

  private readonly host: HostSession
  private readonly me: PlayerId
  private readonly weather: Weather
  private readonly random: () => number

  constructor(host: HostSession, me: PlayerId, weather: Weather, random: () => number) {
    this.host = host
    this.me = me
    this.weather = weather
    this.random = random
    this.client = new PlainClient(arena, me)
    this.baselines = host.clients.get(me)!.baselines
    const { baselines } = this
    const packetSent = baselines.packetSent.bind(baselines)
    baselines.packetSent = (packet) => {
      const before = baselines.sequence
      this.contents.set(before, packet.changes)
      packetSent(packet)
    }
  }

  /** Sends the packets of a tick; when one is not sent, those behind it are dropped. */
  send(packets: readonly BuiltSnapshot[], wanted: Wanted, now: number): void {
    for (const packet of packets) if (!this.sendOne(packet, wanted, now)) return
  }

  private sendOne(packet: BuiltSnapshot, wanted: Wanted, now: number): boolean {
    const { bytes } = packet
    expect(bytes.length).toBeLessThanOrEqual(1128)
    const weather = this.weather
    const random = (): number => this.random()
    const at = this.sends++
    if (random() < weather.skipped) return false
    this.wanted.set(this.baselines.sequence, wanted)
    this.host.packetSent(this.me, packet, now)
    checkInvariants(this.baselines)
    if (weather.down(at) || random() < weather.loss) return true
    const delay = (): number => at + (random() < weather.reorder ? Math.floor(random() * 5) : 0)
    this.flying.push({ at: delay(), bytes })
    if (random() < weather.duplicate) this.flying.push({ at: delay(), bytes })
    return true
  }

  deliver(now: number, tick: number): void {
    const due = this.flying.filter(({ at }) => at <= this.sends)
    this.flying = this.flying.filter(({ at }) => at > this.sends)
    for (const { bytes } of due) this.receive(bytes, now)
    this.acknowledge(now, tick)
  }

  private receive(bytes: Uint8Array, now: number): void {
    const { client, me } = this
    const { tick, body } = readPacket(bytes)!
    const snapshot = client.decode(tick, body)
    if (snapshot === 'snapshot') return void this.faults.push(`tick ${tick} is malformed`)
    if (typeof snapshot === 'string') return void this.stats.missing++
    const { head } = snapshot
    const gapless = (): boolean => client.states.gaplessSince(client.baselineOf(head))
    if (head.baselineAge === null && tick > 60) this.stats.anew++
    if (!client.take(snapshot)) return void this.stats.late++
    this.stats.taken++
    this.sequences.receive(head.sequence, now)
    const where = `player ${me}, packet ${head.sequence}`
    for (const { layout, slot, state, team } of this.contents.get(head.sequence)!) {
      const held = client.states.newestIn(layout, slot)
      const fault = difference(client.sections.all[layout]!, me, team, state, held?.state ?? null)
      if (fault) this.faults.push(`${where}: ${fault}`)
    }
    if (!head.last || head.packetIndex > 0) return
    const everything = head.complete && gapless()
    if (everything) this.stats.complete++
    for (const [layout, slots] of this.wanted.get(head.sequence)!.entries()) {
      // The exact section is never cut, so it holds after every packet; the rest when the packet says that it is complete.
      if (layout >= client.sections.exact.length && !everything) continue
      for (const [slot, state] of slots.entries()) {
        const held = client.states.newestIn(layout, slot)
        const fault = difference(client.sections.all[layout]!, me, held?.team ?? false, state, held?.state ?? null)
        if (fault) this.faults.push(`${where}, complete: ${fault}`)
      }
    }
  }

  private acknowledge(now: number, tick: number): void {
    const weather = this.weather
    const random = (): number => this.random()
    const ack = this.sequences.ack(now)
    const draw = (): number => random() * 2 - 1
    const input = rows.message(arena.schema.input, {
      x: Math.round(draw()),
      y: Math.round(draw()),
      aim: draw() * 3,
      fire: random() < 0.3,
      dash: random() < 0.1,
    })
    const packet = { ack, presentationTick: tick, eventAck: 1e6, resultAck: 0, inputs: [input], commands: [] }
    const bytes = encodePacket({
      kind: PacketKind.input,
      epoch: 1,
      tick: tick + 2,
      body: encodeInputs(arena, tick + 2, packet),
    })
    if (!weather.up(this.sends) && random() >= weather.ackLoss)
      this.acks.push({ at: this.sends + (random() < weather.reorder ? Math.floor(random() * 8) : 0), bytes })
    const due = this.acks.filter(({ at }) => at <= this.sends)
    this.acks = this.acks.filter(({ at }) => at > this.sends)
    for (const one of due) {
      const before = this.baselines.baseline
      this.host.receive(this.me, one.bytes, now)
      checkInvariants(this.baselines)
      if (this.baselines.baseline !== before) this.checkBaseline()
    }
  }

  /** What the host believes as of the packet that was acknowledged is what the client held then. */
  private checkBaseline(): void {
    const { client, baselines, me } = this
    const then = client.states.baselineAt(client.states.unwrap(baselines.baseline!))
    if (!then) return
    for (const [index, slots] of baselines.slots.entries())
      for (const [slot, known] of slots.entries()) {
        if (known.unknown) continue
        const held = then.slotAt(index, slot)
        const layout = client.sections.all[index]!
        const fault = difference(layout, me, known.team, known.acked, held?.state ?? null)
        if (fault) this.faults.push(`player ${me}, as of ${baselines.baseline}, slot ${slot}: ${fault}`)
        if (known.acked && held?.team !== known.team) this.faults.push(`player ${me}: team of slot ${slot}`)
      }
    expect(then.parameters).toEqual(baselines.parameters)
  }
}

function runPairs(seed: number, snapshots: number, startAt = 0): Pair[] {
  const random = seededRandom(seed)
  const host = new HostSession({ game: arena, seed, secret: [seed, 2, 3, 4], epoch: 1 })
  for (const me of seats) host.join(me)
  const pairs = seats.map((me, i) => {
    Object.assign(host.clients.get(me)!.baselines, { sequence: startAt, oldestSent: startAt })
    return new Pair(host, me, weatherOf(seed + i, random), random)
  })
  // A sender that goes on at full speed where its acks stay away, so that baselines grow old.
  for (const { downlink } of host.clients.values()) downlink.rate.outageMs = () => 0
  const { trajectories } = (host as unknown as { sending: { trajectories: Trajectories } }).sending
  host.advance(0)
  for (let i = 0; i < snapshots; i++) {
    const now = ((i + 1) * 2000) / 60 + 0.01
    host.advance(now)
    for (const { player, packets } of host.buildSnapshots(now))
      pairs[seats.indexOf(player)]!.send(packets, wantedBy(host, trajectories, player), now)
    for (const pair of pairs) pair.deliver(now, host.world.tick)
  }
  if (host.failure) throw host.failure.error
  return pairs
}

describe('what the host believes of a client', () => {
  it('is what the client has, after every packet, whatever is lost, late, twice or out for seven seconds', {
    timeout: 60_000,
  }, () => {
    const sum = { taken: 0, complete: 0, anew: 0, missing: 0, late: 0 }
    // Each with its three players: every length of an outage in every direction.
    for (const seed of [1, 4, 7, 10])
      for (const { faults, stats } of runPairs(seed, 420)) {
        expect(faults.slice(0, 5), `seed ${seed}`).toEqual([])
        for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += stats[key]
      }
    // The hazards were met: late packets, forgotten baselines, starts from nothing, and packets that say everything.
    for (const [key, least] of Object.entries({ taken: 1800, complete: 700, anew: 3, late: 200 }))
      expect(sum[key as keyof typeof sum], key).toBeGreaterThan(least)
    expect(MAX_BASELINE_AGE).toBeLessThan(230)
  })

  it('is the same where the sequence of 16 bits begins anew', () => {
    const pairs = runPairs(3, 250, 65_430)
    for (const { faults } of pairs) expect(faults.slice(0, 5)).toEqual([])
    expect(Math.max(...pairs.map(({ stats }) => stats.taken))).toBeGreaterThan(120)
  })
})

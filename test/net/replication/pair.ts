/**
 * A host and a client with a network between them that does what the test says: packets and acks are dropped, doubled
 * and held back. A third party notes what every packet said, and so knows what the client must hold after those it took.
 */
import { defineGame, entity, t } from 'starwire'
import type { ClientSlot, SentChange } from '../../../net/replication/baselines.ts'
import type { ConfirmedChanges } from '../../../net/replication/confirmed-world.ts'
import { ConfirmedWorld } from '../../../net/replication/confirmed-world.ts'
import type { ReceivedStates } from '../../../net/replication/received-states.ts'
import { SnapshotBuilder } from '../../../net/replication/snapshot-builder.ts'
import { SnapshotReader } from '../../../net/replication/snapshot-reader.ts'
import { Trajectories } from '../../../net/replication/trajectories.ts'
import { newHostClient } from '../../../net/session/host-client.ts'
import { maySee, type SlotBaseline } from '../../../net/wire/changes.ts'
import type { SnapshotAck } from '../../../net/wire/inputs.ts'
import type { Layout } from '../../../net/wire/layout.ts'
import { sectionsOf } from '../../../net/wire/sections.ts'
import type { RecordState } from '../../../net/wire/states.ts'
import type { AnyGame } from '../../../net/world/game.ts'
import { playerId } from '../../../net/world/ids.ts'
import type { GameRecord } from '../../../net/world/record.ts'
import { mayKnow } from '../../../net/world/visibility.ts'
import { World } from '../../../net/world/world.ts'
import { readPacket } from '../wire/read.ts'
import { checkCleanSlots, checkInvariants } from './check-invariants.ts'

export const me = playerId(0, 1)
export const mate = playerId(1, 1)
export const foe = playerId(2, 1)

/** Ticks between two sends, and their time. */
export const INTERVAL = 2
export const SEND_MS = (1000 * INTERVAL) / 60

/** `weight` is what `relevant` answers: 0 hides. */
const weight = t.int(0, 8, { by: 'referee', to: 'nobody', default: 1 })

export const game: AnyGame = defineGame({
  id: 'game',
  version: 1,
  maxPlayers: 4,
  input: {},
  player: { team: t.int(0, 3, { by: 'referee' }) },
  globals: { round: t.int(0, 999) },
  entities: {
    ship: entity({
      x: t.fixed({ min: -1000, max: 1000, step: 1 / 16, rate: 'vx' }),
      vx: t.fixed({ min: -100, max: 100, step: 1 / 16 }),
      angle: t.angle(),
      hp: t.int(0, 100),
      ammo: t.int(0, 500, { by: 'referee', to: 'owner' }),
      plan: t.int(0, 500, { by: 'referee', to: 'team' }),
      weight,
    }),
    ball: entity({ x: t.fixed({ min: -1000, max: 1000, step: 1 / 16 }), weight }, { predict: 'all' }),
    crate: entity(
      { x: t.fixed({ min: -1000, max: 1000, step: 1 / 16 }), n: t.int(0, 9999), text: t.string(12), weight },
      { predict: 'none' },
    ),
  },
  relevant: (record) => record.weight,
  step() {},
})

const sections = sectionsOf(game)

/** A record with the fields that the test turns. */
export type Piece = GameRecord & Record<'x' | 'vx' | 'angle' | 'hp' | 'ammo' | 'plan' | 'n' | 'weight', number>

interface Packet {
  readonly sequence: number
  readonly tick: number
  readonly body: Uint8Array
  readonly bytes: number
  readonly changes: readonly SentChange[]
  /** What stands in each slot for this client at the packet's tick. */
  readonly shown: ReadonlyMap<string, RecordState>
}

interface Held {
  readonly state: RecordState
  readonly team: boolean
}

export interface PairOptions {
  readonly budgetBytes?: number
  readonly limitBytes?: number
  /** The number of the first packet. */
  readonly from?: number
}

const key = (layout: number, slot: number): string => `${layout}:${slot}`

export class Pair {
  readonly world = new World({ game, seed: 1, predicting: null })
  readonly trajectories = new Trajectories(game)
  readonly client = newHostClient(game, me, 0)
  readonly reader = new SnapshotReader(game, me)
  readonly confirmed = new ConfirmedWorld(120)
  readonly packets = new Map<number, Packet>()
  now = 0
  budgetBytes: number
  limitBytes: number
  /** What the client holds: the states that the packets it took were made of. */
  held = new Map<string, Held>()
  /** The same after each packet taken, for the host's acks. */
  private readonly heldAfter = new Map<number, ReadonlyMap<string, Held>>()
  readonly builder = new SnapshotBuilder(this.world, this.trajectories)

  constructor({ budgetBytes = 5000, limitBytes = 1128, from = 0 }: PairOptions = {}) {
    this.budgetBytes = budgetBytes
    this.limitBytes = limitBytes
    for (const player of [me, mate, foe]) this.world.seat(player)
    this.team(foe, 1)
    const { baselines } = this.client
    baselines.sequence = from
    ;(baselines as unknown as { oldestSent: number }).oldestSent = from
  }

  get baselines() {
    return this.client.baselines
  }

  team(player: typeof me, team: number): void {
    Object.assign(this.world.player(player), { team })
  }

  spawn(type: 'ship' | 'ball' | 'crate', init: Record<string, unknown> = {}): Piece {
    return this.world.spawn(type, init) as Piece
  }

  /** Runs the ticks up to the next send: `change` turns the world in each. */
  run(change: () => void = () => {}): void {
    for (let i = 0; i < INTERVAL; i++) {
      this.trajectories.observe(this.world)
      this.world.begin(this.world.tick + 1)
      change()
      this.world.round()
      this.trajectories.removed(
        this.world.removed.map(({ id }) => id),
        this.world.tick,
      )
    }
    this.now += SEND_MS
  }

  /** The packets of this tick. */
  send(): Packet[] {
    const { world, trajectories, client, baselines, now } = this
    trajectories.update(world)
    if (world.tick % 60 === 0) this.builder.learn()
    const { player, events, results, commandAck } = client
    const { budgetBytes, limitBytes } = this
    const facts = { inputAck: null, holdMs: 0, margin: 0, starved: 0, commandAck }
    const shown = this.shown()
    checkCleanSlots({ world, trajectories, player, baselines }, now)
    const built = this.builder.build({
      ...{ player, baselines, facts, events, results, now, budgetBytes, limitBytes },
      epoch: 1,
      interval: INTERVAL,
    })
    const packets = built.map(({ bytes, sequence, changes, parameters }): Packet => {
      baselines.packetSent({ changes, parameters, sentAt: now })
      return { sequence, tick: world.tick, body: readPacket(bytes)!.body, bytes: bytes.length, changes, shown }
    })
    for (const packet of packets) this.packets.set(packet.sequence, packet)
    checkInvariants(baselines)
    return packets
  }

  /** What this client is to see, slot by slot. */
  private shown(): Map<string, RecordState> {
    const shown = new Map<string, RecordState>()
    const sees = (layout: number, record: GameRecord): boolean => {
      const { role, predict } = record.$type
      if (layout < sections.exact.length) return predict === 'all' || record.owner === me
      if (role !== 'entity') return role !== 'input' || record.owner !== me
      return record.owner === me ? predict === 'none' : (record as Piece).weight > 0
    }
    for (const [layout, { recordIn }] of this.trajectories.slotsOf.entries())
      for (const [slot, record] of recordIn.entries())
        if (record && sees(layout, record)) shown.set(key(layout, slot), this.trajectories.stateOf(layout, slot)!)
    return shown
  }

  /** A packet comes to the client. Throws at whatever is wrong with it. */
  receive(packet: Packet): ConfirmedChanges | null {
    const read = this.reader.read(packet.tick, packet.body, this.now)
    if (read === 'late') return null
    if (typeof read === 'string') throw new Error(`packet ${packet.sequence} was ${read}`)
    this.confirmed.apply(packet.tick, read.changes)
    if (read.changes.late) return read.changes
    for (const { layout, slot, state, team } of packet.changes) {
      const place = key(layout, slot)
      if (state) this.held.set(place, { state, team })
      else this.held.delete(place)
    }
    this.heldAfter.set(packet.sequence, new Map(this.held))
    this.compareHeld(packet)
    if (read.exact) this.compareShown(packet, 'exact')
    if (read.changes.complete) this.compareShown(packet, 'presented')
    return read.changes
  }

  private compareHeld({ sequence, changes }: Packet): void {
    const { states } = this.reader as unknown as { states: ReceivedStates }
    for (const { layout, slot } of changes) {
      const ours = this.held.get(key(layout, slot)) ?? null
      const problem = wrong(sections.all[layout]!, ours, states.newestIn(layout, slot))
      if (problem) throw new Error(`packet ${sequence}, slot ${layout}:${slot}: ${problem}`)
    }
    let count = 0
    for (const layout of sections.all.keys())
      for (const { state } of states.statesOf(layout)) {
        count++
        if (![...this.held.values()].some((held) => held.state.id === state.id))
          throw new Error(`packet ${sequence}: the client holds ${state.id}, which it was told is gone`)
      }
    if (count !== this.held.size) throw new Error(`packet ${sequence}: ${count} held, not ${this.held.size}`)
  }

  /** What a section that leaves nothing out has to be: the world, as this client may see it. */
  private compareShown({ sequence, shown }: Packet, part: 'exact' | 'presented'): void {
    const inPart = (place: string): boolean => Number.parseInt(place, 10) < sections.exact.length === (part === 'exact')
    for (const [place, state] of shown) {
      if (!inPart(place)) continue
      const held = this.held.get(place)?.state
      if (
        held?.id !== state.id ||
        held.shared !== state.shared ||
        held.segments.some((l, g) => l !== state.segments[g])
      )
        throw new Error(`packet ${sequence} is ${part} in full, but ${place} is not as it is`)
    }
    for (const place of this.held.keys())
      if (inPart(place) && !shown.has(place)) throw new Error(`packet ${sequence}: ${place} stayed`)
  }

  ack(): SnapshotAck | null {
    return this.reader.ack(this.now)
  }

  /** An ack comes to the host, which then must not believe anything of the client that is not so. */
  acknowledge(ack: SnapshotAck): boolean {
    if (!this.baselines.acknowledge(ack, this.now)) return false
    checkInvariants(this.baselines)
    this.compareBelief()
    return true
  }

  private compareBelief(): void {
    const { slots: known, baseline } = this.baselines
    const then = baseline === null ? null : this.heldAfter.get(baseline)
    if (!then) throw new Error(`the host builds on ${baseline}, which the client never took`)
    for (const [layout, slots] of known.entries())
      for (const [slot, belief] of slots.entries()) {
        const problem = this.wrongBelief(belief, then.get(key(layout, slot)), this.held.get(key(layout, slot)))
        if (problem) throw new Error(`baseline ${baseline}, slot ${layout}:${slot}: ${problem}`)
      }
  }

  private wrongBelief(belief: ClientSlot, then: Held | undefined, present: Held | undefined): string | null {
    if (belief.unknown) return null
    if (belief.acked !== (then?.state ?? null)) return 'the host believes another state'
    if (then && belief.team !== then.team) return 'the host believes the other team'
    if (!belief.acked && belief.filledBy === null && present) return 'the host believes it empty'
    return null
  }

  /** What a healed network has to end with: nothing to say, the client holding the world as it may see it. */
  faults(): string[] {
    const shown = this.shown()
    const faults: string[] = []
    for (const [place, state] of shown) {
      const held = this.held.get(place)
      if (!held) faults.push(`${place} is missing`)
      else if (held.state.id !== state.id || held.state.segments.some((line, g) => line !== state.segments[g]))
        faults.push(`${place} is another`)
      else if (held.state.shared !== state.shared) faults.push(`${place} is of before`)
      const layout = sections.all[Number.parseInt(place, 10)]
      const record = this.world.records.get(state.id)
      if (!held || !layout?.team || !record) continue
      const team = mayKnow(this.world, me, record, layout.team)
      if (held.team !== team) faults.push(`${place} is of the other team`)
      if ((team || record.owner === me) && held.state.own !== state.own) faults.push(`${place} hides something`)
    }
    for (const place of this.held.keys()) if (!shown.has(place)) faults.push(`${place} stayed`)
    for (const { id, goneAt } of this.confirmed.records.values()) {
      const there = [...shown].some(([place, s]) => s.id === id && Number.parseInt(place, 10) >= sections.exact.length)
      const exact = [...shown].some(([place, s]) => s.id === id && Number.parseInt(place, 10) < sections.exact.length)
      if ((goneAt === null) !== (there || exact)) faults.push(`${id} is drawn though gone, or not though there`)
    }
    return faults
  }
}

function wrong(layout: Layout, ours: Held | null, theirs: SlotBaseline | null): string | null {
  if (!ours || !theirs) return ours ? 'missing' : theirs ? 'there' : null
  const { state, team } = ours
  if (theirs.team !== team) return 'of the other team'
  if (theirs.state.id !== state.id || theirs.state.owner !== state.owner) return 'another record'
  if (JSON.stringify(theirs.state.segments) !== JSON.stringify(state.segments)) return 'on another line'
  for (const [part, fields] of layout.discrete.entries())
    for (const { field, index, initial } of fields) {
      const [sent, got] = [[state.shared, state.own][part]!, [theirs.state.shared, theirs.state.own][part]!]
      const expected = maySee(field, state.owner === me, team)
        ? field.store === 'number'
          ? sent.numbers[index]
          : sent.objects[index]
        : field.store === 'number'
          ? initial
          : field.kind === 'string'
            ? ''
            : []
      const value = field.store === 'number' ? got.numbers[index] : got.objects[index]
      if (JSON.stringify(value) !== JSON.stringify(expected)) return `${field.name} is ${value}, not ${expected}`
    }
  return null
}

/**
 * A client's side of a running match, the same for a guest and for the host's own player. Bytes and the time come in,
 * inputs and frames go out; nothing here holds a timer or a socket.
 */

import { ClientClock } from '../clock/client-clock.ts'
import { MonotonicTime } from '../clock/monotonic-time.ts'
import { Uplink } from '../congestion/uplink.ts'
import { type Divergence, describeDivergence } from '../prediction/divergence.ts'
import { Prediction, type Reconciliation } from '../prediction/prediction.ts'
import { RecentInputs } from '../prediction/recent-inputs.ts'
import { ConfirmedWorld } from '../replication/confirmed-world.ts'
import { OVERSIZED_SNAPSHOTS } from '../replication/oversized.ts'
import { type ReadSnapshot, SnapshotReader } from '../replication/snapshot-reader.ts'
import { type CommandRequest, encodeInputs, MAX_COMMANDS, MAX_INPUTS } from '../wire/inputs.ts'
import { decodePacket, encodePacket, PacketKind } from '../wire/packet.ts'
import { sequenceDistance } from '../wire/sequence.ts'
import type { SnapshotHead } from '../wire/snapshot-head.ts'
import { MARGIN_PER_TICK, MAX_PARTS } from '../wire/snapshot-head.ts'
import type { AnyGame } from '../world/game.ts'
import { named } from '../world/given.ts'
import { toNumber, toSimGrid } from '../world/grid.ts'
import type { PlayerId } from '../world/ids.ts'
import { initialNumbers, plainValues, type Row } from '../world/record.ts'
import type { CompiledField } from '../world/schema.ts'
import { checkValues } from '../world/values.ts'
import { ClientWaits } from './client-waits.ts'
import { EventInbox, type HeardEvent } from './event-inbox.ts'
import {
  KEEP_SECONDS,
  MAX_CATCH_UP_SECONDS,
  MAX_DIVERGENCES,
  MAX_PREDICTION_SECONDS,
  OVERSIZED_SECONDS,
  STALE_SNAPSHOT_SECONDS,
} from './limits.ts'
import { RateMeter } from './rates.ts'
import { type ReportSource, reportOf } from './report.ts'
import type { WorldReport } from './types.ts'
import { DrawnWorld } from './view.ts'

export interface ClientOptions {
  readonly game: AnyGame
  readonly me: PlayerId
  readonly seed: number
  readonly options?: Readonly<Record<string, unknown>>
  readonly epoch: number
  /** Hears, in development, of writes that the rules do not allow. */
  readonly warn?: (problem: string) => void
}

export interface CommandResult {
  readonly id: number
  readonly result: unknown
}

export class ClientSession {
  readonly game: AnyGame
  readonly me: PlayerId
  readonly epoch: number
  readonly prediction: Prediction
  readonly drawn: DrawnWorld
  readonly clock: ClientClock
  readonly line: Uplink
  /** How this player's inputs fared at the host, as it tells. */
  readonly recentInputs: RecentInputs
  readonly down = new RateMeter()
  readonly malformed: Record<string, number> = {}
  /** What it waits for in vain. */
  readonly waits: ClientWaits
  /** Set when `step` threw here: this client cannot go on. */
  failure: unknown = null
  private readonly warn: (problem: string) => void
  private readonly confirmed: ConfirmedWorld
  private readonly reader: SnapshotReader
  private readonly inbox: EventInbox
  private readonly time = new MonotonicTime()
  private readonly arrivals: { at: number; sequence: number }[] = []
  private readonly staleTicks: number
  private readonly catchUpTicks: number
  private readonly keepTicks: number
  private inputAck = 0
  private reconciled = -1
  private current: Row
  private readonly pressed = new Set<number>()
  private commands: CommandRequest[] = []
  private nextCommand = 1
  private resultAck = 0
  private results: CommandResult[] = []
  private readonly divergences: Divergence[] = []
  private outgoingTick: number | null = null
  private viewedAt: number | null = null
  /** A snapshot has come since the last packet that left before the start. */
  private ackDue = false
  private oversized: { readonly since: number; snapshots: number } | null = null
  private presentation = 0

  constructor({ game, me, seed, options, epoch, warn }: ClientOptions) {
    this.game = game
    this.me = me
    this.epoch = epoch
    this.keepTicks = Math.round(KEEP_SECONDS * game.tickRate)
    this.catchUpTicks = Math.max(1, Math.round(MAX_CATCH_UP_SECONDS * game.tickRate))
    this.staleTicks = Math.round(STALE_SNAPSHOT_SECONDS * game.tickRate)
    this.line = new Uplink(game.tickRate, this.keepTicks)
    this.confirmed = new ConfirmedWorld(this.keepTicks, game.tickRate)
    this.reader = new SnapshotReader(game, me, (id) => this.confirmed.records.get(id)?.layout ?? null)
    this.prediction = new Prediction({
      game,
      me,
      seed,
      options: options ?? {},
      confirmed: this.confirmed,
      keepTicks: this.keepTicks,
      development: warn !== undefined,
    })
    this.drawn = new DrawnWorld(me, this.prediction)
    this.clock = new ClientClock(game.tickRate)
    this.inbox = new EventInbox(me, game)
    this.warn = warn ?? (() => {})
    this.waits = new ClientWaits(this.warn)
    this.recentInputs = new RecentInputs(game.tickRate)
    this.current = { numbers: initialNumbers(game.schema.input), objects: [] }
  }

  /** Whether the first snapshot has come: there is something to draw. */
  get ready(): boolean {
    return this.prediction.ready
  }

  /** Goes on with what the player held at `before`, the session of a link that was lost. Presses are not made up for. */
  holdOn(before: ClientSession): void {
    this.current = before.current
  }

  /** What the player does from now on. Fields left out keep their value; a button stays pressed until a tick took it. */
  input(values: Readonly<Record<string, unknown>>): void {
    const type = this.game.schema.input
    // A slip in arithmetic must not stop a page's frames: NaN is told of, and the old value holds.
    const isNone = (value: unknown): boolean => typeof value === 'number' && Number.isNaN(value)
    checkValues('The input', type, values, { skips: isNone })
    const numbers = this.current.numbers.slice()
    for (const field of type.numbers) {
      const { name } = field
      const value = values[name]
      if (value === undefined) continue
      const number = toNumber(field, value)
      if (field.kind === 'button') {
        if (number === 1) this.pressed.add(field.slot)
        continue
      }
      if (!Number.isNaN(number)) numbers[field.slot] = toSimGrid(field, number)
      else this.prediction.world.refuse(`input.${name} cannot be ${String(value)}; it keeps its old value`)
    }
    this.current = { numbers, objects: [] }
    this.tellRefusals()
  }

  private takeInput(): Row {
    if (this.pressed.size === 0) return this.current
    const numbers = this.current.numbers.slice()
    for (const slot of this.pressed) numbers[slot] = 1
    this.pressed.clear()
    return { numbers, objects: [] }
  }

  /** Asks the referee. Returns the command's number, by which its result comes; null when too many are open. */
  command(name: string, payload: Readonly<Record<string, unknown>>): number | null {
    const type = named('command', name, this.game.schema.commandsByName)
    checkValues(`command ${name}`, type.fields, payload, { outOfRange: type.outOfRange })
    if (this.commands.length >= MAX_COMMANDS) return null
    const id = this.nextCommand++
    this.commands.push({ id, type, row: this.prediction.world.message(type.fields, payload) })
    return id
  }

  /** Bytes of the state lane. */
  receive(bytes: Uint8Array, at: number): void {
    const now = this.time.at(at)
    this.waits.came('packets', now)
    const packet = decodePacket(bytes)
    if (!packet || packet.kind !== PacketKind.snapshot) return this.nonsense('packet')
    if (packet.epoch !== this.epoch) return this.nonsense('epoch')
    if (packet.tick <= this.confirmed.tick - this.staleTicks) return this.nonsense('stale')
    const read = this.reader.read(packet.tick, packet.body, now)
    if (read === 'late') return this.waits.came('snapshots', now)
    if (read === 'malformed') return this.nonsense('snapshot')
    // Built on what this side has forgotten or never had: the next ones will not be.
    if (read === 'missing') return this.nonsense('baseline')
    this.down.add(at, bytes.length)
    this.noteArrival(now, read.snapshot.head.sequence)
    try {
      this.apply(packet.tick, read, now)
    } catch (error) {
      // A replay runs the rules, and what they predict may be too much.
      this.failure = error
    }
  }

  private nonsense(kind: string): void {
    this.malformed[kind] = (this.malformed[kind] ?? 0) + 1
  }

  private apply(tick: number, { snapshot, news, exact }: ReadSnapshot, now: number): void {
    const { head } = snapshot
    this.ackDue = true
    this.waits.came('snapshots', now)
    this.checkSize(head, now)
    const newest = tick > this.confirmed.tick
    if (newest) {
      this.clock.snapshot(now, tick, head.interval)
      this.recentInputs.told(tick, head.starved)
      this.line.snapshot(now, tick)
    }
    if (head.inputAck !== null && head.inputAck > this.inputAck) {
      this.inputAck = head.inputAck
      this.waits.came('acks', now)
      const waitTicks = head.margin / MARGIN_PER_TICK
      if (newest) this.clock.waited(now, tick, waitTicks)
      if (newest && waitTicks >= 0) this.recentInputs.waited(tick, waitTicks)
      const roundTripMs = this.line.acknowledged(now, { inputAck: head.inputAck, holdMs: head.holdMs, tick })
      if (roundTripMs !== null) this.clock.roundTrip(roundTripMs)
    }
    this.commands = this.commands.filter(({ id }) => id > head.commandAck)
    // Of a tick's packets the first has the events.
    if (head.part === 0) this.inbox.snapshot(tick, snapshot.events)
    for (const { id, type, row } of snapshot.results) {
      if (id !== this.resultAck + 1) continue
      this.resultAck = id
      this.results.push({ id, result: plainValues(type.result, row).result })
    }
    this.confirmed.apply(tick, news)
    if (exact && tick > this.reconciled) {
      this.reconciled = tick
      this.waits.came('ticks', now)
      this.takeReconciliation(this.prediction.reconcile(tick, exact))
    }
    if (this.confirmed.forget()) this.prediction.forgetOthers()
  }

  private takeReconciliation({ divergence, corrections, denied, emitted }: Reconciliation): void {
    if (divergence) this.noteDivergence(divergence)
    this.drawn.correct(corrections)
    this.drawn.deny(denied)
    this.inbox.predict(emitted)
    this.tellRefusals()
  }

  /** Throws when what this client predicts is more than the host can tell of one tick: it would wait here for ever. */
  private checkSize({ part, last }: SnapshotHead, now: number): void {
    if (last || this.prediction.ready) this.oversized = null
    else if (part === MAX_PARTS - 1) {
      this.oversized ??= { since: now, snapshots: 0 }
      this.oversized.snapshots++
      if (this.oversized.snapshots >= OVERSIZED_SNAPSHOTS && now - this.oversized.since >= OVERSIZED_SECONDS * 1000)
        throw new RangeError(
          `What this page is to predict changes in every tick by more than ${MAX_PARTS} packets hold, so it cannot start: see the host's console.`,
        )
    }
  }

  /** Simulates the ticks that are due. Returns how many. */
  advance(at: number): number {
    const now = this.time.at(at)
    this.tellRefusals()
    if (this.failure !== null) return 0
    this.waits.look(now, this.prediction.ready)
    if (!this.prediction.ready) return 0
    this.presentation = this.clock.presentationTick(now)
    const target = Math.min(
      Math.floor(this.clock.predictedTick(now)),
      this.confirmed.tick + Math.round(MAX_PREDICTION_SECONDS * this.game.tickRate),
    )
    const due = Math.min(target - this.prediction.tick, this.catchUpTicks)
    try {
      for (let i = 0; i < due; i++) {
        const { emitted, unstable } = this.prediction.advance(this.takeInput(), this.presentation)
        this.inbox.predict(emitted)
        if (unstable) this.noteUnstable(unstable)
        this.clock.gave(this.prediction.tick, now)
      }
    } catch (error) {
      this.failure = error
      return 0
    }
    this.tellRefusals()
    if (due > 0) this.outgoingTick = this.prediction.tick
    return Math.max(0, due)
  }

  /** The packet that is due: at most one a tick. `sent` has to be called when it went out. */
  outgoing(at: number): Uint8Array | null {
    const now = this.time.at(at)
    if (!this.prediction.ready) return this.bareAck(now)
    const tick = this.outgoingTick
    if (tick === null) return null
    this.outgoingTick = null
    if (!this.line.due(now, tick, this.clock.rttMs)) return null
    const inputs = this.prediction.inputsAfter(Math.max(this.inputAck, tick - MAX_INPUTS), MAX_INPUTS)
    if (inputs.length === 0) return null
    const body = encodeInputs(this.game, tick, {
      ack: this.reader.ack(now),
      presentationTick: this.presentation,
      eventAck: this.inbox.received,
      resultAck: this.resultAck,
      inputs,
      commands: this.commands,
    })
    return encodePacket({ kind: PacketKind.input, epoch: this.epoch, tick, body })
  }

  /**
   * Before the first whole tick there are no inputs, but a world that comes in many packets has to be acknowledged, or
   * the same ones would come for ever: with the input of tick 0, which ran before anybody was here.
   */
  private bareAck(now: number): Uint8Array | null {
    if (!this.ackDue) return null
    this.ackDue = false
    const inputs = [{ numbers: initialNumbers(this.game.schema.input), objects: [] }]
    const acks = { ack: this.reader.ack(now), eventAck: this.inbox.received, resultAck: this.resultAck }
    const body = encodeInputs(this.game, 0, { ...acks, presentationTick: 0, inputs, commands: [] })
    return encodePacket({ kind: PacketKind.input, epoch: this.epoch, tick: 0, body })
  }

  /** The packet that `outgoing` gave, of so many bytes, has left. */
  sent(at: number, bytes: number): void {
    if (!this.prediction.ready) return
    this.line.sent(this.time.at(at), this.prediction.tick, bytes)
  }

  /** Brings the drawn world to the time `at` and returns it; of one time there is one frame, however often it is asked for. */
  view(at: number): DrawnWorld {
    if (at === this.viewedAt) return this.drawn
    const now = this.time.at(at)
    this.viewedAt = at
    this.presentation = this.clock.presentationTick(now)
    this.drawn.update(now, this.presentation, this.clock.predictedTick(now))
    return this.drawn
  }

  /** Events that are due, each once. */
  events(): HeardEvent[] {
    return this.inbox.take(this.presentation)
  }

  /** Events that are due on arrival, each once: between frames, too. */
  arrivedEvents(): HeardEvent[] {
    return this.inbox.takeReady()
  }

  /** Answers to commands, each once. */
  takeResults(): CommandResult[] {
    return this.results.splice(0)
  }

  private noteUnstable(divergence: Divergence): void {
    this.noteDivergence(divergence)
    this.warn(
      `step gives two results from one state (${describeDivergence(divergence)}): it may read and write nothing but the world`,
    )
  }

  /** Writes that are not allowed happen in the rules, and in the page between two ticks. */
  private tellRefusals(): void {
    for (const problem of this.prediction.takeRefusals()) this.warn(problem)
  }

  private noteDivergence(divergence: Divergence): void {
    this.divergences.push(divergence)
    if (this.divergences.length > MAX_DIVERGENCES) this.divergences.shift()
  }

  /** What was predicted wrongly since the last call, each once. */
  takeDivergences(): Divergence[] {
    return this.divergences.splice(0)
  }

  private noteArrival(now: number, sequence: number): void {
    this.arrivals.push({ at: now, sequence })
    while ((this.arrivals[0]?.at ?? now) < now - 1000) this.arrivals.shift()
  }

  /** The share of the last second's snapshots that did not arrive, 0 to 1. */
  get loss(): number {
    let oldest: number | null = null
    let span = 0
    for (const { sequence } of this.arrivals) {
      oldest ??= sequence
      span = Math.max(span, sequenceDistance(sequence, oldest))
    }
    return span === 0 ? 0 : Math.max(0, 1 - this.arrivals.length / (span + 1))
  }

  /** Each entity at the newest tick confirmed for it at or before `tick`; two seconds are kept. */
  report(tick = this.confirmed.tick): WorldReport {
    const records: ReportSource[] = []
    for (const known of this.confirmed.records.values()) {
      const { type, id, owner, goneAt } = known
      if (type.role === 'input' || (goneAt !== null && goneAt <= tick)) continue
      const state = known.at(tick)
      if (!state) continue
      const predicted = type.role === 'entity' && this.prediction.world.predicts(type, owner)
      // What this page is not told it cannot report.
      const shows = ({ audience }: CompiledField): boolean =>
        audience === 'all' || (audience !== 'nobody' && owner === this.me)
      records.push({ type, id, predicted, tick: state.tick, row: state.row, shows })
    }
    return reportOf(Math.min(tick, this.confirmed.tick), records)
  }
}

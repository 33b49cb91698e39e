/**
 * A client's side of a running match, the same for a guest and for the host's own player. Bytes and the time come in,
 * inputs and frames go out; nothing here holds a timer or a socket.
 *
 * `rebase` goes on with the same session on another link, or with another host. What the page holds stays: the drawn
 * world, the clocks, the inputs of the last two seconds, the events it has heard.
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
import { encodeInputs, MAX_INPUTS } from '../wire/inputs.ts'
import {
  countDefect,
  type Defect,
  type DefectCounts,
  decodePacket,
  encodePacket,
  isDefect,
  PacketKind,
} from '../wire/packet.ts'
import { MARGIN_PER_TICK, MAX_PACKETS_PER_TICK, type SnapshotHead } from '../wire/snapshot-head.ts'
import type { AnyGame } from '../world/game.ts'
import { named } from '../world/given.ts'
import type { PlayerId } from '../world/ids.ts'
import { initialNumbers, type Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import { checkValues } from '../world/values.ts'
import { ClientCommands, type CommandResult } from './client-commands.ts'
import { ClientWaits } from './client-waits.ts'
import { EventInbox, type HeardEvent } from './event-inbox.ts'
import { HeldInput } from './held-input.ts'
import {
  KEEP_SECONDS,
  MAX_CATCH_UP_SECONDS,
  MAX_DIVERGENCES,
  MAX_PREDICTION_SECONDS,
  OVERSIZED_SECONDS,
  RESEND_SECONDS,
  STALE_SNAPSHOT_SECONDS,
} from './limits.ts'
import { PacketLoss } from './packet-loss.ts'
import { RateMeter } from './rates.ts'
import { reportOfConfirmed } from './report.ts'
import { type Source, watched } from './source.ts'
import type { WorldReport } from './types.ts'
import { DrawnWorld } from './view.ts'

export interface ClientOptions {
  readonly game: AnyGame
  readonly me: PlayerId
  readonly seed: number
  readonly options?: Readonly<Record<string, unknown>>
  /** As they were when the match began. */
  readonly settings?: Readonly<Record<string, unknown>>
  readonly epoch: number
  /** Whether this page only watches. Default false. */
  readonly spectating?: boolean
  /** Hears, in development, of writes that the rules do not allow. */
  readonly warn?: (problem: string) => void
}

/** Where a match goes on from. */
export interface Rebase {
  /** Of the host that goes on. The same as before: only the link is another one. */
  readonly epoch: number
  /** The tick that it goes on from: it decides anew what was confirmed after it. Default: the newest confirmed tick. */
  readonly tick?: number
  /** The id that its `referee` spawns with next. Default: nothing that was spawned is forgotten. */
  readonly nextRefereeId?: number
}

/** A tick that this client predicted. */
export interface ClientTick {
  readonly tick: number
  readonly input: Row
  /** The tick, with its fraction, that the player saw others at. */
  readonly seenTick: number
}

/** Another seat of this page, with the same host. */
export interface Reseat {
  readonly me: PlayerId
  readonly spectating: boolean
  /** The host's newest tick when it gave the seat. What the host said of this tick, or one before, was for the earlier seat. */
  readonly tick: number
}

export class ClientSession {
  readonly game: AnyGame
  me: PlayerId
  /** Whether this page only watches: it predicts nothing, gives no input, and acks what it is sent. */
  spectating: boolean
  /** Counts the hosts of a match and the matches of a lobby. */
  epoch: number
  prediction: Prediction
  readonly drawn: DrawnWorld
  readonly clock: ClientClock
  uplink: Uplink
  /** The host's report on this player's inputs: how long they waited, and how many ticks ran without one. */
  readonly recentInputs: RecentInputs
  readonly down = new RateMeter()
  /** Packets that no honest host sends, by kind of defect. */
  readonly malformed: DefectCounts = {}
  /** Packets of an earlier match or host, or of the next one: dropped, and nobody's fault. */
  otherEpoch = 0
  /** Detects packets, snapshots, ticks or acks that stopped coming. */
  readonly waits: ClientWaits
  /** Set when `step` threw here: this client cannot go on. */
  failure: unknown = null
  private readonly options: ClientOptions
  private readonly warn: (problem: string) => void
  private readonly confirmed: ConfirmedWorld
  private reader: SnapshotReader
  private readonly inbox: EventInbox
  private readonly commands = new ClientCommands()
  private held: HeldInput
  private readonly packetLoss = new PacketLoss()
  private readonly time = new MonotonicTime()
  private readonly staleTicks: number
  private readonly catchUpTicks: number
  private readonly keepTicks: number
  /** The newest input that the host is known to have. */
  private inputAck = 0
  /** The newest tick whose exact state was compared. */
  private reconciled = -1
  private readonly taps = new Set<(tick: ClientTick) => void>()
  private readonly divergences: Divergence[] = []
  private outgoingTick: number | null = null
  /** Calls of `advance` since a rebase, until the host is heard; null: it is heard. */
  private callsSinceRebase: number | null = null
  private viewedAt: number | null = null
  /** Before `ready`: a snapshot has arrived that no `bareAck` has acknowledged. */
  private ackDue = false
  private oversized: { readonly since: number; snapshots: number } | null = null
  private presentation = 0
  /** Packets of this tick and before are of an earlier seat. */
  private seatedAt = -1

  constructor(options: ClientOptions) {
    const { game, me, epoch, spectating = false, warn } = options
    this.options = options
    this.spectating = spectating
    this.game = game
    this.me = me
    this.epoch = epoch
    this.warn = warn ?? (() => {})
    this.keepTicks = Math.round(KEEP_SECONDS * game.tickRate)
    this.catchUpTicks = Math.max(1, Math.round(MAX_CATCH_UP_SECONDS * game.tickRate))
    this.staleTicks = Math.round(STALE_SNAPSHOT_SECONDS * game.tickRate)
    this.uplink = new Uplink(game.tickRate, this.keepTicks)
    this.confirmed = new ConfirmedWorld(this.keepTicks, game.tickRate)
    this.reader = this.newReader()
    this.prediction = this.newPrediction()
    this.drawn = new DrawnWorld(me, this.source)
    this.clock = new ClientClock(game.tickRate)
    this.inbox = new EventInbox(me, game)
    this.waits = new ClientWaits(this.warn)
    this.recentInputs = new RecentInputs(game.tickRate)
    this.held = new HeldInput(game)
  }

  private newReader(): SnapshotReader {
    return new SnapshotReader(this.game, this.me, (id) => this.confirmed.records.get(id)?.layout ?? null)
  }

  /** Hears of every tick after it was predicted, of a spectator's after it is shown; of replays nothing. Returns a function that stops it. */
  onTick(heard: (tick: ClientTick) => void): () => void {
    this.taps.add(heard)
    return () => this.taps.delete(heard)
  }

  private newPrediction(): Prediction {
    const { game, me, confirmed, keepTicks } = this
    const { seed, options = {}, settings = {}, warn } = this.options
    return new Prediction({
      ...{ game, me, seed, options, settings, confirmed, keepTicks },
      development: warn !== undefined,
    })
  }

  /** What is drawn. */
  private get source(): Source {
    return this.spectating ? watched(this.prediction) : this.prediction
  }

  /** Whether the first snapshot has come: there is something to draw. */
  get ready(): boolean {
    return this.prediction.ready
  }

  /**
   * Goes on with a host that knows nothing of this client: another host, or the same one over another link. It sends the
   * whole world once more. Inputs after the rebase's tick count as not acknowledged; commands without a result are given up.
   */
  rebase({ epoch, tick = this.confirmed.tick, nextRefereeId = Number.POSITIVE_INFINITY }: Rebase): void {
    const isSameHost = epoch === this.epoch
    this.seatedAt = -1
    this.epoch = epoch
    this.confirmed.rebase(tick, nextRefereeId)
    this.prediction.rebase(nextRefereeId)
    this.drawn.rebase(nextRefereeId)
    this.inbox.rebase(isSameHost ? null : tick)
    if (!isSameHost) this.clock.rebase()
    this.commands.rebase()
    this.reader = this.newReader()
    this.uplink = new Uplink(this.game.tickRate, this.keepTicks)
    this.packetLoss.clear()
    this.inputAck = tick
    this.reconciled = Math.min(this.reconciled, tick)
    this.oversized = null
    this.callsSinceRebase = 0
  }

  /**
   * Goes on in another seat, as a player or a spectator, over the same link. What is drawn stays until the host has told the whole
   * world once more. What was predicted, held and asked for is forgotten.
   */
  reseat({ me, spectating, tick }: Reseat): void {
    this.me = me
    this.spectating = spectating
    this.seatedAt = tick
    this.confirmed.rebase(this.confirmed.tick, Number.POSITIVE_INFINITY)
    this.prediction = this.newPrediction()
    this.prediction.watch(this.confirmed.tick)
    this.drawn.reseat(me, this.source)
    this.inbox.reseat(me)
    this.commands.rebase()
    this.reader = this.newReader()
    this.uplink = new Uplink(this.game.tickRate, this.keepTicks)
    this.held = new HeldInput(this.game)
    this.packetLoss.clear()
    this.inputAck = tick
    this.outgoingTick = null
    this.oversized = null
    this.callsSinceRebase = null
  }

  /** What the player does from now on. Fields left out keep their value; a button stays pressed until a tick took it. */
  input(values: Readonly<Record<string, unknown>>): void {
    if (this.spectating)
      return this.warn(
        'a spectator gives no input: look at session.spectating, and become a player by lobby.spectate(false).',
      )
    this.held.set(values, (problem) => this.prediction.world.refuse(problem))
    this.tellRefusals()
  }

  /** Forgets the buttons that no tick took: the player pressed them while nothing went on. */
  releaseButtons(): void {
    this.held.release()
  }

  /** Asks the referee. Returns the command's number, by which its result comes; null when too many are open. */
  command(name: string, payload: Readonly<Record<string, unknown>>): number | null {
    const type = named('command', name, this.game.schema.commandsByName)
    checkValues(`command ${name}`, type.fields, payload, { outOfRange: type.outOfRange })
    return this.commands.request(type, this.prediction.world.message(type.fields, payload))
  }

  /** Bytes of the state lane. */
  receive(bytes: Uint8Array, at: number): void {
    const now = this.time.timeAt(at)
    this.waits.came('packets', now)
    const packet = decodePacket(bytes)
    if (isDefect(packet) || packet.kind !== PacketKind.snapshot) return this.countMalformed('packet')
    if (packet.epoch !== this.epoch) return this.countOtherEpoch(packet.epoch)
    if (packet.tick <= this.seatedAt) return
    if (packet.tick <= this.confirmed.tick - this.staleTicks) return this.countMalformed('stale')
    const read = this.reader.read(packet.tick, packet.body, now)
    if (read === 'late') return this.waits.came('snapshots', now)
    if (isDefect(read)) return this.countMalformed(read)
    this.down.add(at, bytes.length)
    this.packetLoss.arrived(now, read.snapshot.head.sequence)
    try {
      this.apply(packet.tick, read, now)
    } catch (error) {
      // A replay runs the rules, and what they predict may be too much.
      this.failure = error
    }
  }

  private countMalformed(defect: Defect): void {
    countDefect(this.malformed, defect)
  }

  /** An honest host is at most one epoch ahead of what this page has heard. */
  private countOtherEpoch(epoch: number): void {
    if (epoch > this.epoch + 1) this.countMalformed('epoch')
    else this.otherEpoch++
  }

  private apply(tick: number, { snapshot, changes, exact }: ReadSnapshot, now: number): void {
    const { head } = snapshot
    this.ackDue = true
    this.callsSinceRebase = null
    this.waits.came('snapshots', now)
    this.checkSize(head, now)
    this.measure(tick, head, now)
    this.commands.snapshot(head.commandAck, snapshot.results)
    // Of a tick's packets the first has the events.
    if (head.packetIndex === 0) this.inbox.snapshot(tick, snapshot.events)
    this.confirmed.apply(tick, changes)
    if (exact && tick > this.reconciled) {
      this.reconciled = tick
      this.waits.came('ticks', now)
      if (!this.spectating || !this.prediction.ready) this.takeReconciliation(this.prediction.reconcile(tick, exact))
    }
    if (this.confirmed.forget()) this.prediction.forgetOthers()
  }

  /** What a snapshot tells of the two clocks and of this client's inputs. */
  private measure(tick: number, head: SnapshotHead, now: number): void {
    const newest = tick > this.confirmed.tick
    if (newest) {
      this.clock.snapshot(now, tick, head.interval)
      this.recentInputs.told(tick, head.starved)
      this.uplink.snapshot(now, tick)
    }
    if (head.inputAck === null || head.inputAck <= this.inputAck) return
    this.inputAck = head.inputAck
    this.waits.came('acks', now)
    const waitTicks = head.margin / MARGIN_PER_TICK
    if (newest) this.clock.waited(now, tick, waitTicks)
    if (newest && waitTicks >= 0) this.recentInputs.waited(tick, waitTicks)
    const roundTripMs = this.uplink.acknowledged(now, { inputAck: head.inputAck, holdMs: head.holdMs, tick })
    if (roundTripMs !== null) this.clock.measuredRoundTrip(roundTripMs)
  }

  private takeReconciliation({ divergence, corrections, denied, emitted }: Reconciliation): void {
    if (divergence) this.noteDivergence(divergence)
    this.drawn.correct(corrections)
    this.drawn.deny(denied)
    this.inbox.predict(emitted)
    this.tellRefusals()
  }

  /** Throws when the exact section never fits into `MAX_PACKETS_PER_TICK` packets. Without the error the client would wait for ever. */
  private checkSize({ packetIndex, last }: SnapshotHead, now: number): void {
    if (last || this.prediction.ready) this.oversized = null
    else if (packetIndex === MAX_PACKETS_PER_TICK - 1) {
      this.oversized ??= { since: now, snapshots: 0 }
      this.oversized.snapshots++
      if (this.oversized.snapshots >= OVERSIZED_SNAPSHOTS && now - this.oversized.since >= OVERSIZED_SECONDS * 1000)
        throw new RangeError(
          `What this page is to predict changes in every tick by more than ${MAX_PACKETS_PER_TICK} packets hold, so it cannot start: see the host's console.`,
        )
    }
  }

  /** Simulates the ticks that are due. Returns how many. */
  advance(at: number): number {
    const now = this.time.timeAt(at)
    this.tellRefusals()
    if (this.failure !== null) return 0
    this.waits.look(now, this.prediction.ready && !this.spectating)
    if (!this.prediction.ready) return 0
    this.presentation = this.clock.presentationTick(now)
    if (this.spectating) {
      this.watch(Math.floor(this.presentation))
      return 0
    }
    const target = Math.min(
      Math.floor(this.clock.predictedTick(now)),
      this.confirmed.tick + Math.round(MAX_PREDICTION_SECONDS * this.game.tickRate),
    )
    const due = Math.min(target - this.prediction.tick, this.catchUpTicks)
    try {
      for (let i = 0; i < due; i++) {
        const input = this.held.next()
        const { emitted, unstable } = this.prediction.advance(input, this.presentation)
        this.inbox.predict(emitted)
        if (unstable) this.noteUnstable(unstable)
        this.clock.gave(this.prediction.tick, now)
        for (const heard of this.taps) heard({ tick: this.prediction.tick, input, seenTick: this.presentation })
      }
    } catch (error) {
      this.failure = error
      return 0
    }
    this.tellRefusals()
    if (due > 0) this.outgoingTick = this.prediction.tick
    if (this.callsSinceRebase !== null) this.callsSinceRebase++
    return Math.max(0, due)
  }

  /** A spectator's page shows this tick. */
  private watch(tick: number): void {
    this.prediction.watch(tick)
    const seen = { tick, input: this.held.next(), seenTick: this.presentation }
    for (const heard of this.taps) heard(seen)
  }

  /** Whether entities of this type and owner are stepped here; all others are drawn as the host told them. */
  steps(type: RecordType, owner: PlayerId | null): boolean {
    return this.source.steps(type, owner)
  }

  /**
   * Whether a host that goes on may still need the inputs since its tick. They are sent again and again, though this client
   * is as far ahead of what it knows as it may be, and simulates nothing.
   */
  private isResendDue(): boolean {
    const every = Math.max(1, Math.round(RESEND_SECONDS * this.game.tickRate))
    return this.callsSinceRebase !== null && this.callsSinceRebase % every === 1 % every
  }

  /** The packet that is due: at most one a tick. `sent` has to be called when it went out. */
  outgoing(at: number): Uint8Array | null {
    const now = this.time.timeAt(at)
    if (!this.prediction.ready || this.spectating) return this.bareAck(now)
    const resends = this.isResendDue()
    const tick = this.outgoingTick ?? (resends ? this.prediction.tick : null)
    if (tick === null) return null
    this.outgoingTick = null
    if (!resends && !this.uplink.due(now, tick, this.clock.rttMs)) return null
    const inputs = this.prediction.inputsAfter(Math.max(this.inputAck, tick - MAX_INPUTS), MAX_INPUTS)
    if (inputs.length === 0) return null
    const body = encodeInputs(this.game, tick, {
      ack: this.reader.ack(now),
      presentationTick: this.presentation,
      eventAck: this.inbox.received,
      inputs,
      ...this.commands.outgoing(),
    })
    return encodePacket({ kind: PacketKind.input, epoch: this.epoch, tick, body })
  }

  /**
   * Before the first whole tick there are no inputs, but a world that comes in many packets has to be acknowledged, or
   * the same ones would come for ever: with the input of tick 0, which ran before anybody was here. A spectator never says more.
   */
  private bareAck(now: number): Uint8Array | null {
    if (!this.ackDue) return null
    this.ackDue = false
    const inputs = [{ numbers: initialNumbers(this.game.schema.input), objects: [] }]
    const acks = { ack: this.reader.ack(now), eventAck: this.inbox.received, ...this.commands.outgoing() }
    const body = encodeInputs(this.game, 0, { ...acks, presentationTick: 0, inputs, commands: [] })
    return encodePacket({ kind: PacketKind.input, epoch: this.epoch, tick: 0, body })
  }

  /** The packet that `outgoing` gave, of so many bytes, has left. */
  sent(at: number, bytes: number): void {
    if (!this.prediction.ready || this.spectating) return
    this.uplink.sent(this.time.timeAt(at), this.prediction.tick, bytes)
  }

  /** Brings the drawn world to the time `at` and returns it; of one time there is one frame, however often it is asked for. */
  view(at: number): DrawnWorld {
    if (at === this.viewedAt) return this.drawn
    const now = this.time.timeAt(at)
    this.viewedAt = at
    this.presentation = this.clock.presentationTick(now)
    this.drawn.update(now, this.presentation, this.clock.predictedTick(now))
    return this.drawn
  }

  /** Events that are due, each once. */
  events(): HeardEvent[] {
    return this.inbox.takeDue(this.presentation)
  }

  /** Events that are due on arrival, each once: between frames, too. */
  arrivedEvents(): HeardEvent[] {
    return this.inbox.takeReady()
  }

  /** Answers to commands, each once. */
  takeResults(): CommandResult[] {
    return this.commands.drainResults()
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

  /** The share of the last second's snapshots that did not arrive, 0 to 1. */
  get loss(): number {
    return this.packetLoss.share
  }

  /** Each entity at the newest tick confirmed for it at or before `tick`; two seconds are kept. */
  report(tick = this.confirmed.tick): WorldReport {
    return reportOfConfirmed(this.confirmed, this.prediction.world, tick)
  }
}

/**
 * A client's side of a running match, the same for a guest and for the host's own player. Bytes and the time come in,
 * inputs and frames go out; nothing here holds a timer or a socket.
 *
 * `rebase` goes on with the same session on another link, or with another host. What the page holds stays: the drawn
 * world, the clocks, the inputs of the last two seconds, the events it has heard.
 */

import { ClientClock } from '../clock/client-clock.ts'
import { MonotonicTime } from '../clock/monotonic-time.ts'
import type { Divergence } from '../prediction/divergence.ts'
import { Prediction, type Reconciliation } from '../prediction/prediction.ts'
import { RecentInputs } from '../prediction/recent-inputs.ts'
import { ConfirmedWorld } from '../replication/confirmed-world.ts'
import { type ReadSnapshot, SnapshotReader } from '../replication/snapshot-reader.ts'
import { countDefect, type Defect, type DefectCounts, decodePacket, isDefect, PacketKind } from '../wire/packet.ts'
import { MARGIN_PER_TICK, type SnapshotHead } from '../wire/snapshot-head.ts'
import type { AnyGame } from '../world/game.ts'
import { named } from '../world/given.ts'
import type { PlayerId } from '../world/ids.ts'
import type { RecordType } from '../world/schema.ts'
import { checkValues } from '../world/values.ts'
import { ClientCommands, type CommandResult } from './client-commands.ts'
import type { ClientOptions, ClientTick, Rebase, Reseat } from './client-options.ts'
import { ClientSending } from './client-sending.ts'
import { ClientWaits } from './client-waits.ts'
import { DivergenceLog } from './divergence-log.ts'
import { EventInbox, type HeardEvent } from './event-inbox.ts'
import { HeldInput } from './held-input.ts'
import {
  KEEP_SECONDS,
  MAX_CATCH_UP_SECONDS,
  MAX_EPOCH_STEP,
  MAX_PREDICTION_SECONDS,
  STALE_SNAPSHOT_SECONDS,
} from './limits.ts'
import { OversizedJoin } from './oversized-join.ts'
import { PacketLoss } from './packet-loss.ts'
import { RateMeter } from './rates.ts'
import { reportOfConfirmed } from './report.ts'
import { type Source, watched } from './source.ts'
import type { WorldReport } from './types.ts'
import { DrawnWorld } from './view.ts'

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
  readonly sending: ClientSending
  /** The host's report on this player's inputs: how long they waited, and how many ticks ran without one. */
  readonly recentInputs: RecentInputs
  readonly down = new RateMeter()
  /** Packets that no honest host sends, by kind of defect. */
  readonly malformed: DefectCounts = {}
  /** Packets of an earlier match or host, or of one that follows: dropped, and nobody's fault. */
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
  /** When time went on here last, ms. */
  private now = 0
  /** The time of the present host when it went on with the match, ticks. */
  private hostTick = 0
  /** The newest tick whose exact state was compared. */
  private reconciled = -1
  private readonly taps = new Set<(tick: ClientTick) => void>()
  private readonly divergences: DivergenceLog
  private viewedAt: number | null = null
  private readonly oversized = new OversizedJoin()
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
    this.divergences = new DivergenceLog(this.warn)
    this.keepTicks = Math.round(KEEP_SECONDS * game.tickRate)
    this.catchUpTicks = Math.max(1, Math.round(MAX_CATCH_UP_SECONDS * game.tickRate))
    this.staleTicks = Math.round(STALE_SNAPSHOT_SECONDS * game.tickRate)
    this.sending = new ClientSending(game, this.keepTicks)
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

  /** The newest tick that the host has told of. */
  get confirmedTick(): number {
    return this.confirmed.tick
  }

  /** The host's time, in ticks with a fraction, as this page estimates it: as it is there now, not as it is heard here. */
  hostTickAt(pageTime: number): number {
    return this.clock.hostTickAt(this.time.timeAt(pageTime))
  }

  /** Whether the first snapshot has come: there is something to draw. */
  get ready(): boolean {
    return this.prediction.ready
  }

  /**
   * Goes on with a host that knows nothing of this client: another host, or the same one over another link. It sends the
   * whole world once more. Inputs after the rebase's tick count as not acknowledged. Commands without a result are given up, but
   * for another host: it tells which of them ran, and the others are sent to it.
   */
  rebase(from: Rebase): void {
    const { epoch, tick = this.confirmed.tick, nextRefereeId = Number.POSITIVE_INFINITY, shiftTicks = 0 } = from
    const isSameHost = epoch === this.epoch
    this.seatedAt = -1
    this.epoch = epoch
    this.confirmed.rebase(tick, nextRefereeId)
    this.prediction.rebase(nextRefereeId)
    this.drawn.rebase(nextRefereeId)
    this.inbox.rebase(isSameHost ? null : tick)
    if (!isSameHost) {
      this.clock.rebase(this.now, shiftTicks)
      this.hostTick = Math.floor(this.clock.hostTickAt(this.now))
    }
    if (isSameHost) this.commands.rebase()
    else this.commands.changeHost()
    this.reader = this.newReader()
    this.sending.rebase(tick)
    this.packetLoss.clear()
    this.reconciled = Math.min(this.reconciled, tick)
    this.oversized.clear()
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
    this.sending.reseat(tick)
    this.held = new HeldInput(this.game)
    this.packetLoss.clear()
    this.oversized.clear()
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
  receive(bytes: Uint8Array, pageTime: number): void {
    const now = this.time.timeAt(pageTime)
    this.waits.came('packets', now)
    const packet = decodePacket(bytes)
    if (isDefect(packet) || packet.kind !== PacketKind.snapshot) return this.countMalformed('packet')
    if (packet.epoch !== this.epoch) return this.countOtherEpoch(packet.epoch)
    if (packet.tick <= this.seatedAt) return
    if (packet.tick <= this.confirmed.tick - this.staleTicks) return this.countMalformed('stale')
    const read = this.reader.read(packet.tick, packet.body, now)
    if (read === 'late') return this.waits.came('snapshots', now)
    if (isDefect(read)) return this.countMalformed(read)
    this.down.add(pageTime, bytes.length)
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

  /** An honest host is at most some epochs ahead of what this page has heard. */
  private countOtherEpoch(epoch: number): void {
    if (epoch > this.epoch + MAX_EPOCH_STEP) this.countMalformed('epoch')
    else this.otherEpoch++
  }

  private apply(tick: number, { snapshot, changes, exact }: ReadSnapshot, now: number): void {
    const { head } = snapshot
    this.sending.snapshotCame()
    this.waits.came('snapshots', now)
    this.oversized.check(head, now, this.prediction.ready)
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
      this.sending.uplink.snapshot(now, tick)
    }
    const roundTripMs = this.sending.acknowledged(now, tick, head)
    if (roundTripMs === 'nothing new') return
    this.waits.came('acks', now)
    const waitTicks = head.margin / MARGIN_PER_TICK
    if (newest) this.clock.waited(now, tick, waitTicks)
    if (newest && waitTicks >= 0) this.recentInputs.waited(tick, waitTicks)
    if (roundTripMs !== null) this.clock.measuredRoundTrip(roundTripMs)
  }

  private takeReconciliation({ divergence, corrections, denied, emitted }: Reconciliation): void {
    if (divergence) this.divergences.add(divergence)
    this.drawn.correct(corrections)
    this.drawn.deny(denied)
    this.inbox.predict(emitted)
    this.tellRefusals()
  }

  /** Simulates the ticks that are due. Returns how many. */
  advance(pageTime: number): number {
    const now = this.time.timeAt(pageTime)
    this.now = now
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
      Math.max(this.confirmed.tick, this.hostTick) + Math.round(MAX_PREDICTION_SECONDS * this.game.tickRate),
    )
    const due = Math.min(target - this.prediction.tick, this.catchUpTicks)
    try {
      for (let i = 0; i < due; i++) {
        const input = this.held.next()
        const { emitted, unstable } = this.prediction.advance(input, this.presentation)
        this.inbox.predict(emitted)
        if (unstable) this.divergences.addUnstable(unstable)
        this.clock.gave(this.prediction.tick, now)
        for (const heard of this.taps) heard({ tick: this.prediction.tick, input, seenTick: this.presentation })
      }
    } catch (error) {
      this.failure = error
      return 0
    }
    this.tellRefusals()
    this.sending.ticked(due > 0 ? this.prediction.tick : null)
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

  /** The packet that is due: at most one a tick. Call `sent` when it has left. */
  outgoing(pageTime: number): Uint8Array | null {
    const now = this.time.timeAt(pageTime)
    return this.sending.next(now, {
      epoch: this.epoch,
      prediction: this.prediction,
      predicts: this.predicts,
      presentationTick: this.presentation,
      rttMs: this.clock.rttMs,
      ack: this.reader.ack(now),
      eventAck: this.inbox.received,
      ...this.commands.outgoing(),
    })
  }

  /**
   * A packet of all inputs that are kept, for a host of a later epoch, which may have been told none of them. It acks nothing, since what
   * that host has sent is not known. Null: this page gives none.
   */
  inputsFor(epoch: number): Uint8Array | null {
    return this.predicts ? this.sending.all(epoch, this.prediction, this.presentation) : null
  }

  /** Whether this page steps its own entities and gives inputs: not before the first snapshot, and not as a spectator. */
  private get predicts(): boolean {
    return this.prediction.ready && !this.spectating
  }

  /** The packet that `outgoing` returned, of so many bytes, has left. */
  sent(pageTime: number, bytes: number): void {
    if (this.predicts) this.sending.uplink.sent(this.time.timeAt(pageTime), this.prediction.tick, bytes)
  }

  /** Brings the drawn world to a time and returns it. One time is one frame, however often it is asked for. */
  view(pageTime: number): DrawnWorld {
    if (pageTime === this.viewedAt) return this.drawn
    const now = this.time.timeAt(pageTime)
    this.viewedAt = pageTime
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

  /** Commands that will have no result, each once. */
  takeLostCommands(): number[] {
    return this.commands.drainLost()
  }

  /** The link is lost: nobody here knows whether open commands ran, so they are never sent a second time. */
  giveUpCommands(): void {
    this.commands.giveUp()
  }

  /** Writes that are not allowed happen in the rules, and in the page between two ticks. */
  private tellRefusals(): void {
    for (const problem of this.prediction.takeRefusals()) this.warn(problem)
  }

  /** What was predicted wrongly since the last call, each once. */
  takeDivergences(): Divergence[] {
    return this.divergences.take()
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

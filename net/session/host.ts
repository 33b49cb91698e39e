/**
 * The host's side of a running match: the only authoritative simulation. Bytes and the time come in, ticks run, bytes
 * come out; nothing here holds a timer or a socket. The host's own player is a client like any other.
 */

import type { BotIdentity } from '../bots/bot-identity.ts'
import type { BotMinds } from '../bots/bot-minds.ts'
import { HostRewind } from '../prediction/host-rewind.ts'
import { checkReplay } from '../prediction/replay-check.ts'
import type { DefectCounts } from '../wire/packet.ts'
import { advanceSequence } from '../wire/sequence.ts'
import type { PlainValues } from '../world/complete-values.ts'
import type { AnyGame } from '../world/game.ts'
import { History, type RecordedTick } from '../world/history.ts'
import type { PlayerId } from '../world/ids.ts'
import type { Row } from '../world/record.ts'
import { loadWorld, saveWorld } from '../world/save.ts'
import { runTick, type TickInput } from '../world/tick.ts'
import { World } from '../world/world.ts'
import { Attendance } from './attendance.ts'
import { EventAudience } from './event-audience.ts'
import { type ClientKind, type HostClient, newHostClient } from './host-client.ts'
import { HostCommands } from './host-commands.ts'
import type { HostOptions } from './host-options.ts'
import { HostReceiving } from './host-receiving.ts'
import { type ClientSnapshots, HostSending } from './host-sending.ts'
import { HostTime } from './host-time.ts'
import { KEEP_SECONDS, MAX_PENDING_EVENTS, RESEAT_SEQUENCES } from './limits.ts'
import { Load } from './load.ts'
import { reportOfHistory } from './report.ts'
import { type SavedMatch, saveSeat, seatedClient, whyNotSeated } from './saved-match.ts'
import type { WorldReport } from './types.ts'

/** What a tick runs with. Nothing else goes into it but the world before it. */
export interface TickRecord {
  readonly tick: number
  /** Who came and went, the input that each player's tick uses, and the commands. */
  readonly run: TickInput
  /** The tick, with its fraction, that each player saw others at: what `asSeenBy` looks back to. */
  readonly seen: ReadonlyMap<PlayerId, number>
}

export interface HostFailure {
  readonly tick: number
  readonly error: unknown
}

export class HostSession {
  readonly game: AnyGame
  epoch: number
  readonly world: World
  readonly clients = new Map<PlayerId, HostClient>()
  /** Set when the rules threw: the match is over. */
  failure: HostFailure | null = null
  /** The states of the last two seconds. */
  readonly history: History
  private readonly audience: EventAudience
  private readonly minds: BotMinds | null
  /** What clients are sent. */
  sending: HostSending
  readonly load: Load
  private readonly options: HostOptions
  private readonly stopwatch: () => number
  private readonly clock: HostTime
  private attendance = new Attendance()
  private readonly taps = new Set<(record: TickRecord) => void>()
  private commands = new HostCommands()
  private receiving: HostReceiving

  constructor(options: HostOptions) {
    const { game, seed, secret, epoch } = options
    this.options = options
    this.game = game
    this.epoch = epoch
    this.clock = new HostTime(game.tickRate)
    this.receiving = new HostReceiving(game, epoch, this.commands)
    this.stopwatch = options.stopwatch ?? (() => 0)
    this.load = new Load(game.tickRate, options.warn ?? (() => {}))
    const refused = options.development ? options.warn : undefined
    this.world = new World({
      game,
      seed,
      secret,
      options: options.options ?? {},
      settings: options.settings ?? {},
      predicting: null,
      ...(refused ? { refused } : {}),
    })
    this.history = new History(Math.round(KEEP_SECONDS * game.tickRate))
    this.world.rewind = new HostRewind(this.world, this.history, this.clients)
    this.audience = new EventAudience(this.world)
    this.minds = options.newMinds?.(this.world, this.history, options.warn ?? (() => {})) ?? null
    this.sending = this.newSending()
  }

  private newSending(): HostSending {
    const { world, clients, epoch } = this
    const { fairPlayer = null, headless = false, warn = () => {} } = this.options
    return new HostSending({ world, clients, epoch, fairPlayer, headless, warn })
  }

  /** Packets that no honest client sends, by kind of defect. */
  get malformed(): DefectCounts {
    return this.receiving.malformed
  }

  /** Packets of an earlier match or host, or of one that follows: dropped, and nobody's fault. */
  get otherEpoch(): number {
    return this.receiving.otherEpoch
  }

  /** The host's time in ticks, with its fraction. */
  tickAt(now: number): number {
    return this.clock.tickAt(now, this.world.tick)
  }

  /**
   * Hears of every tick, before the rules run it. Whoever has heard of all can run the match again, to the bit. Returns a
   * function that stops it.
   */
  onTick(heard: (record: TickRecord) => void): () => void {
    this.taps.add(heard)
    return () => this.taps.delete(heard)
  }

  /**
   * A match that goes on where it was saved, with its players seated. The rules are told of nobody that they joined: who was
   * here is here. Each is sent nothing until `join`; who does not come has to `leave`.
   * `past`: states of the ticks just before, oldest first, so that `asSeenBy` works at once. Default: none.
   * Returns why not, in a sentence, when the bytes are no world of this game, or the seats do not fit it.
   */
  static from(options: HostOptions, saved: SavedMatch, past: readonly RecordedTick[] = []): HostSession | string {
    const { world: bytes, seats, comings } = saved
    const host = new HostSession(options)
    const problem = loadWorld(host.world, bytes) ?? whyNotSeated(host.world, saved)
    if (problem !== null) return problem
    const { tick } = host.world
    for (const seat of seats) host.clients.set(seat.player, seatedClient(host.game, tick, seat))
    host.attendance = new Attendance(comings)
    host.history.load(past, tick)
    host.history.record(host.world)
    host.sending = host.newSending()
    return host
  }

  /**
   * The same host goes on in a higher epoch, with its players seated: as `from` with what it would save now. Each client is sent nothing
   * until `join`, and sends again what it has no answer to.
   */
  raise(epoch: number): void {
    const { seats } = this.saveSeats()
    const { malformed, otherEpoch } = this.receiving
    this.epoch = epoch
    this.commands = new HostCommands()
    this.receiving = new HostReceiving(this.game, epoch, this.commands)
    Object.assign(this.receiving.malformed, malformed)
    this.receiving.otherEpoch = otherEpoch
    this.sending = this.newSending()
    for (const seat of seats) this.clients.set(seat.player, seatedClient(this.game, this.world.tick, seat))
  }

  /** All that another host needs to go on after the newest tick. Take it between two ticks. */
  save(): SavedMatch {
    return { world: saveWorld(this.world), ...this.saveSeats() }
  }

  /** The same without the world, which an heir is told as changes. */
  saveSeats(): Omit<SavedMatch, 'world'> {
    const seats = [...this.clients.values()].map((client) => saveSeat(client, this.commands.countOf(client)))
    return { seats, comings: this.attendance.pending }
  }

  /**
   * A player has a link; the rules hear of it at the next tick. Those who return keep what is theirs.
   * `choice`: what the record of a new player begins with. Of a spectator the rules never hear.
   */
  join(player: PlayerId, choice?: PlainValues, kind: Partial<ClientKind> = {}): void {
    const known = this.clients.get(player)
    const client = newHostClient(this.game, player, this.world.tick, kind)
    if (known?.awaited) {
      this.clients.set(player, { ...known, downlink: client.downlink, awaited: false })
      return
    }
    // A reconnect starts without baselines.
    this.clients.set(player, client)
    if (client.spectates) return
    if (!known) this.attendance.join(player, choice)
    else if (!known.connected) this.attendance.comeBack(player)
  }

  /** A bot takes a seat. It leaves by `expire`. */
  addBot(player: PlayerId, bot: BotIdentity, choice?: PlainValues): void {
    this.join(player, choice)
    const client = this.clients.get(player)
    if (client) client.bot = bot
  }

  /** A player's connection is gone; the seat and its entities stay until `expire`. */
  leave(player: PlayerId): void {
    const client = this.clients.get(player)
    if (!client?.connected) return
    client.connected = false
    client.awaited = false
    if (!client.spectates) this.attendance.leave(player)
  }

  /** The time to return is over: after the next tick the seat is free, and what was the player's is gone. */
  expire(player: PlayerId): void {
    this.leave(player)
    this.minds?.forget(player)
    const client = this.clients.get(player)
    this.clients.delete(player)
    if (client && !client.spectates) this.attendance.expire(player)
  }

  /**
   * Over the same link a player becomes a spectator, or a spectator a player, in another seat: for the rules a player has gone for
   * good, or a new one has come. Their snapshots are numbered on, with a gap that no ack of the earlier ones spans.
   */
  reseat(from: PlayerId, to: PlayerId, spectates: boolean, choice?: PlainValues): void {
    const sequence = this.clients.get(from)?.baselines.sequence ?? 0
    this.expire(from)
    this.sending.reseat(from, to)
    this.join(to, choice, { spectates, firstSequence: advanceSequence(sequence, RESEAT_SEQUENCES) })
  }

  /** Takes bytes of the state lane. False when the sender is hostile and has to be dropped. */
  receive(player: PlayerId, bytes: Uint8Array, now: number): boolean {
    const client = this.clients.get(player)
    if (!client) return true
    const stalled = this.clock.isStalled(now, this.world.tick)
    return this.receiving.receive(client, bytes, { now, hostTick: this.tickAt(now), stalled })
  }

  /** Runs the ticks that are due. Returns how many ran; 0 for ever once the rules have failed. */
  advance(now: number): number {
    if (this.failure) return 0
    const due = this.clock.due(now, this.world.tick)
    const began = this.stopwatch()
    for (let ran = 0; ran < due; ran++) {
      if (this.load.isFull(ran, this.stopwatch() - began)) {
        // The rest is for the next call; but if each call runs one tick, it would be for ever behind.
        if (ran < 2) this.skip(due - ran)
        return ran
      }
      this.runTick(this.tickAt(now))
      if (this.failure) return ran
    }
    return Math.max(0, due)
  }

  /**
   * Another host's match goes on here: the host's time is `hostTick` at `now`, later than the newest tick. Until `catchUp` says that
   * the ticks between have run, call nothing else that runs or sends.
   */
  goOnAt(now: number, hostTick: number): void {
    this.clock.startAt(now, hostTick)
  }

  /**
   * Runs the ticks that are due, as many as a frame has time for, and at most `max`: the rest is skipped once they have run. Returns
   * how many of `max` are left; 0: the newest tick is the present one, or the rules have failed.
   */
  catchUp(now: number, max: number): number {
    const began = this.stopwatch()
    const behind = this.clock.behind(now, this.world.tick)
    for (let ran = 0; ran < Math.min(behind, max); ran++) {
      if (this.load.isFull(ran, this.stopwatch() - began)) return max - ran
      this.runTick(this.tickAt(now))
      if (this.failure) return 0
    }
    if (behind > max) this.skip(behind - max)
    return 0
  }

  private skip(ticks: number): void {
    this.clock.skip(ticks)
    this.load.droppedTicks += ticks
  }

  private runTick(hostTime: number): void {
    this.sending.beforeTick()
    const tick = this.world.tick + 1
    const commands = this.commands.startTick()
    try {
      const inputs = this.takeInputs(tick, hostTime)
      const run = { ...this.attendance.flush(), inputs, commands }
      if (this.taps.size > 0) this.tap({ tick, run, seen: this.seenTicks() })
      this.runRules(tick, run)
      this.commands.answer(commands, this.world)
      this.queueEvents()
    } catch (error) {
      this.failure = { tick, error }
      return
    }
    this.history.record(this.world)
    this.sending.afterTick(this.history.removed)
  }

  /** Each player's input of a tick: as it came, or what a bot decides. */
  private takeInputs(tick: number, hostTime: number): Map<PlayerId, Row> {
    const inputs = new Map<PlayerId, Row>()
    const began = this.stopwatch()
    let bots = 0
    for (const client of this.clients.values()) {
      const { player, spectates, bot, inputs: queue } = client
      if (spectates) continue
      const decided = bot && this.minds?.decide(player, bot)
      if (decided) {
        bots++
        queue.seenTick = decided.seenTick
      }
      inputs.set(player, decided ? decided.row : queue.consume(tick, hostTime))
    }
    if (bots > 0) this.load.thought(this.stopwatch() - began)
    return inputs
  }

  private tap(record: TickRecord): void {
    for (const heard of this.taps) heard(record)
  }

  private seenTicks(): Map<PlayerId, number> {
    const players = [...this.clients.values()].filter(({ spectates }) => !spectates)
    return new Map(players.map(({ player, inputs }) => [player, inputs.seenTick]))
  }

  private runRules(tick: number, run: TickInput): void {
    const { world, load, stopwatch } = this
    const { development, warn } = this.options
    const began = stopwatch()
    if (development && warn && load.isCheckDue(tick)) {
      checkReplay(world, tick, run, warn)
      load.checked(tick, stopwatch() - began)
    } else {
      runTick(world, tick, run)
      load.ran(tick, stopwatch() - began)
    }
    for (const type of world.game.schema.entities.values())
      load.count(type.name, world.count(type), world.keptOut.get(type) ?? 0)
  }

  private queueEvents(): void {
    this.audience.noteTick()
    if (this.world.emitted.length === 0) return
    for (const client of this.clients.values()) {
      // Players who return hear of nothing that happened while they were away. Bots hear of nothing.
      if (!client.connected || client.bot) continue
      for (const event of this.audience.toldTo(client.player, client.spectates)) {
        client.events.push({ ...event, number: client.nextEvent++ })
        if (client.events.length > MAX_PENDING_EVENTS) client.events.shift()
      }
    }
  }

  /** The snapshots that are due, as `HostSending.build` says. None once the rules have failed. */
  buildSnapshots(now: number, busy: ReadonlySet<PlayerId> = new Set()): ClientSnapshots[] {
    if (this.failure) return []
    try {
      return this.sending.build(now, busy)
    } catch (error) {
      this.failure = { tick: this.world.tick, error }
      return []
    }
  }

  /** A packet of `buildSnapshots` has left. */
  packetSent(player: PlayerId, packet: ClientSnapshots['packets'][number], now: number): void {
    this.sending.packetSent(player, packet, now)
  }

  /** The true world after `tick`, or at the newest one kept before it; two seconds are kept. */
  report(tick = this.world.tick): WorldReport {
    return reportOfHistory(this.history, tick)
  }
}

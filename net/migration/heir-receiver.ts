/**
 * The heir's side of its stream: assembles the host's world, tick by tick, beside the match that its page plays. In go the bytes of
 * the state lane and of bulk; out come acks and, when the host is gone, the cut.
 *
 * The host may be hostile. Whatever comes, nothing throws, memory is bounded, and the match on this page is not touched: what
 * is here is never shown. Malformed, huge, endless or useless streams end the candidacy (`ended`), and only that.
 */
import { TokenBucket } from '../congestion/token-bucket.ts'
import { decodePacket, encodePacket, isDefect, PacketKind } from '../wire/packet.ts'
import type { AnyGame } from '../world/game.ts'
import type { RecordedTick } from '../world/history.ts'
import { type HeirCut, type MatchStart, matchOf, pastOf, whyNot } from './heir-cut.ts'
import { heirLayoutsOf } from './heir-layouts.ts'
import { type HeirMessage, type OpaqueState, openHeirMessage } from './heir-messages.ts'
import { HeirParts } from './heir-parts.ts'
import { NO_CUT } from './heir-stream.ts'
import type { HeirTick } from './heir-tick.ts'
import { readTick } from './heir-tick-codec.ts'
import {
  KEEP_HEIR_SECONDS,
  MAX_HEIR_BYTES_PER_SECOND,
  MAX_SLOW_PIECES,
  MAX_USELESS,
  REWIND_SECONDS,
  TRIAL_SECONDS,
} from './limits.ts'

/**
 * Why this page is no heir any more. `malformed`: bytes that no honest host writes. `poisoned`: a world that no host can go on
 * from. `huge`: more than a world may take. `flood`: more bytes a second than are allowed. `useless`: many packets in a row
 * that build on ticks that are not here.
 */
export type CandidacyEnd = 'malformed' | 'poisoned' | 'huge' | 'flood' | 'useless'

export interface HeirReceiverOptions {
  readonly game: AnyGame
  readonly epoch: number
  readonly start: MatchStart
  /** By piece of slow data: whether a value is one that an honest host gives. Other pieces end the candidacy. */
  readonly slow: Readonly<Record<string, (value: unknown) => boolean>>
  /** Slow data that the host told before this began, and its version. It is checked already. Default: none. */
  readonly known?: { readonly version: number; readonly pieces: ReadonlyMap<string, unknown> }
  /** Default 1 MiB. */
  readonly maxBytesPerSecond?: number
}

/** A tick that a host can go on from. */
interface WholeTick {
  readonly tick: HeirTick
  readonly opaque: readonly OpaqueState[]
}

interface OpaqueTick {
  readonly tick: number
  readonly states: readonly OpaqueState[]
}

export class HeirReceiver {
  ended: CandidacyEnd | null = null
  /** In a sentence, for the log. */
  problem: string | null = null
  private readonly options: HeirReceiverOptions
  private readonly parts = new HeirParts()
  private readonly budget: TokenBucket
  /** Whole ticks of the last seconds: baselines, and what the cut is made of. */
  private readonly ticks = new Map<number, HeirTick>()
  private newest: HeirTick | null = null
  private readonly slow: Map<string, unknown>
  private slowVersion: number
  private opaque: OpaqueTick | null = null
  /** For a game with opaque fields: the two newest ticks whose opaque state is here, newest first. */
  private wholes: readonly WholeTick[] = []
  private useless = 0
  private ackDue = false
  private wantsAll = false
  private trialAt = Number.NEGATIVE_INFINITY

  constructor(options: HeirReceiverOptions) {
    this.options = options
    this.slow = new Map(options.known?.pieces)
    this.slowVersion = options.known?.version ?? 0
    const limit = options.maxBytesPerSecond ?? MAX_HEIR_BYTES_PER_SECOND
    // All of a large world comes at once.
    this.budget = new TokenBucket(limit, limit * 8)
  }

  /** Bytes of the state lane (`PacketKind.heirPart`). */
  receivePacket(bytes: Uint8Array, now: number): void {
    if (!this.admit(bytes, now)) return
    const packet = decodePacket(bytes)
    if (isDefect(packet) || packet.kind !== PacketKind.heirPart) return this.end('malformed', 'no part of a tick')
    if (packet.epoch !== this.options.epoch || this.isStale(packet.tick)) return
    const whole = this.parts.add(packet.tick, packet.body)
    if (whole === 'malformed') return this.end('malformed', 'a part that fits no tick')
    if (whole) this.read(packet.tick, whole, now)
  }

  /** Bytes of bulk (`isHeirMessage`). */
  receiveBulk(bytes: Uint8Array, now: number): void {
    if (!this.admit(bytes, now)) return
    const message = openHeirMessage(bytes)
    if (message === 'huge') return this.end('huge', 'a message that is too long')
    if (message === 'malformed') return this.end('malformed', 'no message of the stream')
    if (message.epoch !== this.options.epoch) return
    if (message.kind === 'full') {
      if (!this.isStale(message.tick)) this.read(message.tick, message.body, now)
    } else if (message.kind === 'slow') this.noteSlow(message)
    else this.noteOpaque(message)
  }

  private admit(bytes: Uint8Array, now: number): boolean {
    if (this.ended) return false
    if (this.budget.available(now) > 0) {
      this.budget.spend(bytes.length)
      return true
    }
    this.end('flood', 'more bytes than an heir takes')
    return false
  }

  private get keepTicks(): number {
    return KEEP_HEIR_SECONDS * this.options.game.tickRate
  }

  /** Too old to be a baseline or a cut, or here already. */
  private isStale(tick: number): boolean {
    return this.ticks.has(tick) || (this.newest !== null && tick <= this.newest.tick - this.keepTicks)
  }

  private read(tick: number, bytes: Uint8Array, now: number): void {
    const read = readTick(this.options.game, tick, bytes, (of) => this.ticks.get(of) ?? null)
    if (read === 'malformed' || read === 'huge') return this.end(read, `tick ${tick}`)
    if (read === 'baseline') {
      this.useless++
      this.wantsAll = this.ackDue = true
      if (this.useless > MAX_USELESS) this.end('useless', 'ticks that build on what is not here')
      return
    }
    this.useless = 0
    this.wantsAll = false
    this.ackDue = true
    this.ticks.set(tick, read)
    if (!this.newest || tick > this.newest.tick) this.newest = read
    this.forget()
    this.matchOpaque()
    if (now - this.trialAt >= TRIAL_SECONDS * 1000) this.try(now)
  }

  private forget(): void {
    const before = (this.newest?.tick ?? 0) - this.keepTicks
    for (const tick of this.ticks.keys()) if (tick <= before) this.ticks.delete(tick)
    this.parts.forgetUpTo(before)
  }

  private noteSlow({ version, piece, value }: Extract<HeirMessage, { kind: 'slow' }>): void {
    const check = Object.hasOwn(this.options.slow, piece) ? this.options.slow[piece] : undefined
    if (!check?.(value) || version < 1) return this.end('malformed', `slow data ${piece}`)
    // Told again: this page was an heir before its stream began.
    if (version <= this.slowVersion) return
    this.slow.set(piece, value)
    this.slowVersion = version
    if (this.slow.size > MAX_SLOW_PIECES) this.end('huge', 'too many pieces of slow data')
  }

  private noteOpaque({ tick, states }: Extract<HeirMessage, { kind: 'opaque' }>): void {
    if (!heirLayoutsOf(this.options.game).hasOpaque) return this.end('malformed', 'opaque state of a game without')
    this.opaque = { tick, states }
    this.matchOpaque()
  }

  /** The tick and its opaque state come on two lanes, in any order. */
  private matchOpaque(): void {
    const tick = this.opaque && this.ticks.get(this.opaque.tick)
    if (!this.opaque || !tick || tick.slowVersion > this.slowVersion) return
    this.wholes = [{ tick, opaque: this.opaque.states }, ...this.wholes].slice(0, 2)
    this.opaque = null
  }

  /** The newest tick, at or before `upTo`, that a host can go on from, with its opaque state. */
  private cutTick(upTo = Number.POSITIVE_INFINITY): WholeTick | null {
    if (heirLayoutsOf(this.options.game).hasOpaque) return this.wholes.find(({ tick }) => tick.tick <= upTo) ?? null
    let newest: HeirTick | null = null
    for (const tick of this.ticks.values())
      if (tick.slowVersion <= this.slowVersion && tick.tick <= upTo && tick.tick > (newest?.tick ?? -1)) newest = tick
    return newest && { tick: newest, opaque: [] }
  }

  /** Loads the newest world, so that a poisoned one is found before it is needed. */
  private try(now: number): void {
    const from = this.cutTick()
    if (!from) return
    this.trialAt = now
    const { game, start } = this.options
    const problem = whyNot(game, start, matchOf(game, from.tick, from.opaque))
    if (problem !== null) this.end('poisoned', problem)
  }

  private end(reason: CandidacyEnd, problem: string): void {
    if (this.ended) return
    this.ended = reason
    this.problem = problem
    this.ticks.clear()
    this.slow.clear()
    this.wholes = []
    this.opaque = this.newest = null
  }

  /** The ack that is due: a packet of the state lane. */
  outgoing(): Uint8Array | null {
    if (!this.ackDue || this.ended) return null
    this.ackDue = false
    const tick = this.newest?.tick ?? 0
    const cut = this.cutTick()
    const behind = cut ? Math.min(NO_CUT, tick - cut.tick.tick) : NO_CUT
    const body = Uint8Array.of(this.wantsAll ? 1 : 0, behind)
    return encodePacket({ kind: PacketKind.heirAck, epoch: this.options.epoch, tick, body })
  }

  /** The tick from which a host could go on now; null: none. */
  get tick(): number | null {
    return this.cutTick()?.tick.tick ?? null
  }

  /** How old this page's world of the host is, ms. `hostTick`: the host's time in ticks, as this page estimates it. */
  ageMs(hostTick: number): number | null {
    const { tick } = this
    return tick === null ? null : Math.max(0, ((hostTick - tick) * 1000) / this.options.game.tickRate)
  }

  /**
   * What a host goes on from, at or before a tick (where the old host stopped; default: the newest). Null: this page cannot be the
   * host. It may be poisoned since the last trial: `HostSession.from` says so.
   */
  cut(upTo = Number.POSITIVE_INFINITY): HeirCut | null {
    const from = this.cutTick(upTo)
    if (!from) return null
    const { tick } = from.tick
    const match = matchOf(this.options.game, from.tick, from.opaque)
    return { tick, match, slow: new Map(this.slow), past: this.past(tick) }
  }

  private past(before: number): RecordedTick[] {
    const { game } = this.options
    if (heirLayoutsOf(game).hasOpaque) return []
    const first = before - REWIND_SECONDS * game.tickRate
    return pastOf(
      game,
      [...this.ticks.values()].filter(({ tick }) => tick >= first && tick < before),
    )
  }
}

/**
 * The host's side of one warm heir: sends it the whole world, tick by tick, as changes against the newest tick that it has acked.
 * In go the time and acks; out come packets and bulk messages, to be sent in order. It holds no timer and no link.
 *
 * Invariants: what is sent of a tick is consistent, since it is taken between two ticks. Not more than the limit of bytes a
 * second is sent: ticks then go less often, and are never cut. An heir that acks nothing costs a tick in full every four seconds.
 */
import { TokenBucket } from '../congestion/token-bucket.ts'
import { MAX_MALFORMED } from '../session/limits.ts'
import type { HeirReport } from '../session/migration-report.ts'
import { RateMeter } from '../session/rates.ts'
import { decodePacket, encodePacket, isDefect, PacketKind } from '../wire/packet.ts'
import type { PlayerId } from '../world/ids.ts'
import { closeHeirMessage, type OpaqueState } from './heir-messages.ts'
import { splitTick } from './heir-parts.ts'
import type { HeirSource } from './heir-source.ts'
import type { HeirTick } from './heir-tick.ts'
import {
  BASELINE_SECONDS,
  FULL_SECONDS,
  HEIR_BYTES_PER_SECOND,
  HEIR_RATE,
  LARGE_OPAQUE_BYTES,
  LONGEST_FULL_SECONDS,
  MAX_FULL_BYTES,
  MAX_OPAQUE_BYTES,
  OPAQUE_SECONDS,
} from './limits.ts'
import type { SlowData } from './slow-data.ts'

export interface HeirSent {
  readonly lane: 'state' | 'bulk'
  readonly bytes: Uint8Array
}

export interface HeirStreamOptions {
  /** The seat of the heir. */
  readonly heir: PlayerId
  readonly source: HeirSource
  readonly slow: SlowData
  /** Bytes a second at most. Default 192 KiB. */
  readonly bytesPerSecond?: number
}

interface SentTick {
  readonly tick: HeirTick
  readonly sentAt: number
}

/** In an ack: the heir can go on from no tick yet, or from one that is further back than a byte tells. */
export const NO_CUT = 255
/** A host that hands over tells its last tick again after so long, ms, until the heir has it. */
const REPEAT_MS = 50
/** Ticks for which an ack may come, and tell of a cut before it. */
const MAX_ACK_TICKS = 512

export class HeirStream {
  private readonly source: HeirSource
  private readonly slow: SlowData
  private readonly heir: PlayerId
  private readonly bucket: TokenBucket
  private readonly sent = new Map<number, SentTick>()
  private readonly up = new RateMeter()
  private acked: SentTick | null = null
  /** When each tick was sent, for as long as an ack may name it. */
  private readonly sentAt = new Map<number, number>()
  /** The newest tick that the heir can go on from. */
  private cut: { readonly tick: number; readonly sentAt: number } | null = null
  private sentTick = Number.NEGATIVE_INFINITY
  /** The packets of `sentTick`, none where it went over bulk, and when they went. */
  private newest: { readonly at: number; readonly parts: readonly HeirSent[] } = { at: 0, parts: [] }
  /** The host has handed over: no tick follows. */
  private isLast = false
  private fullAt = Number.NEGATIVE_INFINITY
  /** How long the next tick in full waits for an ack of the last. */
  private fullSeconds = FULL_SECONDS
  private opaqueAt = Number.NEGATIVE_INFINITY
  private opaqueSeconds = OPAQUE_SECONDS
  private toldSlow = 0
  private malformed = 0
  /** The world does not fit into a tick of the stream. */
  private tooLarge = false
  /** Ticks of the world a second, at most. */
  ticksPerSecond = HEIR_RATE

  constructor({ heir, source, slow, bytesPerSecond = HEIR_BYTES_PER_SECOND }: HeirStreamOptions) {
    this.heir = heir
    this.source = source
    this.slow = slow
    // One tick may take what half a second allows, and waits for it afterwards.
    this.bucket = new TokenBucket(bytesPerSecond, bytesPerSecond / 2)
  }

  private get tickRate(): number {
    return this.source.host.game.tickRate
  }

  /** What is due after the newest tick. `busy`: the state lane waits, so the world of a tick would only queue. */
  build(now: number, busy = false): HeirSent[] {
    const { tick } = this.source.host.world
    // On one grid for all heirs: what is taken of a tick serves each of them.
    const every = Math.max(1, this.tickRate / this.ticksPerSecond)
    const isDue = Math.floor(tick / every) > Math.floor(this.sentTick / every)
    const goes = isDue && !busy && !this.tooLarge && this.bucket.available(now) > 0
    return this.spend(now, goes ? this.buildTick(now) : [])
  }

  /** No tick follows the newest one: what is due now, until the heir has that tick. Its bytes do not wait for the limit. */
  buildLast(now: number): HeirSent[] {
    const { tick } = this.source.host.world
    if (this.tooLarge || (this.safeTick ?? -1) >= tick) return []
    if (!this.isLast) {
      this.isLast = true
      this.opaqueAt = this.fullAt = Number.NEGATIVE_INFINITY
      return this.spend(now, this.sentTick < tick ? this.buildTick(now) : this.opaque(tick, now))
    }
    const { at, parts } = this.newest
    if (now - at < REPEAT_MS) return []
    // The same bytes again: the heir may have some of the parts.
    this.newest = { at: now, parts }
    return this.spend(now, parts)
  }

  private spend(now: number, ofTick: readonly HeirSent[]): HeirSent[] {
    const out = [...this.slowPieces(), ...ofTick]
    for (const { bytes } of out) {
      this.bucket.available(now)
      this.bucket.spend(bytes.length)
      this.up.add(now, bytes.length)
    }
    return out
  }

  /** The newest tick and what belongs to it, all for bulk: for a host that says goodbye over the same link. */
  buildLastForBulk(now: number): Uint8Array[] {
    const pieces = this.slowPieces().map(({ bytes }) => bytes)
    const tick = this.source.take(this.slow.version)
    const base = this.baseline()
    const full = base?.tick === tick.tick ? [] : this.fullForBulk(tick, base)
    if (!full) return pieces
    // Bulk loses nothing: it is not told a second time.
    this.isLast = true
    this.newest = { at: now, parts: [] }
    this.opaqueAt = Number.NEGATIVE_INFINITY
    const opaque = this.opaque(tick.tick, now).map(({ bytes }) => bytes)
    return [...pieces, ...full, ...opaque]
  }

  /** Null: it is too large. */
  private fullForBulk(tick: HeirTick, base: HeirTick | null): Uint8Array[] | null {
    const { host } = this.source
    const body = this.source.encode(tick, base)
    if (body.length > MAX_FULL_BYTES) return null
    return [closeHeirMessage({ kind: 'full', epoch: host.epoch, tick: tick.tick, body })]
  }

  private slowPieces(): HeirSent[] {
    const { epoch } = this.source.host
    const pieces = this.slow.since(this.toldSlow)
    this.toldSlow = this.slow.version
    return pieces.map((piece) => ({ lane: 'bulk', bytes: closeHeirMessage({ kind: 'slow', epoch, ...piece }) }))
  }

  private buildTick(now: number): HeirSent[] {
    const { host } = this.source
    const base = this.baseline()
    if (!base && now - this.fullAt < this.fullSeconds * 1000) return []
    const tick = this.source.take(this.slow.version)
    const bytes = this.source.encode(tick, base)
    if (bytes.length > MAX_FULL_BYTES) {
      this.tooLarge = true
      return []
    }
    this.sentTick = tick.tick
    this.sent.set(tick.tick, { tick, sentAt: now })
    this.sentAt.set(tick.tick, now)
    this.forget()
    const parts = base ? splitTick(bytes) : null
    if (!parts) this.noteFull(now)
    const { epoch } = host
    const packets: HeirSent[] = parts
      ? parts.map((body) => ({
          lane: 'state',
          bytes: encodePacket({ kind: PacketKind.heirPart, epoch, tick: tick.tick, body }),
        }))
      : [{ lane: 'bulk', bytes: closeHeirMessage({ kind: 'full', epoch, tick: tick.tick, body: bytes }) }]
    this.newest = { at: now, parts: parts ? packets : [] }
    return [...packets, ...this.opaque(tick.tick, now)]
  }

  private noteFull(now: number): void {
    if (this.fullAt > Number.NEGATIVE_INFINITY) this.fullSeconds = Math.min(LONGEST_FULL_SECONDS, 2 * this.fullSeconds)
    this.fullAt = now
  }

  /** The newest tick that the heir has, while both sides keep it. */
  private baseline(): HeirTick | null {
    const { tick } = this.source.host.world
    return this.acked && tick - this.acked.tick.tick <= BASELINE_SECONDS * this.tickRate ? this.acked.tick : null
  }

  private forget(): void {
    forgetBefore(this.sent, this.sentTick - BASELINE_SECONDS * this.tickRate)
    forgetBefore(this.sentAt, this.sentTick - MAX_ACK_TICKS)
  }

  private opaque(tick: number, now: number): HeirSent[] {
    const { host, layouts } = this.source
    if (!layouts.hasOpaque || now - this.opaqueAt < this.opaqueSeconds * 1000) return []
    this.opaqueAt = now
    const states: OpaqueState[] = []
    let bytes = 0
    for (const type of layouts.types)
      for (const { kind, column, opaque } of type.objects) {
        if (kind !== 'opaque' || !opaque) continue
        for (const record of host.world.list(type)) {
          const saved = opaque.save(record.objects[column])
          bytes += saved.length
          states.push([type.index, record.id, column, saved])
        }
      }
    this.tooLarge ||= bytes > MAX_OPAQUE_BYTES
    if (this.tooLarge) return []
    this.opaqueSeconds = OPAQUE_SECONDS * (bytes > LARGE_OPAQUE_BYTES ? 4 : 1)
    return [{ lane: 'bulk', bytes: closeHeirMessage({ kind: 'opaque', epoch: host.epoch, tick, states }) }]
  }

  /** Takes an ack. False when the heir is hostile: no honest one sends so many packets that are none. */
  receive(bytes: Uint8Array): boolean {
    const packet = decodePacket(bytes)
    if (isDefect(packet) || packet.kind !== PacketKind.heirAck || packet.body.length !== 2)
      return ++this.malformed < MAX_MALFORMED
    if (packet.epoch !== this.source.host.epoch) return true
    const [wantsAll = 0, behind = NO_CUT] = packet.body
    if (wantsAll === 1) {
      this.acked = null
      return true
    }
    const sent = this.sent.get(packet.tick)
    if (sent) this.fullSeconds = FULL_SECONDS
    if (sent && packet.tick > (this.acked?.tick.tick ?? -1)) this.acked = sent
    const tick = packet.tick - behind
    const sentAt = behind === NO_CUT ? undefined : this.sentAt.get(tick)
    if (sentAt !== undefined && tick > (this.cut?.tick ?? -1)) this.cut = { tick, sentAt }
    return true
  }

  /** The newest tick that the heir can go on from, as it said; null: none. What happened up to it outlives this host. */
  get safeTick(): number | null {
    return this.cut?.tick ?? null
  }

  report(now: number): HeirReport {
    return {
      heir: this.heir,
      ageMs: this.cut && now - this.cut.sentAt,
      bytesPerSecond: this.up.read(now).bytesPerSecond,
      tooLarge: this.tooLarge,
    }
  }
}

/** The oldest ticks come first: a look at those that are kept, at each tick, would cost more than all else here. */
function forgetBefore(ticks: Map<number, unknown>, first: number): void {
  for (const tick of ticks.keys()) {
    if (tick >= first) return
    ticks.delete(tick)
  }
}

/**
 * Records a match at a guest's page, for the last 30 seconds: what the page showed at each tick, its inputs, and the packets that came in
 * and went out. It listens to every tick of the client's session. A spectator's page is recorded, too.
 */

import { MAX_EXTRAPOLATION_SECONDS } from '../replication/sampling.ts'
import type { ClientSession } from '../session/client.ts'
import type { ClientTick } from '../session/client-options.ts'
import { initialNumbers, initialObjects, type RecordCopy } from '../world/record.ts'
import type { GuestChunk, TimedPacket } from './file.ts'
import { CHUNK_SECONDS, GUEST_SECONDS, MAX_HELD_BYTES } from './limits.ts'
import { type ShownTick, ShownWriter } from './shown-codec.ts'

/** Listens to each packet of the state lane. Returns a function that stops it. */
export type PacketTap = (heard: (at: number, sent: boolean, bytes: Uint8Array) => void) => () => void

interface OpenChunk {
  readonly firstTick: number
  readonly writer: ShownWriter
  frames: number
}

export class GuestRecorder {
  readonly kind = 'guest'
  private readonly session: ClientSession
  private readonly chunkTicks: number
  private readonly closed: GuestChunk[] = []
  private open: OpenChunk | null = null
  private packets: TimedPacket[] = []
  private packetBytes = 0
  private newestTick = -1
  private readonly untap: readonly (() => void)[]

  constructor(session: ClientSession, onPacket: PacketTap) {
    this.session = session
    this.chunkTicks = CHUNK_SECONDS * session.game.tickRate
    this.untap = [session.onTick((tick) => this.tick(tick)), onPacket((...packet) => this.packet(...packet))]
  }

  stop(): void {
    for (const untap of this.untap) untap()
  }

  private packet(at: number, sent: boolean, bytes: Uint8Array): void {
    // Before the first tick there is no chunk yet: these are the packets of the start.
    this.packets.push({ at, sent, bytes: bytes.slice() })
    this.packetBytes += bytes.length
  }

  private tick({ tick, seenTick: seen, input }: ClientTick): void {
    // A new host may go on from an earlier tick: ticks that are recorded already are skipped.
    if (tick <= this.newestTick) return
    this.newestTick = tick
    const seenTick = Math.floor(seen)
    if (this.open && this.open.frames >= this.chunkTicks) this.close(this.open)
    this.open ??= { firstTick: tick, writer: new ShownWriter(this.session.game), frames: 0 }
    this.open.writer.write({ tick, seenTick, input, ...this.shown(seenTick) })
    this.open.frames++
  }

  /** All records by type and id: predicted ones as of the newest tick, all others as of `seenTick`. A spectator's page predicts nothing. */
  private shown(seenTick: number): Pick<ShownTick, 'records' | 'confirmed'> {
    const { prediction, game } = this.session
    const { world, confirmed } = prediction
    const byType: RecordCopy[][] = game.schema.types.map(() => [])
    for (const type of game.schema.types)
      if (type.role !== 'input')
        for (const record of world.list(type))
          if (type.role !== 'entity' || this.session.steps(type, record.owner))
            byType[type.index]?.push({ type, id: record.id, owner: record.owner, row: record })
    const horizon = confirmed.tick + MAX_EXTRAPOLATION_SECONDS * game.tickRate
    let isConfirmed = true
    for (const known of confirmed.records.values()) {
      const { type, id, owner, goneAt, firstTick } = known
      if (type.role !== 'entity' || this.session.steps(type, owner)) continue
      if (firstTick > seenTick || (goneAt !== null && goneAt <= seenTick)) continue
      const row = { numbers: initialNumbers(type), objects: initialObjects(type) }
      isConfirmed &&= known.isConfirmedAt(seenTick)
      if (known.sample(seenTick, horizon, row)) byType[type.index]?.push({ type, id, owner, row })
    }
    return { records: byType.flatMap((records) => records.sort((a, b) => a.id - b.id)), confirmed: isConfirmed }
  }

  private close(open: OpenChunk): void {
    this.closed.push(this.closedChunk(open))
    this.open = null
    this.packets = []
    this.packetBytes = 0
    const isOverdue = (): boolean => this.closed.length > GUEST_SECONDS / CHUNK_SECONDS || this.bytes > MAX_HELD_BYTES
    while (this.closed.length > 0 && isOverdue()) this.closed.shift()
  }

  private closedChunk({ firstTick, frames, writer }: OpenChunk): GuestChunk {
    return { firstTick, frames, shown: writer.finish(), packets: this.packets }
  }

  get bytes(): number {
    return this.closed.reduce(
      (sum, chunk) => sum + bytesOf(chunk),
      this.packetBytes + (this.open?.writer.byteLength ?? 0),
    )
  }

  get chunks(): GuestChunk[] {
    return this.open ? [...this.closed, this.closedChunk(this.open)] : [...this.closed]
  }
}

const bytesOf = ({ shown, packets }: GuestChunk): number =>
  packets.reduce((sum, { bytes }) => sum + bytes.length, shown.length)

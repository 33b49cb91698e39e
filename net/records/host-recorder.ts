/**
 * Records a match at its host: a key frame every five seconds, and between them what each tick ran with. It listens to every tick before
 * its rules run, when the world is still that of the tick before.
 */

import type { HostSession, TickRecord } from '../session/host.ts'
import type { HostChunk } from './file.ts'
import { type KeyFrame, takeKeyFrame } from './key-frame.ts'
import { CHUNK_SECONDS, MAX_HELD_BYTES } from './limits.ts'
import { TickWriter } from './tick-codec.ts'
import { hashWorld } from './world-hash.ts'

interface OpenChunk extends KeyFrame {
  readonly firstTick: number
  readonly writer: TickWriter
  ticks: number
  readonly hashes: number[]
}

export class HostRecorder {
  readonly kind = 'host'
  private readonly host: HostSession
  private readonly chunkTicks: number
  private readonly closed: HostChunk[] = []
  private open: OpenChunk | null = null
  private closedBytes = 0
  private readonly untap: () => void

  constructor(host: HostSession) {
    this.host = host
    this.chunkTicks = CHUNK_SECONDS * host.game.tickRate
    this.untap = host.onTick((record) => this.tick(record))
  }

  stop(): void {
    this.noteHash()
    this.untap()
  }

  private tick(record: TickRecord): void {
    this.noteHash()
    if (this.open && this.open.ticks >= this.chunkTicks) this.close(this.open)
    this.open ??= {
      ...takeKeyFrame(this.host.world, this.host.history),
      ...{ firstTick: record.tick, writer: new TickWriter(this.host.game), ticks: 0, hashes: [] },
    }
    this.open.writer.write(record)
    this.open.ticks++
  }

  /** Keeps the hash of the last tick's world, once for each tick. A tick in which the rules threw has none. */
  private noteHash(): void {
    const { open, host } = this
    if (!open || host.failure || open.hashes.length === open.ticks) return
    if (host.world.tick === open.firstTick + open.ticks - 1) open.hashes.push(hashWorld(host.world) & 0xff)
  }

  private close(open: OpenChunk): void {
    const chunk = closedChunk(open)
    this.closed.push(chunk)
    this.closedBytes += bytesOf(chunk)
    this.open = null
    while (this.closedBytes > MAX_HELD_BYTES) this.closedBytes -= bytesOf(this.closed.shift() as HostChunk)
  }

  get bytes(): number {
    const { open, closedBytes } = this
    if (!open) return closedBytes
    return closedBytes + open.world.length + open.past.length + open.writer.byteLength + open.hashes.length
  }

  get chunks(): HostChunk[] {
    this.noteHash()
    return this.open ? [...this.closed, closedChunk(this.open)] : [...this.closed]
  }
}

function closedChunk({ firstTick, ticks, world, past, writer, hashes }: OpenChunk): HostChunk {
  return { firstTick, ticks, world, past, inputs: writer.finish(), hashes: Uint8Array.from(hashes) }
}

const bytesOf = ({ world, past, inputs, hashes }: HostChunk): number =>
  world.length + past.length + inputs.length + hashes.length

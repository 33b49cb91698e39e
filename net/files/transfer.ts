/** What sending and receiving a file have in common: progress, one end, and the minute without progress that ends it. */
import type { Cancel, Timers } from '../platform/platform.ts'
import { STALL_MS } from './limits.ts'
import type { FileMessage } from './messages.ts'
import type { FileEnd, FileTransfer } from './types.ts'

/** What a transfer needs of the exchange that holds it. */
export interface TransferHost {
  readonly timers: Timers
  /** Sends a message to the other side; it is lost while there is no link. */
  say(message: FileMessage): void
  /** The transfer has ended: forget it. */
  ended(transfer: Transfer): void
}

export interface About {
  readonly peer: number
  /** The sender's number of the file. */
  readonly id: number
  readonly name: string
  readonly type: string
  readonly size: number
}

type Without<T, K extends string> = T extends unknown ? Omit<T, K> : never
type Said = Without<FileMessage, 'peer' | 'id'>

export abstract class Transfer implements FileTransfer {
  abstract readonly outgoing: boolean
  readonly peer: number
  readonly id: number
  readonly name: string
  readonly type: string
  readonly size: number
  bytes = 0
  end: FileEnd | null = null
  blob: Blob | null = null
  readonly ended: Promise<FileEnd>
  protected readonly host: TransferHost
  #settle: (end: FileEnd) => void = () => {}
  readonly #heard = new Set<(bytes: number) => void>()
  #stopTimer: Cancel = () => {}

  constructor(host: TransferHost, { peer, id, name, type, size }: About) {
    this.host = host
    this.peer = peer
    this.id = id
    this.name = name
    this.type = type
    this.size = size
    this.ended = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  onProgress(heard: (bytes: number) => void): () => void {
    this.#heard.add(heard)
    return () => void this.#heard.delete(heard)
  }

  cancel(): void {
    this.stop('cancelled')
  }

  /** Ends it on both sides. */
  stop(reason: Exclude<FileEnd, 'done'>): void {
    if (this.end !== null) return
    this.say({ kind: 'cancel', reason })
    this.finish(reason)
  }

  /** It has ended, by either side. Only the first call counts. */
  finish(end: FileEnd): void {
    if (this.end !== null) return
    this.end = end
    this.#stopTimer()
    this.release()
    this.host.ended(this)
    this.#settle(end)
    this.#heard.clear()
  }

  /** Frees what only a running transfer needs. */
  protected abstract release(): void

  protected say(message: Said): void {
    this.host.say({ ...message, peer: this.peer, id: this.id } as FileMessage)
  }

  /** Ends the transfer after so many ms, unless it moves or ends before. */
  protected expire(ms: number, end: Exclude<FileEnd, 'done'>): void {
    this.#stopTimer()
    this.#stopTimer = this.host.timers.after(ms, () => this.stop(end))
  }

  /** Progress: `bytes` have arrived. Restarts the stall timer. */
  protected moved(bytes: number): void {
    this.expire(STALL_MS, 'stalled')
    if (bytes <= this.bytes) return
    this.bytes = bytes
    for (const heard of [...this.#heard]) heard(bytes)
  }
}

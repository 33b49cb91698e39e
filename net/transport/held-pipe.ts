/**
 * A pipe that nobody carries a link over yet: it keeps what comes until its link is chosen. In: a pipe. Out: the same pipe, and what
 * came meanwhile when `release` is called. Whoever chooses watches it.
 *
 * Invariants: frames are handed over in order, before any that comes later. It keeps at most `MAX_HELD_BYTES`; a peer that sends more
 * before it may is dropped.
 */
import type { Lane } from '../wire/lanes.ts'
import type { SendOutcome } from './link.ts'
import type { Pipe, PipeEvents, PipeFrame, PipeReport } from './pipe.ts'

/** The first window of bulk and some state packets; an honest peer waits a round trip at most. */
const MAX_HELD_BYTES = 256 * 1024

export interface HeldPipeWatcher {
  opened(): void
  /** Not told after `close`. */
  failed(detail: string): void
  /** A frame came, and is kept. Not told after `release`. */
  heard?(): void
}

export class HeldPipe implements Pipe {
  readonly #pipe: Pipe
  readonly #watcher: HeldPipeWatcher
  #events: PipeEvents | null = null
  /** Null once it is released. */
  #held: { readonly lane: Lane; readonly data: unknown }[] | null = []
  #heldBytes = 0
  #failure: string | null = null

  constructor(pipe: Pipe, watcher: HeldPipeWatcher) {
    this.#pipe = pipe
    this.#watcher = watcher
    pipe.attach({
      opened: () => {
        // The link hears first: the watcher may close it.
        if (this.#held === null) this.#events?.opened()
        watcher.opened()
      },
      frame: (lane, data) => this.#hear(lane, data),
      refused: () => this.#events?.refused(),
      drained: () => this.#events?.drained(),
      ending: () => this.#events?.ending?.(),
      failed: (detail, isRouteOnly) => {
        this.#failure = detail
        if (this.#held === null) this.#events?.failed(detail, isRouteOnly)
        watcher.failed(detail)
      },
    })
  }

  get open(): boolean {
    return this.#pipe.open
  }

  /** The first frame that is kept. Null: none came, or they were handed over. */
  get first(): { readonly lane: Lane; readonly data: unknown } | null {
    return this.#held?.[0] ?? null
  }

  get skipsStale(): boolean {
    return this.#pipe.skipsStale ?? false
  }

  get isStateHeld(): boolean {
    return this.#pipe.isStateHeld ?? false
  }

  attach(events: PipeEvents): void {
    this.#events = events
  }

  /** The link over this pipe is there: it hears what was kept. Called once, after `attach`. */
  release(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const { lane, data } of held) this.#events?.frame(lane, data)
    if (this.#failure !== null) this.#events?.failed(this.#failure)
  }

  send(lane: Lane, frame: PipeFrame): SendOutcome {
    return this.#pipe.send(lane, frame)
  }

  waiting(lane: Lane): number {
    return this.#pipe.waiting(lane)
  }

  close(): void {
    this.#events = null
    this.#held = []
    this.#pipe.close()
  }

  describe(): PipeReport {
    return this.#pipe.describe()
  }

  #hear(lane: Lane, data: unknown): void {
    if (this.#held === null) return this.#events?.frame(lane, data)
    this.#heldBytes += data instanceof Uint8Array ? data.byteLength : 64
    if (this.#heldBytes > MAX_HELD_BYTES) {
      this.close()
      return this.#watcher.failed('the other side sent too much before it was chosen')
    }
    this.#held.push({ lane, data })
    this.#watcher.heard?.()
  }
}

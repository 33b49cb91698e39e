/**
 * The pipes of one link, make before break: the one that carries the link now, one that is to take over, and one that was
 * relieved and may still bring what was under way. Which pipe belongs to which link its owner decides.
 *
 * A pipe that takes over opens, then each side says over its bulk lane how far it has received, and uses it once it has
 * heard the other. The old pipe stays for a moment: what was under way still comes, and it steps in when the new one fails.
 */
import type { Cancel } from '../platform/platform.ts'
import type { Lane } from '../wire/lanes.ts'
import type { Pipe, PipeReport } from './pipe.ts'

/** How long a relieved pipe stays: longer than anything is under way. */
const RELIEVED_MS = 1000

export interface PipesOwner {
  after(ms: number, run: () => void): Cancel
  frame(lane: Lane, data: unknown): void
  refused(): void
  /** Less waits on the active pipe than before. */
  drained(): void
  /** The first frame over a pipe that is to take over. */
  resumeFrame(): Uint8Array
  /** The other side's came. False: it is none. */
  resume(data: unknown): boolean
  /** `pipes.active` is open, the first one or another. */
  activated(isFirst: boolean): void
  /** A pipe that was to take over is no more; the active one goes on. */
  joiningFailed(): void
  /** The active pipe will end soon: as a pipe tells it. */
  ending(): void
  /** No pipe is active. One may be about to take over: see `joining`. `isRouteOnly`: as a pipe tells it. */
  lost(detail: string, isRouteOnly: boolean): void
}

export class Pipes {
  /** Open from its first activation on. Null while none carries the link. */
  active: Pipe | null = null
  readonly #owner: PipesOwner
  /** The first pipe until it is open, later one that is to take over. */
  #next: { readonly pipe: Pipe; readonly isFirst: boolean; heard: boolean } | null = null
  #relieved: Pipe | null = null
  /** What waits until no pipe is about to take over. */
  #waiting: (() => void)[] = []
  #report: PipeReport | null = null
  #stopRelief: Cancel = () => {}

  constructor(owner: PipesOwner) {
    this.#owner = owner
  }

  /** What is below: the active pipe, or the last one. */
  get report(): PipeReport | null {
    return this.active?.describe() ?? this.#report
  }

  /** Whether a pipe is about to carry the link. */
  get joining(): boolean {
    return this.#next !== null
  }

  /**
   * The link's first pipe. It carries the link as soon as it is open: there is nothing to go on from. `resumes`: the other side's
   * end began on another pipe, so both sides say first where they go on.
   */
  start(pipe: Pipe, resumes: boolean): void {
    this.#join(pipe, !resumes)
  }

  /** A pipe that takes over as soon as both sides can. One that was about to is given up. */
  switchTo(pipe: Pipe): void {
    this.#next?.pipe.close()
    this.#join(pipe, false)
  }

  /** Runs `run` once no pipe is about to take over: at once, if none is. Not after `close`. */
  afterSwitch(run: () => void): void {
    if (this.#next) this.#waiting.push(run)
    else run()
  }

  /** Gives the active pipe up. */
  fail(detail: string): void {
    if (this.active) this.#failed(this.active, detail)
  }

  close(): void {
    this.#report = this.report
    this.#stopRelief()
    this.#waiting = []
    const all = [this.active, this.#next?.pipe, this.#relieved]
    this.active = null
    this.#next = null
    this.#relieved = null
    for (const pipe of all) pipe?.close()
  }

  #join(pipe: Pipe, isFirst: boolean): void {
    this.#next = { pipe, isFirst, heard: false }
    pipe.attach({
      opened: () => this.#opened(pipe),
      frame: (lane, data) => this.#hear(pipe, lane, data),
      refused: () => this.#owner.refused(),
      drained: () => {
        if (pipe === this.active) this.#owner.drained()
      },
      ending: () => {
        if (pipe === this.active) this.#owner.ending()
      },
      failed: (detail, isRouteOnly) => this.#failed(pipe, detail, isRouteOnly),
    })
    if (pipe.open) this.#opened(pipe)
  }

  #opened(pipe: Pipe): void {
    const next = this.#next
    if (next?.pipe !== pipe) return
    if (!next.isFirst) pipe.send('bulk', this.#owner.resumeFrame())
    if (next.isFirst || next.heard) this.#activate(pipe, next.isFirst)
  }

  #hear(pipe: Pipe, lane: Lane, data: unknown): void {
    const next = this.#next
    const isResume = next?.pipe === pipe && !next.isFirst && !next.heard && lane === 'bulk' && typeof data !== 'string'
    if (!isResume) return this.#owner.frame(lane, data)
    if (!this.#owner.resume(data)) return this.#owner.refused()
    next.heard = true
    if (pipe.open) this.#activate(pipe, false)
  }

  #activate(pipe: Pipe, isFirst: boolean): void {
    this.#stopRelief()
    this.#relieved?.close()
    this.#relieved = this.active
    this.active = pipe
    this.#next = null
    if (this.#relieved) this.#stopRelief = this.#owner.after(RELIEVED_MS, () => this.#release())
    this.#owner.activated(isFirst)
    this.#runWaiting()
  }

  #runWaiting(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const run of waiting) run()
  }

  #release(): void {
    this.#relieved?.close()
    this.#relieved = null
  }

  #failed(pipe: Pipe, detail: string, isRouteOnly = false): void {
    if (pipe === this.active) this.#report = pipe.describe()
    pipe.close()
    if (pipe === this.#relieved) this.#relieved = null
    else if (pipe === this.#next?.pipe) {
      this.#next = null
      if (this.active) this.#owner.joiningFailed()
      else this.#owner.lost(detail, isRouteOnly)
      this.#runWaiting()
    } else if (pipe === this.active) {
      this.active = null
      const relieved = this.#relieved
      if (!relieved?.open) return this.#owner.lost(detail, isRouteOnly)
      this.#relieved = null
      this.#stopRelief()
      this.#activate(relieved, false)
    }
  }
}

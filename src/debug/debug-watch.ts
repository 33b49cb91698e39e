/** What the overlay of `?debug` keeps of the last seconds: frames, corrections, and two figures for its graph. No DOM. */
import type { SessionStats } from 'starwire'
import type { PageSession } from '../doors/doors.ts'

/** Readings in the graph: ten seconds at four a second. */
export const GRAPH_READINGS = 40
/** Sentences that are kept: a page that is corrected at every snapshot must not drown in them. */
const SENTENCES = 3

export interface Reading {
  readonly stats: SessionStats
  /** Frames of the last second, and the longest time from one to the next in it, ms. */
  readonly frames: number
  readonly longestFrameMs: number
  /** What was predicted wrongly of late, newest first. */
  readonly divergences: readonly string[]
  /** How old the others were as drawn, ms, at each of the last readings, and whether something was corrected since the one before. */
  readonly graph: readonly { readonly stalenessMs: number; readonly corrected: boolean }[]
}

export class DebugWatch {
  private session: PageSession | null = null
  private stop: () => void = () => {}
  private divergences: string[] = []
  private graph: { stalenessMs: number; corrected: boolean }[] = []
  private corrections = 0
  private readonly frames: number[] = []

  /** A frame is drawn, at `now`. */
  frame(now: number): void {
    this.frames.push(now)
    while ((this.frames[0] ?? now) < now - 1000) this.frames.shift()
  }

  /** The state of `session` at `now`; null while there is none. Of another session than before, all begins anew. */
  read(session: PageSession | null, now: number): Reading | null {
    if (session !== this.session) this.follow(session)
    if (!session) return null
    const stats = session.stats()
    this.graph.push({ stalenessMs: stats.clock.stalenessMs, corrected: stats.corrections > this.corrections })
    if (this.graph.length > GRAPH_READINGS) this.graph.shift()
    this.corrections = stats.corrections
    const frames = this.frames.filter((at) => at > now - 1000)
    let longestFrameMs = 0
    for (const [i, at] of frames.entries()) longestFrameMs = Math.max(longestFrameMs, at - (frames[i - 1] ?? at))
    return { stats, frames: frames.length, longestFrameMs, divergences: this.divergences, graph: this.graph }
  }

  private follow(session: PageSession | null): void {
    this.close()
    this.session = session
    this.divergences = []
    this.graph = []
    this.corrections = session?.stats().corrections ?? 0
    if (!session) return
    this.stop = session.on('diverged', ({ message }) => {
      this.divergences = [message, ...this.divergences.slice(0, SENTENCES - 1)]
    })
  }

  /** Hears nothing any more. */
  close(): void {
    this.stop()
    this.stop = () => {}
    this.session = null
  }
}

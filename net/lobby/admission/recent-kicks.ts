/**
 * Guests who were kicked a moment ago and stay out for a while. They are recognised by the tokens of their seat and the name of their
 * browser. A modified page, another browser or a private window has another name: this stops a reload, not a determined player.
 */

/** A minute: long enough to start without them, short for a mistake. */
export const KICK_SECONDS = 60

/** Marks that are kept; beyond it the oldest go. Only guests who connected can be kicked, so more than this is a flood. */
const MAX_MARKS = 1000

/** A mark that is kept out for `leftMs` more, in ms. */
export interface RecentKick {
  readonly mark: string
  readonly leftMs: number
}

export class RecentKicks {
  /** Until when each mark is kept out, in ms; the oldest first. */
  private readonly until: Map<string, number>

  /** `kicks`: those of the host before, when this page takes over. */
  constructor(kicks: readonly RecentKick[] = [], now = 0) {
    this.until = new Map(kicks.map(({ mark, leftMs }) => [mark, now + leftMs]))
  }

  save(now: number): RecentKick[] {
    return [...this.until].filter(([, end]) => end > now).map(([mark, end]) => ({ mark, leftMs: end - now }))
  }

  /** Keeps out guests with one of these marks, for a minute from now. */
  add(marks: readonly string[], now: number): void {
    for (const mark of marks) {
      this.until.delete(mark)
      this.until.set(mark, now + KICK_SECONDS * 1000)
    }
    for (const [mark, end] of this.until) {
      if (end > now && this.until.size <= MAX_MARKS) break
      this.until.delete(mark)
    }
  }

  has(mark: string, now: number): boolean {
    return (this.until.get(mark) ?? 0) > now
  }
}

/**
 * Who was kicked a moment ago and stays out for a while: known by the tokens of the seat and by what the browser calls
 * itself. A modified page, another browser or a private window has another name, so this stops a reload and nobody determined.
 */

/** A minute: long enough to start without them, short for a mistake. */
export const KICK_SECONDS = 60

/** Marks that are kept. Who is kicked was seated or connected before, so more than this is a flood; the oldest go. */
const MAX_MARKS = 1000

/** A mark that is out, for so many ms more. */
export interface RecentKick {
  readonly mark: string
  readonly leftMs: number
}

export class RecentKicks {
  /** Until when each mark is out, in ms; the oldest first. */
  private readonly until: Map<string, number>

  /** `kicks`: of a host that this page goes on for. */
  constructor(kicks: readonly RecentKick[] = [], now = 0) {
    this.until = new Map(kicks.map(({ mark, leftMs }) => [mark, now + leftMs]))
  }

  save(now: number): RecentKick[] {
    return [...this.until].filter(([, end]) => end > now).map(([mark, end]) => ({ mark, leftMs: end - now }))
  }

  /** Keeps out whoever has one of these marks. */
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

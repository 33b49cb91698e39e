/**
 * The bans of a lobby, for its life. A ban holds marks: the tokens of the seat, the name of the browser, also under former codes, and
 * the mark of the address where signalling gives one. A modified page has other marks: a password or a lock stops it, a ban does
 * not. Plain data, so that an heir goes on with the same bans.
 */

/** Bans that are kept; beyond it the oldest go. Each is one act of the host's player. */
const MAX_BANS = 200

export interface Ban {
  /** Unique in this lobby; the first is 1. */
  readonly id: number
  /** The player's name when they were banned. */
  readonly name: string
  /** What the host wrote for them; null: nothing. */
  readonly text: string | null
  readonly marks: readonly string[]
}

export class Bans {
  /** Oldest first. */
  private bans: readonly Ban[]
  private nextId: number

  /** `bans`: those of the host before, when this page takes over. */
  constructor(bans: readonly Ban[] = []) {
    this.bans = bans
    this.nextId = Math.max(0, ...bans.map(({ id }) => id)) + 1
  }

  get all(): readonly Ban[] {
    return this.bans
  }

  add(ban: Omit<Ban, 'id'>): void {
    this.bans = [...this.bans, { id: this.nextId++, ...ban }].slice(-MAX_BANS)
  }

  /** Returns false when there is no such ban. */
  lift(id: number): boolean {
    const left = this.bans.filter((ban) => ban.id !== id)
    const isLifted = left.length < this.bans.length
    this.bans = left
    return isLifted
  }

  /** The oldest ban with one of these marks; null when there is none. */
  find(marks: readonly string[]): Ban | null {
    return this.bans.find((ban) => ban.marks.some((mark) => marks.includes(mark))) ?? null
  }
}

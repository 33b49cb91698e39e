/**
 * Who is banned, for the life of the lobby. A ban is known by marks: the tokens of the seat, what the browser calls itself,
 * and the address where the operator lets hosts have one. A modified page in another browser has other marks: a password or
 * a lock stops it, a ban does not. Plain data, so that an heir goes on with the same bans.
 */

/** Bans that are kept. Each is one act of the host's player; of more, the oldest go. */
const MAX_BANS = 200

export interface Ban {
  /** Counts the bans of this lobby, from 1. */
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

  /** `bans`: those of a host that this page goes on for. */
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

  /** The ban that has one of these marks; null: none has. */
  find(marks: readonly string[]): Ban | null {
    return this.bans.find((ban) => ban.marks.some((mark) => marks.includes(mark))) ?? null
  }
}

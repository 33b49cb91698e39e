/** What a client's session is created with, what it goes on from (`rebase`, `reseat`), and what it tells of each tick. */
import type { AnyGame } from '../world/game.ts'
import type { PlayerId } from '../world/ids.ts'
import type { Row } from '../world/record.ts'

export interface ClientOptions {
  readonly game: AnyGame
  readonly me: PlayerId
  readonly seed: number
  readonly options?: Readonly<Record<string, unknown>>
  /** As they were when the match began. */
  readonly settings?: Readonly<Record<string, unknown>>
  readonly epoch: number
  /** Whether this page only watches. Default false. */
  readonly spectating?: boolean
  /** Hears, in development, of writes that the rules do not allow. */
  readonly warn?: (problem: string) => void
}

/** Where a match goes on from. */
export interface Rebase {
  /** Of the host that goes on. The same as before: only the link is another one. */
  readonly epoch: number
  /** The tick that it goes on from: it decides anew what was confirmed after it. Default: the newest confirmed tick. */
  readonly tick?: number
  /** The id that its `referee` spawns with next. Default: nothing that was spawned is forgotten. */
  readonly nextRefereeId?: number
  /** By how many ticks the host's time was set, below 0 where time was skipped. Default 0. */
  readonly shiftTicks?: number
}

/** A tick that this client predicted. */
export interface ClientTick {
  readonly tick: number
  readonly input: Row
  /** The tick, with its fraction, that the player saw others at. */
  readonly seenTick: number
}

/** Another seat of this page, with the same host. */
export interface Reseat {
  readonly me: PlayerId
  readonly spectating: boolean
  /** The host's newest tick when it gave the seat. What the host said of this tick, or one before, was for the earlier seat. */
  readonly tick: number
}

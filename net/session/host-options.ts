/** What a host's session is created with. */

import type { BotMinds } from '../bots/bot-minds.ts'
import type { AnyGame } from '../world/game.ts'
import type { History } from '../world/history.ts'
import type { PlayerId } from '../world/ids.ts'
import type { World } from '../world/world.ts'

export interface HostOptions {
  readonly game: AnyGame
  readonly seed: number
  readonly secret: readonly number[]
  readonly options?: Readonly<Record<string, unknown>>
  /** As they are when the match begins. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Counts the hosts of a match and the matches of a lobby, from 1. */
  readonly epoch: number
  /** Runs every tick twice from a saved state and reports the first difference. Also reports writes that are not allowed. */
  readonly development?: boolean
  /** The player whose inputs are delayed by the median of the others, for fairness: the host's own. Default: nobody. */
  readonly fairPlayer?: PlayerId | null
  /** Whether every client is reached over a network, so that the host has no player of its own. Default false. */
  readonly headless?: boolean
  /** Hears what is too much for the wire, and in development what the rules did wrong. */
  readonly warn?: (problem: string) => void
  /** What plays for bots. Default: nothing does, and bots sit still. */
  readonly newMinds?: NewMinds | null
  /** A clock to time the rules with, ms. Without it no cost is measured, every development check runs, and no tick is postponed. */
  readonly stopwatch?: () => number
}

export type NewMinds = (world: World, history: History, warn: (problem: string) => void) => BotMinds

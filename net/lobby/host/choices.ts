/**
 * What members choose of their player's record, on the host's page. In: what a member asks for. Out: the new choice in the roster,
 * or why not. A choice is in range by the game's own fields, and `mayChoose` of the game allows it. The choices themselves are
 * in the roster: an heir has them.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { Timers } from '../../platform/platform.ts'
import { showError } from '../../platform/show-error.ts'
import { type PlainValues, readValues } from '../../world/complete-values.ts'
import type { AnyGame } from '../../world/game.ts'
import type { PlayerId } from '../../world/ids.ts'
import { sameValue } from '../member-data.ts'
import type { ChoiceRefusal } from '../messages.ts'
import type { Roster } from './roster.ts'

/** Choices of one member: so many at once, refilled at so many a second. More than a guest's page asks for. */
const CHOICE_BURST = 12
const CHOICES_PER_SECOND = 6

export interface ChoicesOptions {
  readonly game: AnyGame
  readonly roster: Roster
  readonly timers: Pick<Timers, 'now'>
  settings(): PlainValues
  /** Whether the match that runs has this player. */
  plays(player: PlayerId): boolean
  /** A member's choice is another one. */
  changed(player: PlayerId): void
}

export class Choices {
  private readonly options: ChoicesOptions
  private readonly budgets = new Map<PlayerId, TokenBucket>()

  constructor(options: ChoicesOptions) {
    this.options = options
  }

  /** Returns null when the member has the choice, why not, or `nonsense` for what is no choice in this game. */
  choose(member: PlayerId, told: PlainValues): ChoiceRefusal | 'nonsense' | null {
    const { game, roster, plays, changed } = this.options
    const entry = roster.get(member)
    const choice = entry && readValues(game.schema.choice, told, entry.choice)
    if (!choice) return 'nonsense'
    if (sameValue(choice, entry.choice)) return null
    if (plays(member)) return 'already-playing'
    if (!this.spend(member)) return 'too-fast'
    if (!this.isAllowed(member, choice)) return 'not-allowed'
    roster.set(member, { choice })
    changed(member)
    return null
  }

  /** A member is gone. */
  forget(member: PlayerId): void {
    this.budgets.delete(member)
  }

  private spend(member: PlayerId): boolean {
    const budget = this.budgets.get(member) ?? new TokenBucket(CHOICES_PER_SECOND, CHOICE_BURST)
    this.budgets.set(member, budget)
    if (budget.available(this.options.timers.now()) < 1) return false
    budget.spend(1)
    return true
  }

  private isAllowed(member: PlayerId, choice: PlainValues): boolean {
    const { game, roster, settings } = this.options
    const { mayChoose } = game.rules
    if (!mayChoose) return true
    const members = roster.entries.map(({ id, choice }) => ({ id, choice }))
    try {
      return mayChoose({ member, choice, roster: members, settings: settings() }) === true
    } catch (error) {
      showError(error)
      return false
    }
  }
}

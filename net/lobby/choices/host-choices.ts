/**
 * What members choose for their player's record, on the host's page. In: a member's request. Out: the new choice in the roster, or why
 * not. A choice must fit the game's fields, and the game's `mayChoose` must allow it. Choices are kept in the roster, so an heir has them.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import { showError } from '../../platform/show-error.ts'
import { type PlainValues, readValues } from '../../world/complete-values.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { GuestMessageHandlers } from '../host/guest-message-handlers.ts'
import type { HostContext } from '../host/host-context.ts'
import { sameValue } from '../members/member-data.ts'
import type { ChoiceRefusal } from '../messages.ts'
import type { Refusal } from '../refusal.ts'

/** Choices of one member: so many at once, then so many a second. More than a guest's page asks for. */
const CHOICE_BURST = 12
const CHOICES_PER_SECOND = 6

export interface HostChoicesOptions {
  /** The settings of the lobby, as they are now. */
  settings(): PlainValues
  /** Whether the match that runs has this player. */
  plays(player: PlayerId): boolean
}

export class HostChoices {
  readonly handlers = {
    choose: ({ peer, player }, { ask, choice }) => {
      const refusal = this.take(player, choice)
      if (refusal === 'nonsense') return false
      const { news, members } = this.context
      // The member's roster entry comes before the answer, so that who reads null sees the choice.
      if (news.isWaiting(player)) peer.tell(members.newsOf(player))
      peer.tell({ kind: 'chosen', ask, refusal })
      return true
    },
  } satisfies Partial<GuestMessageHandlers>
  private readonly context: HostContext
  private readonly options: HostChoicesOptions
  private readonly budgets = new Map<PlayerId, TokenBucket>()

  constructor(context: HostContext, options: HostChoicesOptions) {
    this.context = context
    this.options = options
  }

  /** The host's own player chooses. */
  async choose(choice: PlainValues): Promise<Refusal | null> {
    const { me } = this.context.members
    if (me === null) return 'no-such-player'
    const refusal = this.take(me, choice)
    return refusal === 'nonsense' ? 'not-allowed' : refusal
  }

  /** Returns null when the member has the choice, why not, or `nonsense` for what is no choice in this game. */
  take(member: PlayerId, told: PlainValues): ChoiceRefusal | 'nonsense' | null {
    const { game, members } = this.context
    const entry = members.roster.get(member)
    const choice = entry && readValues(game.schema.choice, told, entry.choice)
    if (!choice) return 'nonsense'
    if (sameValue(choice, entry.choice)) return null
    if (this.options.plays(member)) return 'already-playing'
    if (!this.spend(member)) return 'too-fast'
    if (!this.isAllowed(member, choice)) return 'not-allowed'
    members.change(member, { choice })
    return null
  }

  /**
   * What a newcomer brings along: the whole of it, or else each value alone that they may have. So a colour that is taken costs them no
   * other wish. Returns false for what is no choice in this game.
   */
  takeFirst(member: PlayerId, told: PlainValues): boolean {
    const refusal = this.take(member, told)
    if (refusal === 'not-allowed')
      for (const [name, value] of Object.entries(told)) this.take(member, { [name]: value } as PlainValues)
    return refusal !== 'nonsense'
  }

  /** A member is gone. */
  forget(member: PlayerId): void {
    this.budgets.delete(member)
  }

  private spend(member: PlayerId): boolean {
    const budget = this.budgets.get(member) ?? new TokenBucket(CHOICES_PER_SECOND, CHOICE_BURST)
    this.budgets.set(member, budget)
    if (!budget.take(this.context.platform.now())) return false
    return true
  }

  private isAllowed(member: PlayerId, choice: PlainValues): boolean {
    const { game, members } = this.context
    const { mayChoose } = game.rules
    if (!mayChoose) return true
    const roster = members.roster.entries
      .filter(({ id, spectator }) => !spectator || id === member)
      .map(({ id, choice }) => ({ id, choice }))
    try {
      return mayChoose({ member, choice, roster, settings: this.options.settings() }) === true
    } catch (error) {
      showError(error)
      return false
    }
  }
}

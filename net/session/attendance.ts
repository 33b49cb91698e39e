/**
 * Who came and went since the last tick; the rules are told at the next one. Each list names a player at most once. Players
 * who came and went (or went and came back) between two ticks are in no list.
 */

import type { PlainValues } from '../world/complete-values.ts'
import type { PlayerId } from '../world/ids.ts'
import type { Choices } from '../world/tick.ts'

export interface Comings {
  /** Took a seat. */
  readonly joined: readonly PlayerId[]
  /** What those who took a seat chose in the lobby. Default: nothing. */
  readonly choices?: Choices
  /** Lost their connection, or said goodbye; the seat is kept. */
  readonly left: readonly PlayerId[]
  /** Are back in the seat that was kept. */
  readonly returned: readonly PlayerId[]
  /** Will not be back: after the tick the seat is free. */
  readonly expired: readonly PlayerId[]
}

const NOBODY: Comings = { joined: [], left: [], returned: [], expired: [] }

export class Attendance {
  private next: Comings

  constructor(next: Comings = NOBODY) {
    this.next = next
  }

  join(player: PlayerId, choice?: PlainValues): void {
    const { joined, choices } = this.next
    this.next = {
      ...this.next,
      joined: [...joined, player],
      ...(choice && { choices: { ...choices, [player]: choice } }),
    }
  }

  /** Back after `leave`; if the rules have not heard of that yet, they hear of neither. */
  comeBack(player: PlayerId): void {
    const { left, returned } = this.next
    if (left.includes(player)) this.next = { ...this.next, left: without(left, player) }
    else this.next = { ...this.next, returned: [...returned, player] }
  }

  leave(player: PlayerId): void {
    const { left, returned } = this.next
    if (returned.includes(player)) this.next = { ...this.next, returned: without(returned, player) }
    else this.next = { ...this.next, left: [...left, player] }
  }

  /** The time to return is over for somebody who left. */
  expire(player: PlayerId): void {
    const { joined, left, expired } = this.next
    if (joined.includes(player))
      this.next = { ...this.next, joined: without(joined, player), left: without(left, player) }
    else this.next = { ...this.next, expired: [...expired, player] }
  }

  /** What the next tick tells the rules. */
  get pending(): Comings {
    return this.next
  }

  /** The same, for the tick that runs now. */
  flush(): Comings {
    const { next } = this
    this.next = NOBODY
    return next
  }
}

function without(players: readonly PlayerId[], player: PlayerId): readonly PlayerId[] {
  return players.filter((id) => id !== player)
}

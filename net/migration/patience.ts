/**
 * For how long an heir waits for a silent host before it claims. In go what it knows of the host and of the match; out come times. Who knows
 * more of the match goes before.
 */
import type { Contacts } from './contacts.ts'
import { BEHIND_MS, HANDED_MS, RANK_WAIT_MS, SILENCE_GONE_MS, SILENCE_MS, WITHOUT_WORLD_MS } from './election-times.ts'
import { type Electorate, membersOf, type Voter } from './electorate.ts'

export interface Situation {
  /** Among the heirs, from 0. */
  readonly rank: number
  /** Signalling says that the host is gone. */
  readonly hostGone: boolean
  /** The host before has named this host, who has not been heard since. */
  readonly isHanded: boolean
  /** A match runs, of which this page has no world. */
  readonly lacksWorld: boolean
  /** As `behindMs`. */
  readonly behindMs: number
}

/** So long, ms. */
export function patienceMs({ rank, hostGone, isHanded, lacksWorld, behindMs }: Situation): number {
  const silence = hostGone ? SILENCE_GONE_MS : isHanded ? HANDED_MS : SILENCE_MS
  const isBehind = lacksWorld || behindMs > BEHIND_MS
  return silence + (isBehind ? WITHOUT_WORLD_MS : 0) + rank * RANK_WAIT_MS
}

/** For how long most of the others heard the host when this page did not any more, ms: another heir knows so much more of the match. */
export function behindMs(
  { me, host, electorate, contacts }: { me: Voter; host: Voter; electorate: Electorate; contacts: Contacts },
  now: number,
): number {
  const others = membersOf(electorate).filter((voter) => voter !== me && voter !== host)
  const byMost = contacts.hostHeardByMost(others, now)
  const mine = now - contacts.silenceOf(host, now)
  return byMost === null || !Number.isFinite(mine) ? 0 : Math.max(0, byMost - mine)
}

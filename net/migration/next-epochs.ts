/** The numbers of epochs that a page may take without leave: of a claim, and of its own seat. No two pages ever have one of the same. */
import { EPOCHS_PER_TERM, FIRST_FORK, FORKS_PER_SEAT } from '../session/limits.ts'
import { seatOf } from '../world/ids.ts'
import type { Voter } from './electorate.ts'

/** The epoch that a claim is for: the first of the term after this epoch. */
export function nextTerm(epoch: number): number {
  return epoch - (epoch % EPOCHS_PER_TERM) + EPOCHS_PER_TERM
}

/** The epoch of a fork by this player, above `epoch`: the next of their seat's in the term, else in the next one. */
export function forkEpoch(epoch: number, player: Voter): number {
  const term = epoch - (epoch % EPOCHS_PER_TERM)
  const first = term + FIRST_FORK + (player === null ? 0 : seatOf(player)) * FORKS_PER_SEAT
  const next = Math.max(first, epoch + 1)
  return next < first + FORKS_PER_SEAT ? next : first + EPOCHS_PER_TERM
}

/** What an epoch's number tells of its host. */
import { EPOCHS_PER_TERM, FIRST_FORK } from './limits.ts'

/** Whether its host plays on without the others, by the choice of its player. */
export function isForkEpoch(epoch: number): boolean {
  return epoch % EPOCHS_PER_TERM >= FIRST_FORK
}

import type { Link } from '../transport/link.ts'

/** How many messages of the other side a link refused: malformed, too large, or too many. */
export function refusedBy(link: Link): number {
  const { state, bulk } = link.stats()
  return state.rejected + bulk.rejected
}

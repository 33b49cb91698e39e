import type { Link } from '../transport/link.ts'

/** What arrived over a link and was refused below the session. */
export function refusedBy(link: Link): number {
  const { state, bulk } = link.stats()
  return state.rejected + bulk.rejected
}

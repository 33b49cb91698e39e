/** The operator's word on what a public lobby may be called. It is the operator's code: it may be slow, wrong, or throw. */
import type { Timers } from '../../platform/platform.ts'
import { cleanTexts, type ListedValues, type ListingTexts } from '../listing.ts'
import { readTexts } from '../listing-messages.ts'
import { FILTER_WITHIN_MS } from './limits.ts'

/** What a filter is given: everything of a listing that a player wrote, and for which game. All texts are clean. */
export interface FilteredListing {
  readonly game: string
  readonly title: string
  /** The name of the host's player; null for a host without one. */
  readonly host: string | null
  readonly values: ListedValues
}

/**
 * Returns the listing as it is to be shown, the same or changed, or null to refuse it. It may take up to 2 s. The lobby goes
 * on in any case; who is refused reads `refused`.
 */
export type ListingFilter = (listing: FilteredListing) => ListingTexts | null | Promise<ListingTexts | null>

export const allowAll: ListingFilter = ({ title, host, values }) => ({ title, host, values })

/**
 * What the filter makes of it: cleaned again, for a filter may return anything. `unavailable` when it throws or takes too
 * long, which the log tells.
 */
export async function filtered(
  filter: ListingFilter,
  listing: FilteredListing,
  { timers, warn }: { readonly timers: Timers; warn(sentence: string): void },
): Promise<ListingTexts | 'refused' | 'unavailable'> {
  try {
    const returned = await within(FILTER_WITHIN_MS, timers, filter(listing))
    if (returned === null) return 'refused'
    const { title, host, values } = returned
    const texts = readTexts({ title, host, values })
    if (texts === null) throw new Error('it returned what is no listing: return { title, host, values } or null')
    return cleanTexts(texts) ?? 'refused'
  } catch (error) {
    warn(`listingFilter failed, so a lobby is not listed: ${error instanceof Error ? error.message : String(error)}`)
    return 'unavailable'
  }
}

async function within<T>(ms: number, timers: Timers, work: T | Promise<T>): Promise<T> {
  let cancel = (): void => {}
  const late = new Promise<never>((_, reject) => {
    cancel = timers.after(ms, () => reject(new Error(`it took longer than ${ms / 1000} s`)))
  })
  try {
    return await Promise.race([work, late])
  } finally {
    cancel()
  }
}

/** What a host's socket may say of its lobby's entry in the public list. */
import { cleanTexts, type Listing, type LobbyFacts } from '../listing.ts'
import type { ListingRefusal, ListingRequest } from '../listing-messages.ts'
import { fail, offend, send } from './answers.ts'
import type { Connection, Context, HostRole } from './connection.ts'
import { filtered } from './listing-filter.ts'

type ListRequest = Extract<ListingRequest, { type: 'list' }>

export async function listLobby(context: Context, connection: Connection, request: ListRequest): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'host') return offend(context, connection, 'out-of-order')
  const refusal = await tryToList(context, connection, role, request)
  if (refusal !== null) context.countListing(refusal)
  const shown = role.listed?.listing
  send(context, connection, {
    type: 'listed',
    serial: request.serial,
    listing: shown ? { title: shown.title, host: shown.host, values: shown.values } : null,
    refusal,
  })
}

async function tryToList(
  context: Context,
  connection: Connection,
  role: HostRole,
  { listing, facts }: ListRequest,
): Promise<ListingRefusal | null> {
  if (context.budget.take('listings', connection.address) > 0) return 'too-fast'
  const texts = cleanTexts(listing)
  if (texts === null) return 'no-title'
  const isNew = role.listed === null
  if (isNew && context.listedOf(connection.from.address) >= context.limits.listedPerAddress) return 'too-many'
  // Counted from here: other sockets of this address ask while the filter and the store take their time.
  role.listed ??= { listing: null, facts }
  const outcome = await filterAndStore(context, role, { ...listing, ...texts }, facts)
  if (outcome !== null && isNew) role.listed = null
  return outcome
}

async function filterAndStore(
  context: Context,
  role: HostRole,
  listing: Listing,
  facts: LobbyFacts,
): Promise<ListingRefusal | null> {
  const { game, title, host, values } = listing
  const texts = await filtered(
    context.listingFilter,
    { game, title, host, values },
    { timers: context.platform, warn: (sentence) => context.warn(sentence) },
  )
  if (texts === 'refused' || texts === 'unavailable') return texts
  const shown = { ...listing, ...texts }
  try {
    // Another socket may hold the lobby by now; this one will hear `replaced`.
    if (!(await context.store.list(role.tenure, shown, facts))) return 'unavailable'
  } catch (error) {
    context.warn(`The lobby store failed: ${error instanceof Error ? error.message : String(error)}`)
    return 'unavailable'
  }
  role.listed = { listing: shown, facts }
  return null
}

export async function changeFacts(context: Context, connection: Connection, facts: LobbyFacts): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'host') return offend(context, connection, 'out-of-order')
  // Said before the page heard that its listing was refused.
  if (!role.listed?.listing) return
  if (context.budget.take('listings', connection.address) > 0) return fail(context, connection, 'too-fast')
  role.listed.facts = facts
  await context.store.list(role.tenure, role.listed.listing, facts)
}

export async function unlistLobby(context: Context, connection: Connection): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'host') return offend(context, connection, 'out-of-order')
  role.listed = null
  await context.store.unlist(role.tenure)
}

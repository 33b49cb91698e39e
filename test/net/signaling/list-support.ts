/** What the tests of the public list share: listings, queries, bare hosts that are listed, and pages that look. */
import type { Listing, LobbyFacts } from '../../../net/signaling/listing.ts'
import { type ListingAnswer, type ListQuery, parseListingAnswer } from '../../../net/signaling/listing-messages.ts'
import { type BareSocket, bare, bareHost, type Place, until } from './virtual-support.ts'

const HASH = '0123456789abcdef-rules'
export const build = { wire: 3, game: 'tag', version: 1, hash: HASH }

export const listing = (more: Partial<Listing> = {}): Listing => ({
  ...build,
  title: 'A lobby',
  host: 'Ann',
  values: {},
  ...more,
})

export const facts = (more: Partial<LobbyFacts> = {}): LobbyFacts => ({
  ...{ players: 1, maxPlayers: 8, spectators: 0 },
  ...{ playing: false, locked: false, hasPassword: false },
  ...more,
})

export const query = (more: Partial<ListQuery> = {}): ListQuery => ({
  ...build,
  ...{ filter: {}, sort: 'players', hide: [], limit: 20 },
  ...more,
})

type Answer<T extends ListingAnswer['type']> = Extract<ListingAnswer, { type: T }>

/** Waits for the next answer of this type and takes it off the list. */
export async function nextAnswer<T extends ListingAnswer['type']>(socket: BareSocket, type: T): Promise<Answer<T>> {
  const heard = socket.heard as unknown as ListingAnswer[]
  await until(() => heard.some((message) => message.type === type), `an answer of type ${type}`)
  const [answer] = heard.splice(
    heard.findIndex((message) => message.type === type),
    1,
  )
  const parsed = parseListingAnswer(JSON.stringify(answer))
  if (parsed?.type !== type) throw new Error(`no ${type} by its schema: ${JSON.stringify(answer)}`)
  return parsed as Answer<T>
}

export interface ListedHost extends BareSocket {
  readonly code: string
  listed: Answer<'listed'>
}

/** A bare host that has asked to be listed, with the answer. */
export async function listedHost(
  url: string,
  wanted: Partial<Listing> = {},
  known: Partial<LobbyFacts> = {},
  place: Place = {},
): Promise<ListedHost> {
  const { lobby, ...socket } = await bareHost(url, place)
  socket.say({ type: 'list', serial: 1, listing: listing(wanted), facts: facts(known) })
  return { ...socket, code: lobby.code, listed: await nextAnswer(socket, 'listed') }
}

/** Asks for a page of the list over this socket. */
export async function look(socket: BareSocket, wanted: Partial<ListQuery> = {}): Promise<Answer<'found'>> {
  socket.say({ type: 'find', protocol: 1, query: query(wanted) })
  return nextAnswer(socket, 'found')
}

/** The codes that a page sees which looks now. */
export async function codesSeen(url: string, wanted: Partial<ListQuery> = {}): Promise<string[]> {
  const socket = await bare(url)
  const { lobbies } = await look(socket, wanted)
  socket.socket.close()
  return lobbies.map(({ code }) => code)
}

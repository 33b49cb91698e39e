/** What a page that looks at the public list may say. It never learns who a host is: no address, no name of a socket. */
import { cleanValues, type ListedEntry } from '../listing.ts'
import type { ListingAnswer, ListingRequest, ListQuery } from '../listing-messages.ts'
import { MAX_MESSAGE_BYTES, utf8Length } from '../parse-message.ts'
import { PROTOCOL_VERSION } from '../protocol.ts'
import { offend, refuseForNow, send } from './answers.ts'
import type { Connection, Context } from './connection.ts'
import { obstacleOf, rankOf, writeCursor } from './list-query.ts'
import type { ListedLobby, ListPage } from './store.ts'

type Found = Extract<ListingAnswer, { type: 'found' }>

/** Room in a message for what stands around the lobbies, in bytes. */
const AROUND_BYTES = 200

export async function findLobbies(
  context: Context,
  connection: Connection,
  { protocol, query }: Extract<ListingRequest, { type: 'find' }>,
): Promise<void> {
  const { role } = connection
  if (role !== null && role.kind !== 'finder') return offend(context, connection, 'out-of-order')
  if (protocol !== PROTOCOL_VERSION) return offend(context, connection, 'wrong-protocol')
  const wait = await context.budget.takeOf('finds', connection.from)
  if (wait > 0) return refuseForNow(context, connection, 'too-many-finds', wait)
  const wanted = { ...query, filter: cleanValues(query.filter) }
  const page = await context.store.find(wanted)
  const { answer, lobbies } = answerTo(page, wanted)
  connection.role = { kind: 'finder', seen: new Map(lobbies.map((lobby) => [lobby.code, lobby])) }
  send(context, connection, answer)
}

/** As much of a page as fits into one message; there is always room for one lobby. */
function answerTo({ lobbies, cursor }: ListPage, query: ListQuery): { answer: Found; lobbies: ListedLobby[] } {
  const fitting: ListedLobby[] = []
  const entries: ListedEntry[] = []
  let bytes = AROUND_BYTES
  for (const lobby of lobbies) {
    const entry = entryOf(lobby, query)
    bytes += utf8Length(JSON.stringify(entry)) + 1
    if (bytes > MAX_MESSAGE_BYTES) break
    fitting.push(lobby)
    entries.push(entry)
  }
  const last = fitting.at(-1)
  const isCut = last !== undefined && fitting.length < lobbies.length
  const next = isCut ? writeCursor({ ...last, rank: rankOf(obstacleOf(last, query)) }) : cursor
  return { answer: { type: 'found', lobbies: entries, cursor: next }, lobbies: fitting }
}

/** What a page is told of a lobby. Field by field, so that nothing more ever leaves. */
function entryOf(lobby: ListedLobby, query: ListQuery): ListedEntry {
  const { code, version, order, title, host, values } = lobby
  const { players, maxPlayers, spectators, playing, locked, hasPassword } = lobby
  return {
    ...{ code, version, order, title, host, values },
    ...{ players, maxPlayers, spectators, playing, locked, hasPassword },
    obstacle: obstacleOf(lobby, query),
  }
}

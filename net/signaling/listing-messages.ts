/**
 * The messages of the public list, beside those of `protocol.ts` and by its rules. A page loads them only when it lists a
 * lobby or looks for one.
 *
 * A host says `list`, `facts` and `unlist`, and hears `listed` for each `list`. A page that looks for a lobby says `find` and
 * hears `found`; then it says `measure` with codes of that page and hears `measured` for each. `echo` goes both ways: whoever
 * hears it answers `echoed` with the same text. Pages measure their own way to the server by it, and the server measures
 * the way to a host.
 *
 * Why over the WebSocket and not as a plain HTTP request: measuring needs the socket anyway; the rules for origins, names
 * and addresses hold as they are, without CORS; the HTTP server belongs to the operator, and its requests are not ours.
 */
import * as v from 'valibot'
import {
  type ListedValue,
  type ListingTexts,
  MAX_HOST_NAME_BYTES,
  MAX_TITLE_BYTES,
  MAX_VALUE_BYTES,
  MAX_VALUES,
  type Obstacle,
  valueNameForm,
} from './listing.ts'
import { codeField, type Parsed, parseMessage } from './parse-message.ts'

/** Lobbies of one page of the list, at most; a page holds fewer when they do not fit into one message. */
export const MAX_PAGE = 50

/** Lobbies of one `measure`. */
export const MAX_MEASURED = 10

/** More than a game's 64 seats; what is above is no count of players. */
const MAX_COUNT = 1000

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const count = v.pipe(whole, v.maxValue(MAX_COUNT))
/** Numbers that a page matches to their answers. */
const serial = whole
/** What an echo carries. */
const nonce = v.pipe(v.string(), v.maxLength(32))
const protocol = v.pipe(v.number(), v.safeInteger())

const build = {
  wire: whole,
  game: v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,40}$/)),
  version: whole,
  hash: v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/)),
}

const value: v.GenericSchema<unknown, ListedValue> = v.union([
  v.pipe(v.string(), v.maxLength(MAX_VALUE_BYTES)),
  v.pipe(v.number(), v.finite()),
  v.boolean(),
])
const values = v.pipe(
  v.record(v.pipe(v.string(), v.regex(valueNameForm)), value),
  v.check((record) => Object.keys(record).length <= MAX_VALUES, 'too many values'),
)

// A text of so many UTF-16 units has no fewer bytes.
const texts = {
  title: v.pipe(v.string(), v.maxLength(MAX_TITLE_BYTES)),
  host: v.nullable(v.pipe(v.string(), v.maxLength(MAX_HOST_NAME_BYTES))),
  values,
}

/** What an operator's filter may return. Null for all else. */
export function readTexts(given: unknown): ListingTexts | null {
  const result = v.safeParse(v.strictObject(texts), given)
  return result.success ? result.output : null
}

const factFields = {
  players: count,
  maxPlayers: v.pipe(count, v.minValue(1)),
  spectators: count,
  playing: v.boolean(),
  locked: v.boolean(),
  hasPassword: v.boolean(),
}
const facts = v.pipe(
  v.strictObject(factFields),
  v.check(({ players, maxPlayers }) => players <= maxPlayers, 'more players than seats'),
)

/** All that the server keeps of a listing, as fields of a schema. */
export const listedFields = { ...build, ...texts, ...factFields }

const orders = ['players', 'newest'] as const
/** `players`: most players first, among equals the older lobby. `newest`: the one listed last first. */
export type ListOrder = (typeof orders)[number]

const hidable = ['full', 'locked', 'version-mismatch', 'password', 'playing'] as const
/** Lobbies that a page may leave out. */
export type Hidable = (typeof hidable)[number]

const query = v.strictObject({
  ...build,
  /** Only lobbies of this version of the game. */
  onlyVersion: v.exactOptional(whole),
  /** Only lobbies that have each of these values. */
  filter: values,
  sort: v.picklist(orders),
  hide: v.pipe(v.array(v.picklist(hidable)), v.maxLength(hidable.length)),
  limit: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(MAX_PAGE)),
  /** Where the page before ended, as the server said it. */
  cursor: v.exactOptional(v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/))),
})
export type ListQuery = v.InferOutput<typeof query>

const refusals = [
  /** Nothing is left of the title once it is cleaned. */
  'no-title',
  /** The operator's filter did not let it through. */
  'refused',
  /** As many lobbies as one address may list are listed. */
  'too-many',
  /** Changed too often; the page waits and says the newest again. */
  'too-fast',
  /** The server's store or filter does not answer. */
  'unavailable',
] as const
/** Why the server does not list a lobby. The lobby goes on without. */
export type ListingRefusal = (typeof refusals)[number]
export const listingRefusals: readonly ListingRefusal[] = refusals

/** What pages say. */
export const listingRequests = {
  /** A host: lists its lobby, or changes how it is listed. When it is refused, what was listed before stays. */
  list: v.strictObject({ type: v.literal('list'), serial, listing: v.strictObject({ ...build, ...texts }), facts }),
  /** A host: the lobby stays listed, and these facts are new. Without a listing it does nothing. */
  facts: v.strictObject({ type: v.literal('facts'), facts }),
  /** A host: takes its lobby off the list. */
  unlist: v.strictObject({ type: v.literal('unlist') }),
  /** A page that neither hosts nor joins: asks for a page of the list. */
  find: v.strictObject({ type: v.literal('find'), protocol, query }),
  /** A page that has found lobbies: how far are the hosts of these? */
  measure: v.strictObject({ type: v.literal('measure'), codes: v.pipe(v.array(codeField), v.maxLength(MAX_MEASURED)) }),
  echo: v.strictObject({ type: v.literal('echo'), nonce }),
  echoed: v.strictObject({ type: v.literal('echoed'), nonce }),
}
export type ListingRequest = v.InferOutput<(typeof listingRequests)[keyof typeof listingRequests]>

const entry = v.strictObject({
  code: codeField,
  version: whole,
  order: whole,
  ...texts,
  ...factFields,
  obstacle: v.nullable(v.picklist(['version-mismatch', 'locked', 'full'] satisfies Obstacle[])),
})

const answers = {
  /** To a host, for each `list`: how the lobby is listed now, as the filter left it, or why not. */
  listed: v.strictObject({
    type: v.literal('listed'),
    serial,
    listing: v.nullable(v.strictObject(texts)),
    refusal: v.nullable(v.picklist(refusals)),
  }),
  /** A page of the list. `cursor`: where the next one begins; null when this is the last. */
  found: v.strictObject({
    type: v.literal('found'),
    lobbies: v.pipe(v.array(entry), v.maxLength(MAX_PAGE)),
    cursor: v.nullable(v.string()),
  }),
  /** From the server to this host's page and back, in ms; null when the host's page does not answer. */
  measured: v.strictObject({ type: v.literal('measured'), code: codeField, hostMs: v.nullable(v.number()) }),
  echo: v.strictObject({ type: v.literal('echo'), nonce }),
  echoed: v.strictObject({ type: v.literal('echoed'), nonce }),
}
export type ListingAnswer = v.InferOutput<(typeof answers)[keyof typeof answers]>

/** Reads what the server says about the list; null for all else. Never throws. */
export function parseListingAnswer(text: string): ListingAnswer | null {
  const parsed: Parsed<ListingAnswer> = parseMessage<ListingAnswer>(answers, text)
  return 'message' in parsed ? parsed.message : null
}

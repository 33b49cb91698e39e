/** How a lobby is listed in public, as the developer sees it on the host's page. */
import type { ListedValue } from '../../signaling/listing.ts'

/**
 * How a lobby stands in the public list: its title and up to eight plain values of the game, such as `mode` or `map`, which
 * `findLobbies` filters by. Names of values have 1 to 24 letters, digits, `_` or `-`. Texts are cleaned as names are; a
 * title has at most 40 characters, a text among the values 40. The name of the host's player is listed, too.
 */
export interface Listed {
  readonly title: string
  readonly [name: string]: ListedValue
}

/**
 * Why a lobby is not listed as asked. It goes on without, and its code works.
 * - `not-host`, `ended`: only the host of a lobby that goes on lists it.
 * - `refused`: the operator's filter did not let it through.
 * - `no-title`: nothing is left of the title once it is cleaned.
 * - `too-many`: as many lobbies as one address may list are listed. The page asks again by itself.
 * - `too-fast`, `unavailable`: not at this moment. The page asks again by itself.
 * - `unreachable`: the lobby has no code yet, or the lobby server is out of reach or does not know lists. It is listed once
 *   that has changed.
 */
export type ListRefusal =
  | 'not-host'
  | 'ended'
  | 'refused'
  | 'no-title'
  | 'too-many'
  | 'too-fast'
  | 'unavailable'
  | 'unreachable'

/** How the host's lobby stands in the public list. */
export interface OwnListing {
  /** As others see it at this moment: clean, and as the operator's filter left it. Null while it is not listed. */
  readonly shown: Listed | null
  /** Why others do not see what was asked for last. Null when they do, and while the server is asked. */
  readonly refusal: ListRefusal | null
}

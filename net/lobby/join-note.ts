/**
 * The notes that host and guest give to signalling before they are connected. They name the game that each page runs. A guest's note
 * also says whether they come back to a reserved seat, since a full lobby must let them in, or come to watch. A note is a stranger's
 * text: it is parsed strictly.
 */

import { StarwireError } from '../errors/starwire-error.ts'
import type { Reason } from '../wire/reasons.ts'
import { WIRE_VERSION } from '../wire/version.ts'
import { sameHash } from '../world/game-hash.ts'

/** How notes name a game. */
export interface GameIdentity {
  readonly id: string
  readonly version: number
  readonly hash: string
}

const RETURNING = ' returning'
/** Ends the note of a guest who comes to watch. */
const SPECTATING = ' spectating'
/** Ends the note of a host whose lobby takes spectators. */
const SPECTATORS = ' spectators'
/** Starwire's protocol, then the game's id, version and hash. Protocol 1 wrote no number. Only texts of this form are shown to players. */
const identityForm = /^(?:(\d{1,4}) )?([a-z0-9-]{1,40}) (\d{1,16}) ([0-9a-f]{16}-[\w.-]{1,40})$/
/** Characters of a hash that a sentence shows: enough to tell two apart, and short enough to read out. */
const SHOWN = 8

function identityNote({ id, version, hash }: GameIdentity): string {
  return `${WIRE_VERSION} ${id} ${version} ${hash}`
}

/** The host's note, which refused guests receive. */
export function hostNote(game: GameIdentity, takesSpectators: boolean): string {
  return takesSpectators ? identityNote(game) + SPECTATORS : identityNote(game)
}

/** How a guest joins: new, back with the token of a seat, or to watch. */
export type JoinKind = 'newcomer' | 'returner' | 'spectator'

/** The guest's note. */
export function joinNote(game: GameIdentity, kind: JoinKind = 'newcomer'): string {
  return identityNote(game) + { newcomer: '', returner: RETURNING, spectator: SPECTATING }[kind]
}

/** Reads a guest's note: how they join, or why they are refused. A `returner` may be lying; the token at the hello decides. */
export function readJoinNote(note: string, game: GameIdentity): JoinKind | Reason {
  const kind = note.endsWith(RETURNING) ? 'returner' : note.endsWith(SPECTATING) ? 'spectator' : 'newcomer'
  const theirs = readIdentity(note.replace(/ (?:returning|spectating)$/, ''))
  // Not in this form: the page runs another version of Starwire.
  if (theirs === null) return 'version-mismatch'
  if (theirs.id !== game.id) return 'other-game'
  if (theirs.protocol !== WIRE_VERSION || theirs.version !== game.version || !sameHash(game.hash, theirs.hash))
    return 'version-mismatch'
  return kind
}

/** Adds to a refusal what the host's note tells: both games in `detail`, or that watching is possible. */
export function explainRefusal(error: unknown, game: GameIdentity): unknown {
  if (!(error instanceof StarwireError)) return error
  const { reason, detail, report } = error
  if (reason === 'full' && detail.endsWith(SPECTATORS))
    return new StarwireError(reason, detail, null, { canSpectate: true })
  if (reason !== 'version-mismatch' && reason !== 'other-game') return error
  const host = readIdentity(detail.replace(/ spectators$/, ''))
  const hosts = host ? describe(host) : 'a game that it did not name'
  const protocols =
    host && host.protocol !== WIRE_VERSION
      ? `this page speaks Starwire's protocol ${WIRE_VERSION}, the host's page protocol ${host.protocol}; `
      : ''
  return new StarwireError(reason, `${protocols}this page runs ${describe(game)}; the host runs ${hosts}`, null, {
    report,
  })
}

interface PageIdentity extends GameIdentity {
  /** The `WIRE_VERSION` of that page. */
  readonly protocol: number
}

function readIdentity(note: string): PageIdentity | null {
  const [, protocol = '1', id, version, hash] = identityForm.exec(note) ?? []
  if (id === undefined || hash === undefined) return null
  return { protocol: Number(protocol), id, version: Number(version), hash }
}

/** "tag version 1, declared 3f2a90c1, rules unstated" */
function describe({ id, version, hash }: GameIdentity): string {
  const [declared = '', ...rules] = hash.split('-')
  return `${id} version ${version}, declared ${declared.slice(0, SHOWN)}, rules ${rules.join('-').slice(0, SHOWN)}`
}

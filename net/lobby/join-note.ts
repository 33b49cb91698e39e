/**
 * The notes that host and guest give to signalling, before there is a connection: which game each of them runs, and whether
 * the guest had a seat. A full lobby keeps the seats of those who are away, so they must not be refused as `full`. Whoever
 * reads a note reads what a stranger wrote.
 */

import { StarwireError } from '../errors/starwire-error.ts'
import type { Reason } from '../wire/reasons.ts'
import { WIRE_VERSION } from '../wire/version.ts'
import { sameHash } from '../world/game-hash.ts'

/** What of a game the notes say. */
export interface GameIdentity {
  readonly id: string
  readonly version: number
  readonly hash: string
}

const RETURNING = ' returning'
/** Behind a guest's note: they come to watch. */
const SPECTATING = ' spectating'
/** Behind a host's note: one may watch there. */
const SPECTATORS = ' spectators'
/** Starwire's protocol, a game's id, version and hash. Nothing longer or other is shown to a player. Protocol 1 wrote no number. */
const identityForm = /^(?:(\d{1,4}) )?([a-z0-9-]{1,40}) (\d{1,16}) ([0-9a-f]{16}-[\w.-]{1,40})$/
/** Characters of a hash's part in a sentence: enough to tell two apart and to be read out. */
const SHOWN = 8

function identityNote({ id, version, hash }: GameIdentity): string {
  return `${WIRE_VERSION} ${id} ${version} ${hash}`
}

/** The host's note, told to whoever is refused. */
export function hostNote(game: GameIdentity, takesSpectators: boolean): string {
  return takesSpectators ? identityNote(game) + SPECTATORS : identityNote(game)
}

/** As what a guest comes: new, with a token to show, or to watch. */
export type Comer = 'newcomer' | 'returner' | 'spectator'

/** The guest's note. */
export function joinNote(game: GameIdentity, comer: Comer = 'newcomer'): string {
  return identityNote(game) + { newcomer: '', returner: RETURNING, spectator: SPECTATING }[comer]
}

/** What a guest's note says, or why the guest is refused. Who claims to return may be lying. */
export function readJoinNote(note: string, game: GameIdentity): Comer | Reason {
  const comer = note.endsWith(RETURNING) ? 'returner' : note.endsWith(SPECTATING) ? 'spectator' : 'newcomer'
  const theirs = readIdentity(note.replace(/ (?:returning|spectating)$/, ''))
  // Not in this form: another version of Starwire.
  if (theirs === null) return 'version-mismatch'
  if (theirs.id !== game.id) return 'other-game'
  if (theirs.protocol !== WIRE_VERSION || theirs.version !== game.version || !sameHash(game.hash, theirs.hash))
    return 'version-mismatch'
  return comer
}

/** A refusal with what the host's note tells: both games in its `detail`, or that one may watch. */
export function explainRefusal(error: unknown, game: GameIdentity): unknown {
  if (!(error instanceof StarwireError)) return error
  const { reason, detail } = error
  if (reason === 'full' && detail.endsWith(SPECTATORS))
    return new StarwireError(reason, detail, null, { canSpectate: true })
  if (reason !== 'version-mismatch' && reason !== 'other-game') return error
  const host = readIdentity(detail.replace(/ spectators$/, ''))
  const hosts = host ? describe(host) : 'a game that it did not name'
  const protocols =
    host && host.protocol !== WIRE_VERSION
      ? `this page speaks Starwire's protocol ${WIRE_VERSION}, the host's page protocol ${host.protocol}; `
      : ''
  return new StarwireError(reason, `${protocols}this page runs ${describe(game)}; the host runs ${hosts}`)
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

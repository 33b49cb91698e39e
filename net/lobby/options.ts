/** Checks the options of `createLobby` and `joinLobby`: plain JavaScript may pass anything. */

import { checkPrivacy } from '../star/attempt.ts'
import type { AnyGame, Game } from '../world/game.ts'
import { isUnstated } from '../world/game-hash.ts'
import type { GameShape } from '../world/game-shape.ts'
import { checkGame, checkKinds, checkNames, describeGiven } from '../world/given.ts'
import { MAX_SEATS } from '../world/ids.ts'
import { checkValues } from '../world/values.ts'
import { isDevelopment } from './development.ts'
import { checkChoice, checkSettings } from './game-values.ts'
import { MAX_RESUME_SECONDS } from './messages.ts'
import type { CreateOptions, HeadlessOptions, JoinOptions, LobbyOptions } from './option-types.ts'

/** Every option by its name: the compiler asks for those that are missing here. */
const LOBBY_OPTIONS: { readonly [K in keyof Required<LobbyOptions>]: true } = {
  name: true,
  signaling: true,
  iceServers: true,
  signal: true,
  WebSocket: true,
  RTCPeerConnection: true,
  transport: true,
  privacy: true,
  platform: true,
  mediaPlatform: true,
  development: true,
}
const CREATE_OPTIONS: { readonly [K in keyof Required<CreateOptions<GameShape>>]: true } = {
  ...LOBBY_OPTIONS,
  options: true,
  settings: true,
  choice: true,
  maxPlayers: true,
  resumeSeconds: true,
  fairHost: true,
  offline: true,
  player: true,
  maxSpectators: true,
  password: true,
  vetChat: true,
  mayHost: true,
  migration: true,
  listed: true,
  files: true,
}
const JOIN_OPTIONS: { readonly [K in keyof Required<JoinOptions>]: true } = {
  ...LOBBY_OPTIONS,
  onProgress: true,
  choice: true,
  resume: true,
  password: true,
  spectate: true,
  mayHost: true,
  vetChat: true,
}

/** @throws TypeError for options that would otherwise fail in the middle of a lobby. */
function checkOptions(what: string, game: unknown, options: Partial<LobbyOptions>, names: object): void {
  checkGame(what, game)
  checkNames(what, options, Object.keys(names))
  checkKinds(what, options as CreateOptions<GameShape> & JoinOptions, {
    signaling: 'string',
    development: 'boolean',
    fairHost: 'boolean',
    mayHost: 'boolean',
    offline: 'boolean',
    player: 'boolean',
    spectate: 'boolean',
    onProgress: 'function',
    vetChat: 'function',
    WebSocket: 'function',
    RTCPeerConnection: 'function',
  })
  const { iceServers, signal } = options
  checkSignal(what, signal)
  checkPrivacy(options.privacy)
  if (iceServers !== undefined && !Array.isArray(iceServers))
    throw new TypeError(`${what}: iceServers is ${describeGiven(iceServers)}. Write a list, such as [{ urls }].`)
}

/** @throws TypeError for what is no AbortSignal; none is fine. */
export function checkSignal(what: string, signal: AbortSignal | undefined): void {
  if (signal !== undefined && typeof signal?.addEventListener !== 'function')
    throw new TypeError(`${what}: signal is ${describeGiven(signal)}. Write the signal of an AbortController.`)
}

/** @throws TypeError when a player's name is no text. */
export function checkPlayerName(name: unknown): void {
  if (typeof name !== 'string') throw new TypeError(`A player's name is a text, not ${String(name)}: pass { name }.`)
}

/** Seconds that a seat stays reserved by default; `CreateOptions.resumeSeconds` has the reason. */
const DEFAULT_RESUME_SECONDS = 60

/** Spectators by default; `CreateOptions.maxSpectators` tells what each costs. */
const DEFAULT_MAX_SPECTATORS = 8

/** What `createLobby` was given, with its defaults. */
export interface CheckedCreateOptions {
  readonly maxPlayers: number
  readonly maxSpectators: number
  readonly resumeSeconds: number
  readonly development: boolean
  readonly fairHost: boolean
}

/** @throws TypeError, RangeError for a malformed option `files`. */
function checkFiles(files: unknown): void {
  if (files === undefined || files === false) return
  checkNames('createLobby: files', files, ['maxBytes'])
  const { maxBytes } = files as { readonly maxBytes?: unknown }
  if (!(Number.isSafeInteger(maxBytes) && Number(maxBytes) >= 0))
    throw new RangeError(`createLobby: files.maxBytes is ${describeGiven(maxBytes)}. Write a whole number of bytes.`)
}

/** @throws TypeError and RangeError, as `createLobby` says. */
export function checkCreateOptions<G extends GameShape>(
  game: Game<G>,
  options: CreateOptions<G> | HeadlessOptions<G>,
  warn: (problem: string) => void,
): CheckedCreateOptions {
  checkOptions('createLobby', game, options, CREATE_OPTIONS)
  const { migration } = options as { readonly migration?: unknown }
  if (migration !== undefined && migration !== 'off')
    throw new RangeError(`createLobby: migration is ${describeGiven(migration)}. Write 'off', or leave it out.`)
  const ofPlayer = options as Pick<CreateOptions<G>, 'choice' | 'fairHost'> & { readonly name?: unknown }
  if (options.player !== false) checkPlayerName(options.name)
  else if (ofPlayer.name !== undefined || ofPlayer.fairHost !== undefined || ofPlayer.choice !== undefined)
    throw new TypeError(
      'createLobby: a host without a player has no name, no choice, and nobody to be fair to: leave name, choice and fairHost out.',
    )
  checkValues(`options of ${game.id}`, game.schema.options, options.options ?? {})
  checkSettings(game, options.settings ?? {})
  checkChoice(game, ofPlayer.choice ?? {})
  const { maxPlayers = game.maxPlayers, development = isDevelopment() } = options
  const { fairHost = false } = ofPlayer
  checkMaxPlayers(game, maxPlayers)
  const { password = null, maxSpectators = DEFAULT_MAX_SPECTATORS } = options
  if (!(Number.isInteger(maxSpectators) && maxSpectators >= 0 && maxSpectators <= MAX_SEATS))
    throw new RangeError(`maxSpectators is a whole number from 0 to ${MAX_SEATS}, not ${maxSpectators}.`)
  if (password !== null) checkPassword('createLobby', password)
  checkFiles(options.files)
  const { resumeSeconds = DEFAULT_RESUME_SECONDS } = options
  if (!(Number.isInteger(resumeSeconds) && resumeSeconds >= 0 && resumeSeconds <= MAX_RESUME_SECONDS))
    throw new RangeError(`resumeSeconds is a whole number from 0 to ${MAX_RESUME_SECONDS}, not ${resumeSeconds}.`)
  if (development && isUnstated(game.hash))
    warn(
      `nobody states the hash of ${game.id}'s rules, so pages with other rules are let in. Use the plugin of starwire/vite, or write rulesHash in defineGame.`,
    )
  return { maxPlayers, maxSpectators, resumeSeconds, development, fairHost }
}

/** @throws TypeError, as `joinLobby` says. */
export function checkJoinOptions<G extends GameShape>(game: Game<G>, options: JoinOptions<G>): void {
  checkOptions('joinLobby', game, options, JOIN_OPTIONS)
  checkPlayerName(options.name)
  checkChoice(game, options.choice ?? {})
  const { resume = null, password = null } = options
  if (password !== null && typeof password !== 'string')
    throw new TypeError(`A password is a text or null, not ${String(password)}: pass what the player typed.`)
  if (resume !== null && typeof resume !== 'string')
    throw new TypeError(`A resume token is a text or null, not ${String(resume)}: pass what lobby.resumeToken was.`)
}

/** @throws RangeError when the game cannot be played by so many. */
export function checkMaxPlayers({ id, maxPlayers: most }: AnyGame, maxPlayers: number): void {
  if (!(Number.isInteger(maxPlayers) && maxPlayers >= 1 && maxPlayers <= most))
    throw new RangeError(`maxPlayers is 1 to ${most} for ${id}, not ${String(maxPlayers)}.`)
}

/** @throws TypeError for what is no boolean. `write`: what to write instead. */
export function checkBoolean(what: string, given: unknown, write: string): void {
  if (typeof given !== 'boolean') throw new TypeError(`${what} was given ${describeGiven(given)}. Write ${write}.`)
}

/** Longest password, in UTF-16 units. */
export const MAX_PASSWORD = 128

/** @throws TypeError for what is no text, RangeError for one that is empty or too long. */
export function checkPassword(what: string, password: unknown): void {
  if (typeof password !== 'string')
    throw new TypeError(`${what}: the password is ${describeGiven(password)}. Write a text, or null for none.`)
  if (password.length < 1 || password.length > MAX_PASSWORD)
    throw new RangeError(
      `${what}: a password has 1 to ${MAX_PASSWORD} characters, not ${password.length}. Write null for none.`,
    )
}

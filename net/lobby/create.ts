/** `createLobby` and `joinLobby`: the two ways into a lobby, over signalling and a star. */

import { StarwireError } from '../errors/starwire-error.ts'
import { type Chance, type Platform, thisPage } from '../platform/platform.ts'
import { connectSignaling } from '../signaling/client.ts'
import type { Signaling } from '../signaling/signals.ts'
import { hostStar } from '../star/host-star.ts'
import { type GuestStar, type JoinStarOptions, joinStar } from '../star/join-star.ts'
import { type Game, isUnstated } from '../world/game.ts'
import { checkGame, checkKinds, checkNames, describeGiven } from '../world/given.ts'
import type { GameShape } from '../world/types.ts'
import { checkValues } from '../world/values.ts'
import { doorNote, explainRefusal, identityNote } from './admission.ts'
import { browserName, splitBrowser, withBrowser } from './browser-mark.ts'
import { isDevelopment, warnOnce } from './development.ts'
import { enterLobby } from './guest-lobby.ts'
import { HostLobby } from './host-lobby.ts'
import { MAX_RESUME_SECONDS } from './messages.ts'
import { readResume } from './resume-token.ts'
import type { CreateOptions, JoinOptions, Lobby, LobbyOptions } from './types.ts'

function signalingOf({ signaling, WebSocket }: LobbyOptions): Signaling {
  return connectSignaling({ ...(signaling !== undefined && { url: signaling }), ...(WebSocket && { WebSocket }) })
}

/** What goes through to the star as it is. */
function starOptions({ iceServers, RTCPeerConnection }: LobbyOptions) {
  return { ...(iceServers && { iceServers }), ...(RTCPeerConnection && { RTCPeerConnection }) }
}

/** Every option by its name: the compiler asks for those that are missing here. */
const CREATE_OPTIONS: { readonly [K in keyof Required<CreateOptions<GameShape>>]: true } = {
  name: true,
  signaling: true,
  iceServers: true,
  signal: true,
  WebSocket: true,
  RTCPeerConnection: true,
  development: true,
  options: true,
  maxPlayers: true,
  resumeSeconds: true,
  fairHost: true,
}
const JOIN_OPTIONS: { readonly [K in keyof Required<JoinOptions>]: true } = {
  name: true,
  signaling: true,
  iceServers: true,
  signal: true,
  WebSocket: true,
  RTCPeerConnection: true,
  development: true,
  onProgress: true,
  resume: true,
}

/** @throws TypeError: from plain JavaScript anything may come, and it would only be found in the middle of a lobby. */
function checkOptions(what: string, game: unknown, options: LobbyOptions, names: object): void {
  checkGame(what, game)
  checkNames(what, options, Object.keys(names))
  checkKinds(what, options as CreateOptions<GameShape> & JoinOptions, {
    ...{ signaling: 'string', development: 'boolean', fairHost: 'boolean', onProgress: 'function' },
    ...{ WebSocket: 'function', RTCPeerConnection: 'function' },
  })
  const { name, iceServers, signal } = options
  if (signal !== undefined && typeof signal?.addEventListener !== 'function')
    throw new TypeError(`${what}: signal is ${describeGiven(signal)}. Write the signal of an AbortController.`)
  if (iceServers !== undefined && !Array.isArray(iceServers))
    throw new TypeError(`${what}: iceServers is ${describeGiven(iceServers)}. Write a list, such as [{ urls }].`)
  if (typeof name !== 'string') throw new TypeError(`A player's name is a text, not ${String(name)}: pass { name }.`)
}

/** How long a seat is kept, if the developer does not say; the reason is told where he may. */
const DEFAULT_RESUME_SECONDS = 60

/** Whole numbers from 0 to 2^32 − 1. */
function randomNumbers(count: number, chance: Chance): number[] {
  return Array.from(new Uint32Array(chance.randomBytes(4 * count).buffer))
}

/**
 * Opens a lobby with this page as its host. It ends when `leave` is called or the page goes.
 *
 * @throws StarwireError (rejects): `no-webrtc` when this page cannot make connections (its `detail` says what is missing),
 *   before anything else; `signaling-down` when the lobby server cannot be reached, `rate-limited`, `server-full` or
 *   `refused-origin` when it does not take another lobby from here.
 * @throws RangeError (rejects) when `maxPlayers` is not 1 to the game's own maximum or `resumeSeconds` not a whole number from 0 to 3600,
 *   TypeError when `name` is no text, for an option that there is not or that is of a wrong kind, and for `options` that
 *   are not the game's.
 */
export function createLobby<G extends GameShape>(game: Game<G>, options: CreateOptions<G>): Promise<Lobby<G>> {
  return createLobbyOn(thisPage, game, options)
}

/** `createLobby` on any platform, for whole lobbies in virtual time. */
export async function createLobbyOn<G extends GameShape>(
  platform: Platform,
  game: Game<G>,
  options: CreateOptions<G>,
): Promise<Lobby<G>> {
  checkOptions('createLobby', game, options, CREATE_OPTIONS)
  checkValues(`options of ${game.id}`, game.schema.options, options.options ?? {})
  const { maxPlayers = game.maxPlayers, development = isDevelopment(), fairHost = false, signal } = options
  if (!(Number.isInteger(maxPlayers) && maxPlayers >= 1 && maxPlayers <= game.maxPlayers))
    throw new RangeError(`maxPlayers is 1 to ${game.maxPlayers} for ${game.id}, not ${maxPlayers}.`)
  const { resumeSeconds = DEFAULT_RESUME_SECONDS } = options
  if (!(Number.isInteger(resumeSeconds) && resumeSeconds >= 0 && resumeSeconds <= MAX_RESUME_SECONDS))
    throw new RangeError(`resumeSeconds is a whole number from 0 to ${MAX_RESUME_SECONDS}, not ${resumeSeconds}.`)
  const warn = warnOnce()
  if (development && isUnstated(game.hash))
    warn(
      `nobody states the hash of ${game.id}'s rules, so pages with other rules are let in. Use the plugin of starwire/vite, or write rulesHash in defineGame.`,
    )
  let lobby: HostLobby<G> | null = null
  const star = await hostStar(signalingOf(options), {
    // One more than there are seats for guests, so that the lobby itself can say `full`; and as many again, for every
    // guest of a host that was asleep comes back before the host has noticed that his old link is dead.
    maxPeers: 2 * maxPlayers - 1,
    note: identityNote(game),
    accept: (info) => {
      const { note, browser } = splitBrowser(info)
      return lobby?.accept(note, browser) ?? null
    },
    onPeer: ({ link, info }) => lobby?.arrive(link, splitBrowser(info).browser),
    onOnline: (isOnline) => lobby?.online(isOnline),
    onLost: (reason) => lobby?.lost(reason),
    onPageGone: () => lobby?.gone(),
    ...starOptions(options),
    ...(signal && { signal }),
  })
  const [seed = 0, ...secret] = randomNumbers(5, platform)
  lobby = new HostLobby<G>({
    game,
    code: star.code,
    name: options.name,
    maxPlayers,
    match: { epoch: 1, seed, options: options.options ?? {} },
    secret,
    resumeSeconds,
    development,
    fairHost,
    warn,
    renewCode: () => star.renewCode(),
    closed: (reason) => star.close(reason),
    platform,
  })
  return lobby
}

/**
 * Joins a lobby by its code, typed in any case. Ends within 20 s, one way or the other; with a `resume` that turns out
 * to be void, within 40 s.
 *
 * @throws StarwireError (rejects) with the reason: `bad-code`, `not-found`, `full`, `other-game`, `version-mismatch`,
 *   `host-silent`, `no-route`, `signaling-down`, `rate-limited` (with `retryAfterSeconds`), `server-full`, `refused-origin`;
 *   `no-webrtc`, before anything else, when this page cannot make connections. For `other-game` and `version-mismatch` its
 *   `detail` names both sides' game, version and hash.
 * @throws TypeError (rejects) when `name` or `resume` is no text, for an option that there is not or that is of a wrong kind.
 */
export function joinLobby<G extends GameShape>(game: Game<G>, code: string, options: JoinOptions): Promise<Lobby<G>> {
  return joinLobbyOn(thisPage, game, code, options)
}

/** `joinLobby` on any platform, for whole lobbies in virtual time. */
export async function joinLobbyOn<G extends GameShape>(
  platform: Platform,
  game: Game<G>,
  code: string,
  options: JoinOptions,
): Promise<Lobby<G>> {
  checkOptions('joinLobby', game, options, JOIN_OPTIONS)
  if (typeof code !== 'string') throw new StarwireError('bad-code')
  const { development = isDevelopment(), onProgress, name, resume = null, signal } = options
  if (resume !== null && typeof resume !== 'string')
    throw new TypeError(`A resume token is a text or null, not ${String(resume)}: pass what lobby.resumeToken was.`)
  const kept = resume === null ? null : readResume(resume)
  let ticket = kept?.ticket ?? null
  let codeNow = code
  const dial = async (returning: boolean, how: JoinStarOptions): Promise<GuestStar> => {
    const star = await joinStar(signalingOf(options), codeNow, {
      info: withBrowser(doorNote(game, returning), browserName(code, platform)),
      ticket,
      ...starOptions(options),
      ...how,
    }).catch((error: unknown) => {
      throw explainRefusal(error, game)
    })
    ticket = star.ticket
    return star
  }
  const enter = async (token: string | null): Promise<Lobby<G>> => {
    const star = await dial(token !== null, { ...(onProgress && { onProgress }), ...(signal && { signal }) })
    return enterLobby<G>({
      game,
      code: star.code,
      link: star.link,
      name,
      resume: token,
      ticket: () => ticket,
      signal,
      codeChanged: (renewed) => {
        // The ticket is for the lobby of the old code.
        if (renewed !== codeNow) ticket = null
        codeNow = renewed
      },
      dial: async ({ stage, hostAway }) => (await dial(true, { onProgress: stage, onHostAway: hostAway })).link,
      warn: development ? warnOnce() : null,
      platform,
    })
  }
  if (kept === null) return enter(null)
  try {
    return await enter(kept.token)
  } catch (error) {
    if (error instanceof StarwireError && error.reason === 'seat-lost') return enter(null)
    throw error
  }
}

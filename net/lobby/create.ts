/** `createLobby` and `joinLobby`: the two ways into a lobby, over signalling and a star. */

import { StarwireError } from '../errors/starwire-error.ts'
import type { MediaWays } from '../media/media-context.ts'
import { thisPage } from '../platform/platform.ts'
import { connectSignaling } from '../signaling/client.ts'
import type { HostPart, Signaling } from '../signaling/signals.ts'
import { type HostStar, hostStar } from '../star/host-star.ts'
import { type GuestStar, type JoinStarOptions, joinStar } from '../star/join-star.ts'
import type { LinkCloseReason } from '../transport/link.ts'
import type { Game } from '../world/game.ts'
import type { GameShape } from '../world/game-shape.ts'
import { browserName, splitBrowser, withBrowser } from './admission/browser-mark.ts'
import { isDevelopment, warnOnce } from './development.ts'
import { PublicListing } from './find/public-listing.ts'
import { readResume } from './guest/resume-token.ts'
import type { HostRole } from './host/host-role.ts'
import { type Comer, explainRefusal, hostNote, joinNote } from './join-note.ts'
import type { LobbyObject } from './lobby.ts'
import type { CreateOptions, HeadlessOptions, JoinOptions, LobbyOptions } from './option-types.ts'
import { checkCreateOptions, checkJoinOptions } from './options.ts'
import { botMinds, guestSide, hostSide } from './sides.ts'
import type { HeadlessLobby, Lobby } from './types.ts'

/** The options by which both sides reach each other. */
type ConnectOptions = Omit<LobbyOptions, 'name'>

function signalingOf({ signaling, WebSocket, platform }: ConnectOptions): Signaling {
  return connectSignaling({
    ...(signaling !== undefined && { url: signaling }),
    ...(WebSocket && { WebSocket }),
    ...(platform && { platform }),
  })
}

/** Signalling whose host has this part beside hosting. */
function withPart(signaling: Signaling, part: HostPart): Signaling {
  return { ...signaling, host: (handlers, signal) => signaling.host({ ...handlers, part }, signal) }
}

/** What goes through to the star as it is. */
function starOptions({ iceServers, RTCPeerConnection, transport, platform }: ConnectOptions) {
  return {
    ...(transport && { transport }),
    ...(iceServers && { iceServers }),
    ...(RTCPeerConnection && { RTCPeerConnection }),
    ...(platform && { platform }),
  }
}

/** How pages connect for voice and video: as they do for the lobby. `iceServers`: what signalling handed out. */
function waysOf(
  { platform = thisPage, RTCPeerConnection: PeerConnection, mediaPlatform: media }: ConnectOptions,
  iceServers: () => readonly RTCIceServer[],
): MediaWays {
  return { platform, PeerConnection, media, iceServers }
}

/**
 * Opens a lobby with this page as its host. It ends when `leave` is called or the page goes. With `offline` it asks nobody,
 * opens no socket and needs no WebRTC: it has no code before `open`.
 *
 * @throws StarwireError (rejects): `no-webrtc` when this page cannot make connections (its `detail` says what is missing),
 *   before anything else; `signaling-down` when the lobby server cannot be reached, `rate-limited`, `server-full` or
 *   `refused-origin` when it does not take another lobby from here.
 * @throws RangeError (rejects) when `maxPlayers` is not 1 to the game's own maximum or `resumeSeconds` not a whole number from 0 to 3600,
 *   or `password` not of 1 to 128 characters, TypeError when `name` is no text, for an option that there is not or that is of a wrong kind, and for `options` that
 *   are not the game's. Both for what cannot be `listed`.
 */
export function createLobby<G extends GameShape>(game: Game<G>, options: HeadlessOptions<G>): Promise<HeadlessLobby<G>>
export function createLobby<G extends GameShape>(game: Game<G>, options: CreateOptions<G>): Promise<Lobby<G>>
export async function createLobby<G extends GameShape>(
  game: Game<G>,
  options: CreateOptions<G> | HeadlessOptions<G>,
): Promise<Lobby<G> | HeadlessLobby<G>> {
  const warn = warnOnce()
  const { maxPlayers, maxSpectators, ...checked } = checkCreateOptions(game, options, warn)
  const { platform = thisPage } = options
  const listing = new PublicListing(game, platform)
  if (options.listed !== undefined) await listing.check('createLobby', options.listed)
  // Loaded by games that declare bots.
  const newMinds = game.schema.bots.size > 0 ? (await botMinds()).newMinds : null
  let role: HostRole<G> | null = null
  let star: HostStar | null = null
  let closedAs: LinkCloseReason | null = null
  const openStar = async (signal?: AbortSignal): Promise<HostStar> => {
    const opened = await hostStar(withPart(signalingOf(options), listing), {
      // `setMaxPlayers` goes up to the game's own maximum. One more than there are seats for guests, so that the lobby itself
      // can say `full`; and as many again, for every guest of a host that was asleep comes back before the host has noticed
      // that their old link is dead.
      maxPeers: 2 * (game.maxPlayers + maxSpectators) - (options.player === false ? 0 : 1),
      // As much as a data channel takes at once; what guests of a lobby say is far shorter.
      maxBulkBytes: 256 * 1024,
      note: hostNote(game, maxSpectators > 0),
      accept: (info, address) => {
        const { note, browser } = splitBrowser(info)
        return role ? role.accept(note, { browser, address }) : 'host-silent'
      },
      onPeer: ({ link, info, addressMark: address }) =>
        role?.arrive(link, { browser: splitBrowser(info).browser, address }),
      onOnline: (isOnline) => role?.code.online(isOnline),
      onLost: (reason) => role?.code.lost(reason),
      onPageGone: () => role?.gone(),
      ...starOptions(options),
      ...(signal && { signal }),
    })
    // The lobby may have ended meanwhile.
    if (closedAs !== null) opened.close(closedAs)
    star = opened
    return opened
  }
  const [side, code] = await Promise.all([
    hostSide(),
    options.offline ? '' : openStar(options.signal).then((opened) => opened.code),
  ])
    .then((both) => {
      if (!options.offline) options.signal?.throwIfAborted()
      return both
    })
    .catch((error: unknown) => {
      // The star may still open.
      closedAs = 'host-left'
      star?.close(closedAs)
      throw error
    })
  const { state, me } = side.newHostState(game, {
    ...{ maxPlayers, maxSpectators },
    player: options.player === false ? null : { name: options.name, choice: options.choice ?? {} },
  })
  const ways = waysOf(options, () => star?.iceServers ?? options.iceServers ?? [])
  const newRole = (lobby: LobbyObject<G>): HostRole<G> => {
    role = new side.HostRole<G>(lobby, {
      ...{ game, state, me, newMinds, warn, platform, ...checked },
      gameOptions: options.options ?? {},
      settings: options.settings ?? {},
      vetChat: options.vetChat ?? null,
      files: options.files,
      takeCode: async () => (star ? star.renewCode() : (await openStar()).code),
      list: (listed) => listing.list(lobby, listed),
      closed: (reason) => {
        closedAs = reason
        star?.close(reason)
      },
    })
    return role
  }
  const lobby = new side.LobbyObject<G>(game, code, newRole, ways)
  const { password = null } = options
  if (password !== null)
    await lobby.setPassword(password).catch((error: unknown) => {
      lobby.leave()
      throw error
    })
  // Not waited for: what comes of it is told by the event `listing`.
  if (options.listed !== undefined) void lobby.list(options.listed)
  return lobby
}

/**
 * Joins a lobby by its code, typed in any case. Ends within 20 s, one way or the other; with a `resume` that turns out
 * to be void, within 40 s.
 *
 * @throws StarwireError (rejects) with the reason: `bad-code`, `not-found`, `full`, `other-game`, `version-mismatch`,
 *   `locked`, `wrong-password`, `kicked`, `banned`, `host-silent`, `no-route`, `signaling-down`, `rate-limited` (with `retryAfterSeconds`), `server-full`, `refused-origin`;
 *   `no-webrtc`, before anything else, when this page cannot make connections. For `other-game` and `version-mismatch` its
 *   `detail` names both sides' game, version and hash.
 * @throws TypeError (rejects) when `name` or `resume` is no text, for an option that there is not or that is of a wrong kind.
 */
export async function joinLobby<G extends GameShape>(
  game: Game<G>,
  code: string,
  options: JoinOptions<G>,
): Promise<Lobby<G>> {
  checkJoinOptions(game, options)
  if (typeof code !== 'string') throw new StarwireError('bad-code')
  const { development = isDevelopment(), onProgress, name, resume = null, password = null, spectate = false } = options
  const { signal, choice, platform = thisPage } = options
  const kept = resume === null ? null : readResume(resume)
  let ticket = kept?.ticket ?? null
  let codeNow = code
  let iceServers: readonly RTCIceServer[] = []
  const dial = async (comer: Comer, how: JoinStarOptions): Promise<GuestStar> => {
    const star = await joinStar(signalingOf(options), codeNow, {
      info: withBrowser(joinNote(game, comer), browserName(code, platform)),
      ticket,
      ...starOptions(options),
      ...how,
    }).catch((error: unknown) => {
      throw explainRefusal(error, game)
    })
    ticket = star.ticket
    iceServers = star.iceServers
    return star
  }
  const enter = async (token: string | null): Promise<Lobby<G>> => {
    const dialing = dial(token !== null ? 'returner' : spectate ? 'spectator' : 'newcomer', {
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    })
    const [{ enterLobby }, star] = await Promise.all([guestSide(), dialing]).catch((error: unknown) => {
      // A link that opens when all is over.
      dialing.then(({ link }) => link.close('left')).catch(() => {})
      throw error
    })
    return enterLobby<G>({
      game,
      code: star.code,
      link: star.link,
      ways: waysOf(options, () => iceServers),
      name,
      resume: token,
      password,
      spectate,
      ...(choice && { choice }),
      ticket: () => ticket,
      signal,
      codeChanged: (renewed) => {
        // The ticket is for the lobby of the old code.
        if (renewed !== codeNow) ticket = null
        codeNow = renewed
      },
      dial: async ({ stage, hostAway }) => (await dial('returner', { onProgress: stage, onHostAway: hostAway })).link,
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

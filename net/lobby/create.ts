/** `createLobby`: opens a lobby on this page, over signalling and a star, or offline. */

import { type Platform, thisPage } from '../platform/platform.ts'
import type { Game } from '../world/game.ts'
import type { GameShape } from '../world/game-shape.ts'
import { mediaWays } from './connect-options.ts'
import { warnOnce } from './development.ts'
import { checkListed, PublicListing } from './find/public-listing.ts'
import type { HostRole } from './host/host-role.ts'
import type { LobbyObject } from './lobby.ts'
import type { CreateOptions, HeadlessOptions } from './option-types.ts'
import { type CheckedCreateOptions, checkCreateOptions } from './options.ts'
import { OwnStar } from './own-star.ts'
import { botMinds, hostSide } from './sides.ts'
import type { HeadlessLobby, Lobby } from './types.ts'

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
  const checked = checkCreateOptions(game, options, warn)
  const { platform = thisPage, listed, password = null } = options
  const listing = new PublicListing(game, platform)
  if (listed !== undefined) await checkListed('createLobby', listed)
  const star = new OwnStar({
    ...{ game, connect: options, part: listing, maxSpectators: checked.maxSpectators },
    hasPlayer: options.player !== false,
  })
  const lobby = await openLobby({ game, options, checked, listing, star, platform, warn })
  if (password !== null)
    await lobby.setPassword(password).catch((error: unknown) => {
      lobby.leave()
      throw error
    })
  // Not waited for: what comes of it is told by the event `listing`.
  if (listed !== undefined) void lobby.list(listed)
  return lobby
}

interface Opening<G extends GameShape> {
  readonly game: Game<G>
  readonly options: CreateOptions<G> | HeadlessOptions<G>
  readonly checked: CheckedCreateOptions
  readonly listing: PublicListing
  readonly star: OwnStar
  readonly platform: Platform
  readonly warn: (problem: string) => void
}

async function openLobby<G extends GameShape>(opening: Opening<G>): Promise<LobbyObject<G>> {
  const { game, options, star } = opening
  // Loaded by games that declare bots.
  const newMinds = game.schema.bots.size > 0 ? (await botMinds()).newMinds : null
  const [side, code] = await sideAndCode(opening)
  const { maxPlayers, maxSpectators, ...checked } = opening.checked
  const { state, me } = side.newHostState(game, {
    ...{ maxPlayers, maxSpectators },
    player: options.player === false ? null : { name: options.name, choice: options.choice ?? {} },
  })
  const ways = mediaWays(options, () => star.iceServers ?? options.iceServers ?? [])
  const newRole = (lobby: LobbyObject<G>): HostRole<G> => {
    const { platform, warn, listing } = opening
    const role = new side.HostRole<G>(lobby, {
      ...{ game, state, me, newMinds, warn, platform, ...checked },
      gameOptions: options.options ?? {},
      settings: options.settings ?? {},
      vetChat: options.vetChat ?? null,
      files: options.files,
      takeCode: () => star.takeCode(),
      list: (listed) => listing.list(lobby, listed),
      closed: (reason) => star.close(reason),
    })
    star.role = role
    return role
  }
  return new side.LobbyObject<G>(game, code, newRole, ways)
}

/** Loads the host's side while signalling gives the lobby's code, which is empty offline. When either fails, nothing stays open. */
async function sideAndCode<G extends GameShape>({ options: { offline, signal }, star }: Opening<G>) {
  try {
    const both = await Promise.all([hostSide(), offline ? '' : star.open(signal)])
    if (!offline) signal?.throwIfAborted()
    return both
  } catch (error) {
    star.close('host-left')
    throw error
  }
}

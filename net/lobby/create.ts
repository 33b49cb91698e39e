/** `createLobby`: opens a lobby on this page, over signalling and a star, or offline. */

import type { Game } from '../world/game.ts'
import type { GameShape } from '../world/game-shape.ts'
import { mediaWays } from './connect-options.ts'
import { warnOnce } from './development.ts'
import { DEFAULT_MAX_FILE_BYTES } from './files/lobby-files.ts'
import { checkListed } from './find/public-listing.ts'
import type { LobbyObject } from './lobby.ts'
import type { CreateOptions, HeadlessOptions } from './option-types.ts'
import { type CheckedCreateOptions, checkCreateOptions } from './options.ts'
import type { OwnStar } from './own-star.ts'
import { PageRoles } from './page-roles.ts'
import type { HeadlessLobby, Lobby } from './types.ts'

/**
 * Opens a lobby with this page as its host. When `leave` is called or the page goes, the lobby goes on with another host where there is
 * one (`migration`), else it ends. With `offline` it asks nobody,
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
  const { listed, password = null } = options
  const pages = new PageRoles<G>(
    {
      ...{ game, connect: options, warn, development: checked.development },
      ...{ name: options.player === false ? '' : options.name, vetChat: options.vetChat ?? null },
      mayHost: options.mayHost ?? true,
    },
    '',
  )
  if (listed !== undefined) await checkListed('createLobby', listed)
  const lobby = await openLobby({ game, options, checked, pages })
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
  readonly pages: PageRoles<G>
}

async function openLobby<G extends GameShape>(opening: Opening<G>): Promise<LobbyObject<G>> {
  const { game, options, pages, checked } = opening
  const { maxPlayers, maxSpectators, resumeSeconds, fairHost } = checked
  const star = pages.newStar(maxSpectators, options.player !== false)
  const code = await loadAndOpen(opening, star)
  const { LobbyObject, newHostState } = pages.loaded
  const { state, me } = newHostState(game, {
    ...{ maxPlayers, maxSpectators },
    player: options.player === false ? null : { name: options.name, choice: options.choice ?? {} },
  })
  const ways = mediaWays(options, () => pages.iceServers())
  const { files } = options
  const rules = {
    ...{ resumeSeconds, fairHost, gameOptions: options.options ?? {} },
    maxFileBytes: files === false ? null : (files?.maxBytes ?? DEFAULT_MAX_FILE_BYTES),
  }
  const settings = options.settings ?? {}
  const change = options.migration !== 'off'
  const newRole = (lobby: LobbyObject<G>) => pages.hostRole(lobby, star, { state, me, rules, settings, change })
  return new LobbyObject<G>(game, code, newRole, ways)
}

/** Loads the host's side while signalling gives the lobby's code, which is empty offline. When either fails, nothing stays open. */
async function loadAndOpen<G extends GameShape>(
  { pages, options: { offline, signal } }: Opening<G>,
  star: OwnStar,
): Promise<string> {
  try {
    const [, code] = await Promise.all([pages.load(), offline ? '' : star.open(signal)])
    if (!offline) signal?.throwIfAborted()
    return code
  } catch (error) {
    star.close('host-left')
    throw error
  }
}

/**
 * `quickMatch`: joins the public lobby that fits best, or makes one. In goes what `joinLobby` and `createLobby` take; out
 * comes one lobby, or a reason.
 *
 * Invariants: tries are bounded in number and in time. When it ends, this page is in one lobby at most: what it gave up is
 * left. Of pages that find nobody and all make a lobby, each joins the one that was listed first.
 */

import { StarwireError } from '../../errors/starwire-error.ts'
import { onAbort } from '../../platform/abort.ts'
import { thisPage } from '../../platform/platform.ts'
import type { ListedEntry } from '../../signaling/listing.ts'
import type { Reason } from '../../wire/reasons.ts'
import type { Game } from '../../world/game.ts'
import type { GameShape } from '../../world/game-shape.ts'
import { checkGame, checkKinds, checkNames } from '../../world/given.ts'
import { createLobby } from '../create.ts'
import { joinLobby } from '../join.ts'
import type { LobbyOptions } from '../option-types.ts'
import { checkPlayerName } from '../options.ts'
import type { Lobby } from '../types.ts'
import { checkFilter, look, pingOf } from './find-lobbies.ts'
import type { Listed } from './listed-types.ts'
import { textsOf } from './own-listing.ts'
import type { QuickMatchOptions, QuickMatchStage } from './types.ts'

/** How long measuring may take, in ms. A host that has not answered by then comes after those that have. */
const MEASURE_WITHIN_MS = 600

/** A join that takes longer is given up, in ms: the next lobby is likely to be quicker. */
const JOIN_WITHIN_MS = 6_000

/** No further join is tried after so many ms: the player then gets a lobby of their own. */
const TRY_FOR_MS = 12_000

/** Joins that are tried at most before a lobby is made. */
const MAX_JOINS = 4

/** How often the list is fetched: again when every join failed, since other lobbies may have come meanwhile. */
const MAX_LOOKS = 2

/** Hosts whose round trips differ by less are equally near, in ms: a measurement is wrong by up to a frame or two. */
const SAME_PING_MS = 25

/** Reasons with which no other lobby can be joined either. */
const FATAL: readonly Reason[] = ['no-webrtc', 'refused-origin', 'signaling-down']

const HIDDEN = ['full', 'locked', 'password', 'version-mismatch'] as const

const OPTIONS: { readonly [K in keyof Required<QuickMatchOptions<GameShape>>]: true } = {
  ...{ name: true, signaling: true, iceServers: true, signal: true, WebSocket: true, RTCPeerConnection: true },
  ...{ transport: true, privacy: true, platform: true, mediaPlatform: true, development: true },
  ...{ mayHost: true, vetChat: true },
  ...{ filter: true, title: true, create: true, choice: true, onProgress: true },
}

/**
 * Joins a public lobby that has room, the same build of the game, no lock and no password: one with players before an empty one,
 * then the nearest by measured round trip, then the fullest. When it fills up or does not answer, the next is tried. When
 * there is none, it makes a lobby that is listed with `filter` as its values; `lobby.hosting` then says so. A running
 * match may be joined, too. Takes about a second; it ends within 45 s.
 *
 * @throws StarwireError (rejects) `no-webrtc`, `signaling-down`, `refused-origin`; `rate-limited` or `server-full` when no lobby can
 *   be joined and none be made. With the reason of `signal` when that aborts; then nothing is left open.
 * @throws TypeError, RangeError (rejects) as `joinLobby`, `findLobbies` and `createLobby` do.
 */
export async function quickMatch<G extends GameShape>(game: Game<G>, options: QuickMatchOptions<G>): Promise<Lobby<G>> {
  checkGame('quickMatch', game)
  checkNames('quickMatch', options, Object.keys(OPTIONS))
  checkKinds('quickMatch', options, { onProgress: 'function' })
  const { filter = {}, title = options.name } = options
  checkFilter('quickMatch', filter)
  checkPlayerName(options.name)
  // A title made of an empty name is "Player", as such a name is shown.
  const listed = { ...filter, title: options.title === undefined && title.trim() === '' ? 'Player' : title }
  textsOf('quickMatch', listed, null)
  options.signal?.throwIfAborted()
  return new QuickMatch(game, options, listed).run()
}

class QuickMatch<G extends GameShape> {
  private readonly game: Game<G>
  private readonly options: QuickMatchOptions<G>
  private readonly listed: Listed
  private readonly endAt: number
  /** Codes that were tried, and this page's own. */
  private readonly tried = new Set<string>()
  private joins = 0

  constructor(game: Game<G>, options: QuickMatchOptions<G>, listed: Listed) {
    this.game = game
    this.options = options
    this.listed = listed
    this.endAt = this.platform.now() + TRY_FOR_MS
  }

  async run(): Promise<Lobby<G>> {
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      this.progress('looking for a match')
      const { lobbies, ways } = await this.look(MEASURE_WITHIN_MS)
      const fitting = lobbies.filter(({ code }) => !this.tried.has(code))
      if (fitting.length === 0) break
      const joined = await this.joinFirst(byFit(fitting, (entry) => pingOf(entry, ways)))
      if (joined) return joined
    }
    return this.make()
  }

  private get platform() {
    return this.options.platform ?? thisPage
  }

  private progress(stage: QuickMatchStage): void {
    this.options.onProgress?.(stage)
  }

  private look(measureWithinMs: number) {
    const { filter, signaling, WebSocket, platform, signal } = this.options
    return look(
      {
        ...{ game: this.game, hide: HIDDEN, ...(measureWithinMs === 0 && { pings: 0, sort: 'newest', limit: 50 }) },
        ...(filter && { filter }),
        ...(signaling !== undefined && { signaling }),
        ...(WebSocket && { WebSocket }),
        ...(platform && { platform }),
        ...(signal && { signal }),
      },
      measureWithinMs,
    )
  }

  /** The first of these lobbies that lets this page in. */
  private async joinFirst(entries: readonly ListedEntry[]): Promise<Lobby<G> | null> {
    for (const { code } of entries) {
      if (this.joins >= MAX_JOINS || this.platform.now() >= this.endAt) return null
      this.joins++
      this.tried.add(code)
      const joined = await this.join(code)
      if (joined) return joined
    }
    return null
  }

  /** Null when this lobby cannot be joined, and another may. */
  private async join(code: string): Promise<Lobby<G> | null> {
    const { signal, onProgress } = this.options
    const abort = new AbortController()
    const stopAborting = onAbort(signal, (reason) => abort.abort(reason))
    const cancelTimeout = this.platform.after(JOIN_WITHIN_MS, () => abort.abort(new StarwireError('host-silent')))
    try {
      return await joinLobby(this.game, code, {
        ...this.common,
        signal: abort.signal,
        ...(onProgress && { onProgress }),
      })
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (!(error instanceof StarwireError) || FATAL.includes(error.reason)) throw error
      return null
    } finally {
      cancelTimeout()
      stopAborting()
    }
  }

  /** The options that joining and creating share. */
  private get common(): Omit<LobbyOptions, 'signal'> {
    const { filter: _f, title: _t, create: _c, onProgress: _p, signal: _s, ...common } = this.options
    return common
  }

  private async make(): Promise<Lobby<G>> {
    this.progress('opening a lobby')
    const { signal } = this.options
    const own = await createLobby(this.game, { ...this.options.create, ...this.common, ...(signal && { signal }) })
    this.tried.add(own.code)
    const stopAborting = onAbort(signal, () => own.leave())
    const lobby = await this.joinEarlier(own).catch((error: unknown) => {
      if (!signal?.aborted && error instanceof StarwireError) return own
      own.leave()
      throw error
    })
    stopAborting()
    if (!signal?.aborted) return lobby
    lobby.leave()
    throw signal.reason
  }

  /**
   * Others may have made lobbies in the same moment. Who was listed later sees who was listed before, and joins them; who was
   * listed first sees nobody before, and stays. So all end in one lobby.
   */
  private async joinEarlier(own: Lobby<G>): Promise<Lobby<G>> {
    // Not listed: nobody finds it, but its code works.
    if ((await own.list(this.listed)) !== null) return own
    const { lobbies } = await this.look(0)
    const ownOrder = lobbies.find(({ code }) => code === own.code)?.order ?? 0
    const earlier = lobbies
      .filter(({ code, order, players }) => order < ownOrder && players > 0 && !this.tried.has(code))
      .sort((a, b) => a.order - b.order)
    if (earlier.length === 0 || own.roster.length > 1) return own
    // Taken off the list first, so that nobody comes while this page leaves.
    await own.list(null)
    const joined = await this.joinFirst(earlier)
    if (joined && own.roster.length === 1) {
      own.leave()
      return joined
    }
    // Somebody came here meanwhile, or nobody let this page in.
    joined?.leave()
    void own.list(this.listed)
    return own
  }
}

/** With players first, then the nearest, then the fullest, then the oldest. */
function byFit(entries: readonly ListedEntry[], pingMs: (entry: ListedEntry) => number | null): ListedEntry[] {
  const nearness = (entry: ListedEntry): number => {
    const ping = pingMs(entry)
    return ping === null ? Number.MAX_SAFE_INTEGER : Math.floor(ping / SAME_PING_MS)
  }
  const isEmpty = ({ players }: ListedEntry): number => Number(players === 0)
  return [...entries].sort(
    (a, b) => isEmpty(a) - isEmpty(b) || nearness(a) - nearness(b) || b.players - a.players || a.order - b.order,
  )
}

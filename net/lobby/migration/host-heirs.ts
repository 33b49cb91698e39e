/**
 * Who is heir, on the host's page. In go what guests say of their pages, and the time; out come the heirs in their order, who knows how
 * much, the keys that they show to the lobby server, and their streams of the running match.
 */
import type { Voters } from '../../migration/electorate.ts'
import { closeHeirMessage } from '../../migration/heir-messages.ts'
import { Heirs } from '../../migration/heirs.ts'
import { type Candidate, NO_HEIRS, type Ranking, rankHeirs } from '../../migration/ranking.ts'
import type { SlowData } from '../../migration/slow-data.ts'
import type { HostTakeover } from '../../signaling/host-takeover.ts'
import type { Link } from '../../transport/link.ts'
import type { GameShape } from '../../world/game-shape.ts'
import { type PlayerId, seatOf } from '../../world/ids.ts'
import { sameValue } from '../members/member-data.ts'
import { randomHex } from '../random-hex.ts'
import type { GuestPage } from './migration-messages.ts'
import type { HostMigrationOptions } from './migration-options.ts'
import { hashOf } from './token-hash.ts'

const KEY_BYTES = 16
/** Of a page that has not said yet what it is like. */
const UNSAID: GuestPage = { mayHost: true, headless: false, warm: false, visible: true, reluctant: false, links: 0 }
/** An heir of the host before comes to this one within a few round trips, ms. */
const AWAITED_MS = 3000
/**
 * An heir whose link has gone is one for so long, ms: they may have been voted for, as this host notices by its silent voters, and have to
 * show their key. Longer than `HOST_QUIET_MS` and the time between two rankings.
 */
const LINKLESS_HEIR_MS = 2500
/** An heir's world is less than 150 ms old as a rule; behind by more than this, its way from the host is cut, ms. */
const FRESH_MS = 500

interface Heir {
  readonly key: string
  readonly keyHash: string
  /** The newest version of slow data that it was told outside of a match. */
  toldSlow: number
}

/** What the heirs are told to, and what depends on them. */
export interface HeirNeeds {
  readonly voters: Voters
  readonly takeover: HostTakeover
  /** The lobby, in pieces. */
  readonly slow: SlowData
  /** Others are heirs now: all guests are to be told. */
  changed(): void
  /** Whether most of the voters follow this host. */
  isBacked(): boolean
}

export class HostHeirs<G extends GameShape> {
  private readonly options: Pick<HostMigrationOptions<G>, 'lobby' | 'context' | 'taken'>
  private readonly needs: HeirNeeds
  private readonly pages = new Map<PlayerId, GuestPage>()
  private readonly keys = new Map<PlayerId, Heir>()
  private ranking: Ranking = NO_HEIRS
  /** The lobby server was not told yet who the heirs are. */
  private isNewToServer = false
  /** Whether the lobby server was there at the last look. */
  private wasOnline = false
  /** When each player had a link to this page at the last ranking, ms. */
  private readonly linkedAt = new Map<PlayerId, number>()
  /** Until when heirs of the host before are waited for, ms. */
  private readonly awaitedUntil: number

  constructor(options: Pick<HostMigrationOptions<G>, 'lobby' | 'context' | 'taken'>, needs: HeirNeeds) {
    this.options = options
    this.needs = needs
    this.awaitedUntil = options.taken ? options.context.platform.now() + AWAITED_MS : 0
  }

  /** The heirs, the first in rank first. */
  get list(): readonly PlayerId[] {
    return this.ranking.heirs
  }

  has(player: PlayerId): boolean {
    return this.keys.has(player)
  }

  /** The other heirs of the host before are this one's, so that the next is ready as soon as it can be. */
  takeOver(): void {
    const { taken, context } = this.options
    const { me, roster } = context.members
    const heirs = (taken?.electorate.heirs ?? []).filter(
      (heir) => heir !== me && roster.has(heir) && heir !== taken?.host,
    )
    for (const heir of heirs) this.pages.set(heir, UNSAID)
    this.ranking = { heirs, challenger: null }
    this.changeHeirs()
  }

  setPage(player: PlayerId, page: GuestPage): void {
    this.pages.set(player, page)
  }

  /** A guest has a seat, or has it again. Whatever their page was told before, it is told all of it again. */
  seated(player: PlayerId): void {
    const page = this.pages.get(player)
    if (page) this.pages.set(player, { ...page, warm: false })
    this.feed()
    const heir = this.keys.get(player)
    if (heir) heir.toldSlow = 0
  }

  tellKey(player: PlayerId): void {
    const heir = this.keys.get(player)
    if (heir) this.options.context.seating.peerOf(player)?.tell({ kind: 'heirKey', key: heir.key })
  }

  /** To be called once a second. */
  rank(): void {
    const before = this.ranking.heirs
    this.ranking = rankHeirs(this.candidates(), this.ranking, this.options.context.platform.now())
    if (!sameValue(before, this.ranking.heirs)) this.changeHeirs()
  }

  private candidates(): Candidate[] {
    const { members, seating } = this.options.context
    const candidates: Candidate[] = []
    for (const [player, page] of this.pages) {
      const peer = seating.peerOf(player)
      if (peer) this.linkedAt.set(player, this.options.context.platform.now())
      if ((!peer && !this.isAwaited(player) && !this.hasJustGone(player)) || members.watches(player)) continue
      if (!this.needs.voters.mayBeHeir(player)) continue
      const others = Math.max(1, members.roster.entries.length - (members.me === null ? 1 : 2))
      const { mayHost, headless, reluctant, visible, links } = page
      candidates.push({
        ...{ player, mayHost, headless, reluctant, visible, relayed: peer !== null && isRelayed(peer.link) },
        ...{ reach: Math.min(1, links / others), rttMs: this.roundTripTo(player) },
      })
    }
    return candidates
  }

  /** An heir whose link has gone a moment ago, though their seat waits. */
  private hasJustGone(player: PlayerId): boolean {
    const { members, platform } = this.options.context
    if (!this.ranking.heirs.includes(player) || !members.roster.has(player)) return false
    return platform.now() - (this.linkedAt.get(player) ?? Number.NEGATIVE_INFINITY) < LINKLESS_HEIR_MS
  }

  /** None of the heirs can be reached or is waited for. */
  get areGone(): boolean {
    const { seating } = this.options.context
    const isHere = (heir: PlayerId): boolean => seating.peerOf(heir) !== null
    return !this.list.some((heir) => isHere(heir) || this.isAwaited(heir) || this.hasJustGone(heir))
  }

  /** An heir of the host before, who has not come to this one yet. */
  private isAwaited(player: PlayerId): boolean {
    const { members, platform } = this.options.context
    return this.ranking.heirs.includes(player) && members.roster.has(player) && platform.now() < this.awaitedUntil
  }

  private roundTripTo(player: PlayerId): number {
    return this.options.lobby.match?.host?.session.sending.receivingFrom().get(player)?.rttMs ?? 0
  }

  private changeHeirs(): void {
    const { platform } = this.options.context
    const { heirs } = this.ranking
    for (const heir of this.keys.keys()) if (!heirs.includes(heir)) this.keys.delete(heir)
    for (const heir of heirs) {
      if (this.keys.has(heir)) continue
      const key = randomHex(platform, KEY_BYTES)
      this.keys.set(heir, { key, keyHash: hashOf(key), toldSlow: 0 })
    }
    this.options.lobby.setHeirs(heirs)
    this.needs.voters.setHeirs(heirs)
    this.needs.changed()
    // Before they watch with their keys.
    this.isNewToServer = true
    this.tellServer()
    this.tellKeys()
    this.feed()
  }

  /**
   * Whether the lobby server was told other heirs. A host that too few follow tells it none: the others may have voted for an heir that it
   * was told before, whom it would know no more.
   */
  private tellServer(): boolean {
    if (!this.isNewToServer || !this.needs.isBacked()) return false
    this.isNewToServer = false
    const { heirs } = this.ranking
    this.needs.takeover.setHeirs(
      heirs.map((heir) => ({ seat: seatOf(heir), keyHash: this.keys.get(heir)?.keyHash ?? '' })),
    )
    return true
  }

  private tellKeys(): void {
    for (const heir of this.keys.keys()) this.tellKey(heir)
  }

  /** Heirs who showed their key before the lobby server had heard of them were sent away: once it has, they show it again. */
  noteServer(isOnline: boolean): void {
    const isNews = this.tellServer()
    if (isOnline && (isNews || !this.wasOnline)) this.tellKeys()
    this.wasOnline = isOnline
  }

  /** In a match the heirs' streams tell it, with the world. Before one this does. */
  feed(): void {
    const { lobby, context } = this.options
    const runner = lobby.match?.host ?? null
    const warm = this.ranking.heirs.filter((heir) => this.pages.get(heir)?.warm)
    if (runner) {
      if (warm.length > 0) runner.heirs ??= new Heirs(runner.session, this.needs.slow)
      return runner.heirs?.set(warm)
    }
    for (const player of warm) {
      const peer = context.seating.peerOf(player)
      const heir = this.keys.get(player)
      if (!peer || !heir) continue
      for (const piece of this.needs.slow.since(heir.toldSlow))
        peer.link.send('bulk', closeHeirMessage({ kind: 'slow', epoch: lobby.epoch, ...piece }))
      heir.toldSlow = this.needs.slow.version
    }
  }

  // Who can host.

  get hasHeir(): boolean {
    return this.ranking.heirs.some((heir) => this.isReady(heir))
  }

  /** Whether a page could host at once. */
  isReady(player: PlayerId): boolean {
    const { lobby, context } = this.options
    if (!this.pages.get(player)?.warm || !this.keys.has(player) || !context.seating.peerOf(player)) return false
    const runner = lobby.match?.host
    return !runner || (runner.heirs?.safeTickOf(player) ?? null) !== null
  }

  /** Whether the world that an heir has is of a moment ago. From an older one the match would go back further. */
  private isFresh(player: PlayerId): boolean {
    const runner = this.options.lobby.match?.host
    if (!runner) return true
    const { world, game } = runner.session
    return (runner.heirs?.safeTickOf(player) ?? 0) >= world.tick - (FRESH_MS / 1000) * game.tickRate
  }

  /** The best of the heirs. The last resort is one of the host before, who has not said yet what its page is like. */
  get nextHost(): PlayerId | null {
    const { heirs } = this.ranking
    const { members, seating } = this.options.context
    const isHere = (heir: PlayerId): boolean => members.roster.get(heir)?.presence === 'here'
    // One without a world of the match saves the lobby at least.
    const knowsLobby = (heir: PlayerId): boolean => this.pages.get(heir)?.warm === true && seating.peerOf(heir) !== null
    return (
      heirs.find((heir) => this.isReady(heir) && isHere(heir) && this.isFresh(heir)) ??
      heirs.find((heir) => this.isReady(heir) && isHere(heir)) ??
      heirs.find((heir) => knowsLobby(heir) && isHere(heir)) ??
      heirs.find((heir) => this.isReady(heir)) ??
      heirs.find((heir) => this.isAwaited(heir)) ??
      null
    )
  }

  /** A ready heir that is fitter than a page that is too slow; null: there is none. */
  get better(): PlayerId | null {
    return this.list.find((heir) => this.isReady(heir) && this.pages.get(heir)?.reluctant === false) ?? null
  }

  /** A voter among the heirs that knows the lobby, and has said that it has links to so many that it would be heard by most; null: there is none. */
  get linkedToMost(): PlayerId | null {
    const { voters } = this.needs.voters.current
    const { length } = voters
    const isLinked = ({ warm, links }: GuestPage): boolean => warm && 2 * (1 + links) > length
    return this.list.find((heir) => voters.includes(heir) && isLinked(this.pages.get(heir) ?? UNSAID)) ?? null
  }

  /** Makes a player the first heir, so that a later call may hand over to them. */
  warmUp(player: PlayerId): void {
    const page = this.pages.get(player)
    if (page?.mayHost && this.needs.voters.mayBeHeir(player) && !this.keys.has(player)) {
      this.ranking = { heirs: [player, ...this.ranking.heirs].slice(0, 2), challenger: null }
      this.changeHeirs()
    }
  }
}

function isRelayed(link: Link): boolean {
  const { describe } = link as Link & { describe?(): { readonly route?: string } | null }
  return describe?.call(link)?.route === 'relayed'
}

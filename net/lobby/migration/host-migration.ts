/**
 * The host's side of migration: chooses the heirs, tells them all that a host of this lobby knows, and hands over. In go what guests say
 * of their pages and the time; out come messages to guests, the heirs' streams of the running match, and the end of this page's role.
 *
 * Invariant: who has handed over runs no tick and admits nobody any more.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import { Election, type ElectionAction } from '../../migration/election.ts'
import { type Electorate, type Voter, Voters } from '../../migration/electorate.ts'
import { closeHeirMessage } from '../../migration/heir-messages.ts'
import { Heirs } from '../../migration/heirs.ts'
import { type Candidate, heirsWithWorld, NO_HEIRS, type Ranking, rankHeirs } from '../../migration/ranking.ts'
import { SlowData } from '../../migration/slow-data.ts'
import type { Clock } from '../../platform/worker-clock.ts'
import { type Heard, HostTakeover } from '../../signaling/host-takeover.ts'
import type { Link } from '../../transport/link.ts'
import type { GameShape } from '../../world/game-shape.ts'
import { type PlayerId, seatOf } from '../../world/ids.ts'
import type { GuestPeer } from '../host/guest-peer.ts'
import { sameValue } from '../members/member-data.ts'
import { randomHex } from '../random-hex.ts'
import { piecesOf } from './lobby-copy.ts'
import type { GuestMigrationMessage, GuestPage, HostMigrationMessage } from './migration-messages.ts'
import type { HostMigrationOptions } from './migration-options.ts'
import { hashOf } from './token-hash.ts'

/** How often a second all are told that this page lives, and the lobby is looked at for changes that heirs have to know. */
const LOOKS_PER_SECOND = 5
/** Ranking is looked at once a second; the core's sign of life to the lobby server every two. */
const RANK_EVERY = LOOKS_PER_SECOND
const ALIVE_EVERY = 2 * LOOKS_PER_SECOND
const KEY_BYTES = 16
/** An heir of the host before comes to this one within a few round trips, ms. */
const AWAITED_MS = 3000
/**
 * An heir whose link has gone is one for so long, ms: they may have been voted for, as this host notices by its silent voters, and have to
 * show their key. Longer than `HOST_QUIET_MS` and the time between two rankings.
 */
const LINKLESS_HEIR_MS = 2500
/** An heir's world is less than 150 ms old as a rule; behind by more than this, its way from the host is cut, ms. */
const FRESH_MS = 500
/** A host whom nobody can reach, and who stands still, waits at least so long for the others, ms; else as long as their seats wait. */
const MIN_ABANDONED_MS = 10_000
/** The lobby server's answer to a question takes a round trip, ms. */
const ANSWER_MS = 1000
/** A lobby server that has not answered for so long is not there, whatever its socket says, ms. */
const SERVER_SILENCE_MS = 5000
/** A host that hears too few of its voters for so long hands over to one who has links to most, ms. */
const UNHEARD_MS = 5000
/** Texts that one guest sends to others: two connections of 30 candidates at once, and then some. */
const SIGNALS_PER_SECOND = 20
const SIGNAL_BURST = 150

interface Heir {
  readonly key: string
  readonly keyHash: string
  /** The newest version of slow data that it was told outside of a match. */
  toldSlow: number
}

export class HostMigration<G extends GameShape> {
  private readonly options: HostMigrationOptions<G>
  private readonly pages = new Map<PlayerId, GuestPage>()
  private readonly heirs = new Map<PlayerId, Heir>()
  private readonly signals = new Map<PlayerId, TokenBucket>()
  private readonly slow = new SlowData()
  private readonly told: Record<string, unknown> = {}
  private readonly takeover: HostTakeover
  private readonly clock: Clock
  private ranking: Ranking = NO_HEIRS
  private readonly voters: Voters
  private readonly election: Election
  private looks = 0
  private isStopped = false
  /** The voters, as all were told. */
  private toldVoters: Electorate | null = null
  /** The epoch in which this host has asked for the lobby server's vote; null: none. */
  private claimed: number | null = null
  private serverHeardAt = Number.NEGATIVE_INFINITY
  /** Whether the lobby server was there at the last look. */
  private wasOnline = false
  /** Since when this page stands still without a link to anybody and without the lobby server, ms; null: it does not. */
  private abandonedAt: number | null = null
  /** When each player had a link to this page at the last ranking, ms. */
  private readonly linkedAt = new Map<PlayerId, number>()
  /** Since when too few of the voters are heard, ms; null: enough are. */
  private unheardSince: number | null = null
  /** Until when heirs of the host before are waited for, ms. */
  private readonly awaitedUntil: number

  constructor(options: HostMigrationOptions<G>) {
    const { lobby, context, change } = options
    this.options = options
    this.takeover = new HostTakeover(
      lobby.epoch,
      () => this.sayAlive(),
      (heard) => this.hearServer(heard),
    )
    change.addPart(this.takeover)
    const { me } = context.members
    const electorate = this.firstElectorate(me)
    this.voters = new Voters(electorate, options.taken ? [] : electorate.voters)
    const now = context.platform.now()
    this.awaitedUntil = options.taken ? now + AWAITED_MS : 0
    this.election = options.taken?.election ?? new Election({ me, epoch: lobby.epoch, electorate, now })
    this.clock = context.platform.startClock(LOOKS_PER_SECOND, () => this.look())
    this.noteLobby()
    this.takeOverHeirs()
    this.gate()
  }

  /** The other heirs of the host before are this one's, so that the next is ready as soon as it can be. */
  private takeOverHeirs(): void {
    const { taken, context } = this.options
    const { me, roster } = context.members
    const heirs = (taken?.electorate.heirs ?? []).filter(
      (heir) => heir !== me && roster.has(heir) && heir !== taken?.host,
    )
    const page = { mayHost: true, headless: false, warm: false, visible: true, reluctant: false, links: 0 }
    for (const heir of heirs) this.pages.set(heir, page)
    this.ranking = { heirs, challenger: null }
    this.changeHeirs()
  }

  /**
   * The voters go on from those that this page knew of the host before, so that quorums of the two have a member in common. That host may
   * have told others one version more. None of its numbers is used again.
   */
  private firstElectorate(me: Voter): Electorate {
    const known = this.options.taken?.electorate
    if (!known) return { version: 1, host: me, voters: [me], before: null, heirs: [] }
    return { version: known.version + 2, host: me, voters: known.voters, before: known.before, heirs: [] }
  }

  /** A guest has a seat, or has it again: their page knows nothing of this lobby yet, and says so as soon as that has changed. */
  seated(player: PlayerId): void {
    const page = this.pages.get(player)
    if (page) this.pages.set(player, { ...page, warm: false })
    // Whatever the page was told before, it is told all of it again.
    this.feed()
    const peer = this.options.context.seating.peerOf(player)
    if (!peer) return
    this.tell(peer, this.electorate)
    const heir = this.heirs.get(player)
    if (!heir) return
    heir.toldSlow = 0
    this.tell(peer, { kind: 'heirKey', key: heir.key })
  }

  hear(from: PlayerId, message: GuestMigrationMessage): boolean {
    if (message.kind === 'toPeer') return this.forward(from, message)
    if (message.kind === 'beat') return this.hearBeat(from, message)
    if (message.kind === 'election') {
      this.election.receive(from, message.message, this.options.context.platform.now())
      this.act()
      return true
    }
    const { kind: _, ...page } = message
    this.pages.set(from, page)
    this.rank()
    return true
  }

  /** Passes on what a guest says to an heir, or an heir to a guest. */
  private forward(from: PlayerId, message: Extract<GuestMigrationMessage, { kind: 'toPeer' }>): boolean {
    const { seating, platform } = this.options.context
    const budget = this.signals.get(from) ?? new TokenBucket(SIGNALS_PER_SECOND, SIGNAL_BURST)
    this.signals.set(from, budget)
    if (!budget.take(platform.now())) return false
    const { to, attempt, text } = message
    // An heir may be none any more by now: that is nobody's fault.
    if (!this.heirs.has(from) && !this.heirs.has(to)) return true
    const peer = seating.peerOf(to)
    if (peer && to !== from) this.tell(peer, { kind: 'fromPeer', from, attempt, text })
    return true
  }

  private tell(peer: GuestPeer, message: HostMigrationMessage): void {
    peer.tell(message)
  }

  private hearBeat(from: PlayerId, { epoch, version }: Extract<GuestMigrationMessage, { kind: 'beat' }>): true {
    this.election.hear(from, epoch, this.options.context.platform.now())
    this.voters.ack(from, version)
    this.tellVoters()
    this.act()
    return true
  }

  // Votes.

  /** A match of this host runs no tick without asking the election. */
  private gate(): void {
    const runner = this.options.lobby.match?.host
    if (runner) runner.mayRun ??= () => this.mayRun()
  }

  /** Whether this page may run ticks, start matches and hand over: most of the voters are heard. */
  mayRun(): boolean {
    if (this.isStopped) return false
    this.election.tick(this.options.context.platform.now())
    this.act()
    return !this.isStopped && !this.election.paused
  }

  private act(): void {
    const actions = this.election.take()
    // What is to be said goes first: who votes for this host takes what it says from then on.
    const said = actions.filter((action) => action.do === 'send')
    for (const action of [...said, ...actions.filter((other) => other.do !== 'send')])
      if (!this.isStopped) this.do(action)
  }

  private do(action: ElectionAction): void {
    const { context, raise } = this.options
    switch (action.do) {
      case 'send': {
        const peer = action.to === null ? null : context.seating.linkedPeer(action.to)
        if (peer) this.tell(peer, { kind: 'election', message: action.message })
        return
      }
      case 'follow':
      case 'stop':
        return void this.stepDown()
      case 'ask for epoch':
        return this.takeover.ask()
      case 'host':
        // The guests have voted for this page anew.
        raise(action.epoch)
        return this.takeover.alive(action.epoch)
      case 'ask signalling to vote':
        return this.askForVote(action.epoch)
      default:
        return
    }
  }

  /** The lobby server is for this host in a higher epoch, unless it is for an heir in that one, or another page hosts, which ends this role. */
  private askForVote(epoch: number): void {
    this.claimed = epoch
    this.takeover.alive(epoch)
    this.takeover.ask()
    this.options.context.platform.after(ANSWER_MS, () => this.answerClaim(epoch, false))
  }

  private answerClaim(epoch: number, granted: boolean): void {
    if (this.claimed !== epoch || this.isStopped) return
    this.claimed = null
    this.election.claimAnswered(epoch, granted)
    this.act()
  }

  private hearServer({ epoch, reserved }: Heard): void {
    if (this.isStopped) return
    this.serverHeardAt = this.options.context.platform.now()
    if (this.claimed !== null && this.claimed <= epoch)
      return this.answerClaim(this.claimed, reserved === null || reserved < this.claimed)
    const { epoch: own } = this.options.lobby
    // A match began since the last look.
    this.election.raise(own)
    if (reserved !== null && reserved > own) this.election.reservedElsewhere()
    else this.election.epochAnswered(own)
    this.act()
  }

  /** Another page hosts. This one comes back to its seat as a guest; the lobby ends on a page without a seat. */
  stepDown(): boolean {
    const { lobby, context } = this.options
    if (this.isStopped) return false
    this.stop()
    lobby.match?.host?.stop(context.platform.now())
    lobby.match?.setHost(null)
    // What was played without the others is over: at their host it never was.
    if (this.options.taken?.parted) lobby.matchIsOver()
    if (!this.comesBack(null)) lobby.end('replaced', 'another page hosts this lobby')
    return true
  }

  /** This page goes on as a guest in its seat, over `link` where it has one. False: it has no seat, and nothing more to do in the lobby. */
  private comesBack(link: Link | null): boolean {
    const { lobby, context, change, rules, ownToken, leaveRole, taken } = this.options
    const { me } = context.members
    const token = taken?.parted?.token ?? ownToken()
    const epoch = taken?.parted ? 0 : lobby.epoch + 1
    leaveRole('away')
    if (me === null || token === null) return false
    change.guest(lobby, { me, token, link, epoch, resumeSeconds: rules.resumeSeconds })
    return true
  }

  private beat(): void {
    const { lobby, context } = this.options
    const { voters, election } = this
    voters.setSignalling(election.isAgreed)
    if (!election.paused) this.wantVoters(voters)
    this.tellVoters()
    // A match began.
    election.raise(lobby.epoch)
    const isOnline = lobby.codeState === 'open'
    this.noteServer(isOnline)
    election.setOnline(isOnline)
    election.update(voters.current)
    election.tick(context.platform.now())
    this.act()
    if (this.isStopped) return
    const { version } = voters.current
    for (const peer of context.seating.seated())
      this.tell(peer, { kind: 'beat', epoch: lobby.epoch, version, silent: 0 })
  }

  private wantVoters(voters: Voters): void {
    const { seating, members } = this.options.context
    const players = [...seating.seated()].map(({ player }) => player as PlayerId)
    // Whose link was lost keeps the seat for a while.
    const { taken } = this.options
    const gone = voters.current.voters.filter((voter) =>
      voter === null ? taken?.hasLeft === true && taken.host === null : !members.roster.has(voter),
    )
    voters.want([voters.current.host, ...players], new Set(gone))
  }

  /** The others have gone on without this page, or are gone, and nobody can come: that ends the lobby here, with a reason. */
  private isAbandoned(): boolean {
    const { context, rules } = this.options
    const now = context.platform.now()
    const isServerThere = now - this.serverHeardAt < SERVER_SILENCE_MS
    const isReached = !this.election.paused || isServerThere || !context.seating.seated().next().done
    this.abandonedAt = isReached ? null : (this.abandonedAt ?? now)
    return this.abandonedAt !== null && now - this.abandonedAt > Math.max(MIN_ABANDONED_MS, rules.resumeSeconds * 1000)
  }

  private get isBacked(): boolean {
    return this.election.isBacked
  }

  /** A host without its voters does not stand in the way of an heir that has them. */
  private sayAlive(): void {
    if (this.isBacked) this.takeover.alive(this.options.lobby.epoch)
  }

  private look(): void {
    this.looks++
    this.beat()
    if (this.isStopped) return
    if (this.isAbandoned()) {
      this.stop()
      this.options.lobby.end('signaling-down', 'nobody of the lobby could be reached')
      return this.options.leaveRole('away')
    }
    this.gate()
    if (this.looks % RANK_EVERY === 0) this.rank()
    if (this.looks % ALIVE_EVERY === 0) this.sayAlive()
    this.noteLobby()
    this.feed()
    this.handOverIfUnfit()
  }

  /** A page that is too slow for the match, or hears too few, hands over by itself where another can be expected to be better. */
  private handOverIfUnfit(): void {
    const { lobby, context } = this.options
    const now = context.platform.now()
    this.unheardSince = this.isBacked ? null : (this.unheardSince ?? now)
    // Without a seat this page could not come back.
    if (this.election.paused || context.members.me === null) return
    const isUnheard = this.unheardSince !== null && now - this.unheardSince >= UNHEARD_MS
    const isSlow = lobby.match?.host != null && lobby.match.pace.level === 'slow'
    const { heirs } = this.ranking
    const to = isUnheard
      ? heirs.find((heir) => this.isLinkedToMost(heir))
      : isSlow && heirs.find((heir) => this.isReady(heir) && this.pages.get(heir)?.reluctant === false)
    if (!to) return
    this.sayHandover(to, lobby.epoch + 1, false)
    this.comesBack(this.options.release(to))
  }

  /** Whether an heir that knows the lobby has said that it has links to so many that it would be heard by most. */
  private isLinkedToMost(heir: PlayerId): boolean {
    const page = this.pages.get(heir)
    return page?.warm === true && 2 * (1 + page.links) > this.voters.current.voters.length
  }

  // Who is heir.

  private get players(): number {
    const { roster } = this.options.context.members
    return roster.entries.filter(({ presence, bot }) => presence === 'here' && !bot).length
  }

  private rank(): void {
    // Who hears too few keeps the heirs: one of them may have won, and has to show its key.
    if (!this.isBacked) return
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
      if (!this.voters.mayBeHeir(player)) continue
      const others = Math.max(1, members.roster.entries.length - (members.me === null ? 1 : 2))
      const { mayHost, headless, reluctant, visible, links } = page
      candidates.push({
        ...{ player, mayHost, headless, reluctant, visible, relayed: peer !== null && isRelayed(peer.link) },
        ...{ reach: Math.min(1, links / others), uplink: null, rttMs: this.roundTripTo(player) },
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
    for (const heir of this.heirs.keys()) if (!heirs.includes(heir)) this.heirs.delete(heir)
    for (const heir of heirs) {
      if (this.heirs.has(heir)) continue
      const key = randomHex(platform, KEY_BYTES)
      this.heirs.set(heir, { key, keyHash: hashOf(key), toldSlow: 0 })
    }
    this.voters.setHeirs(heirs)
    this.tellHeirs()
    // Before they watch with their keys.
    this.takeover.setHeirs(heirs.map((heir) => ({ seat: seatOf(heir), keyHash: this.heirs.get(heir)?.keyHash ?? '' })))
    this.tellKeys()
    this.feed()
  }

  private tellKeys(): void {
    for (const [heir, { key }] of this.heirs) {
      const peer = this.options.context.seating.peerOf(heir)
      if (peer) this.tell(peer, { kind: 'heirKey', key })
    }
  }

  /** Heirs who showed their key before the lobby server had heard of them were sent away: once it has, they show it again. */
  private noteServer(isOnline: boolean): void {
    if (isOnline && !this.wasOnline) this.tellKeys()
    this.wasOnline = isOnline
  }

  private get electorate(): HostMigrationMessage {
    const { version, voters, before } = this.voters.current
    return {
      kind: 'heirs',
      version,
      voters: [...voters],
      before: before && [...before],
      heirs: [...this.ranking.heirs],
    }
  }

  /** An ack may have let the voters change: the next change waits until most have heard of this one. */
  private tellVoters(): void {
    const { version, before } = this.voters.current
    if (version !== this.toldVoters?.version || before !== this.toldVoters.before) this.tellHeirs()
  }

  private tellHeirs(): void {
    this.toldVoters = this.voters.current
    for (const peer of this.options.context.seating.seated()) this.tell(peer, this.electorate)
  }

  // What heirs know.

  /** Takes up what has changed in the lobby. */
  private noteLobby(): void {
    const { save, rules } = this.options
    const pieces = piecesOf({ state: save(), rules })
    for (const [piece, value] of Object.entries(pieces)) {
      const seen = piece === 'admission' ? withoutTimes(value) : value
      if (sameValue(this.told[piece] ?? null, seen)) continue
      this.told[piece] = seen
      this.slow.set(piece, value)
    }
  }

  /** In a match the streams of those heirs tell it who are to hold the world, too. This tells the others. */
  private feed(): void {
    const { lobby, context } = this.options
    const runner = lobby.match?.host ?? null
    const warm = this.ranking.heirs.filter((heir) => this.pages.get(heir)?.warm)
    const inMatch = runner ? warm.slice(0, heirsWithWorld(this.players)) : []
    if (runner && !runner.heirs && inMatch.length > 0) runner.heirs = new Heirs(runner.session, this.slow)
    runner?.heirs?.set(inMatch)
    for (const player of warm) {
      if (inMatch.includes(player)) continue
      const peer = context.seating.peerOf(player)
      const heir = this.heirs.get(player)
      if (!peer || !heir) continue
      for (const piece of this.slow.since(heir.toldSlow))
        peer.link.send('bulk', closeHeirMessage({ kind: 'slow', epoch: lobby.epoch, ...piece }))
      heir.toldSlow = this.slow.version
    }
  }

  // Handing over.

  get hasHeir(): boolean {
    return this.ranking.heirs.some((heir) => this.isReady(heir))
  }

  /** Whether a page could host at once. */
  private isReady(player: PlayerId): boolean {
    const { lobby, context } = this.options
    if (!this.pages.get(player)?.warm || !this.heirs.has(player) || !context.seating.peerOf(player)) return false
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
  private get nextHost(): PlayerId | null {
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

  handOver(to: PlayerId): boolean {
    const { lobby, context, release } = this.options
    if (!this.isReady(to)) return this.warmUp(to)
    this.sayHandover(to, lobby.epoch + 1, context.members.me === null)
    if (!this.comesBack(release(to))) lobby.end(null)
    return true
  }

  /** Makes a player the first heir, so that a later call may hand over to them. */
  private warmUp(player: PlayerId): false {
    const page = this.pages.get(player)
    if (page?.mayHost && this.voters.mayBeHeir(player) && !this.heirs.has(player)) {
      this.ranking = { heirs: [player, ...this.ranking.heirs].slice(0, 2), challenger: null }
      this.changeHeirs()
    }
    return false
  }

  leave(): boolean {
    const heir = this.nextHost
    if (heir === null) return false
    const { lobby } = this.options
    this.sayHandover(heir, lobby.epoch + 1, true)
    lobby.end(null)
    this.options.leaveRole('away')
    return true
  }

  pageGone(): boolean {
    const heir = this.nextHost
    if (heir === null) return false
    // It may be a reload: the seat waits.
    this.sayHandover(heir, this.options.lobby.epoch + 1, false, false)
    return true
  }

  /**
   * Stops the match, and says who goes on. The heir is told the last of all that this page knows before. `hasTime`: this page stays
   * until all is sent.
   */
  private sayHandover(heir: PlayerId, epoch: number, leaves: boolean, hasTime = true): void {
    const { lobby, context } = this.options
    const { match } = lobby
    const peer = context.seating.peerOf(heir)
    this.noteLobby()
    const runner = match?.host ?? null
    if (!runner) this.feed()
    // A page that goes sends what is short: of the longer none would come.
    else if (peer && hasTime)
      for (const bytes of runner.heirs?.lastFor(heir, context.platform.now()) ?? []) peer.link.send('bulk', bytes)
    const tick = runner ? runner.stop(context.platform.now()) : null
    match?.setHost(null)
    for (const each of context.seating.seated()) this.tell(each, { kind: 'handover', epoch, heir, tick, leaves })
    this.takeover.handOver(seatOf(heir), epoch)
    this.stop()
  }

  stop(): void {
    if (this.isStopped) return
    this.isStopped = true
    this.clock.stop()
  }
}

function isRelayed(link: Link): boolean {
  const { describe } = link as Link & { describe?(): { readonly route?: string } | null }
  return describe?.call(link)?.route === 'relayed'
}

/** Times of kicks run out by themselves. */
function withoutTimes(value: unknown): unknown {
  const { kicks, ...rest } = value as { readonly kicks: readonly { readonly mark: string }[] }
  return { ...rest, kicks: kicks.map(({ mark }) => mark) }
}

/**
 * The host's side of migration: who votes, whether this page may run the match, and how it hands over. Its heirs are in `host-heirs.ts`. In go what
 * guests and the lobby server say, and the time; out come messages to guests, and the end of this page's role.
 *
 * Invariant: who has handed over runs no tick and admits nobody any more.
 */
import { Election } from '../../migration/election.ts'
import type { ElectionAction } from '../../migration/election-messages.ts'
import { type Electorate, type Voter, Voters } from '../../migration/electorate.ts'
import type { Cancel } from '../../platform/platform.ts'
import type { Clock } from '../../platform/worker-clock.ts'
import { type Heard, HostTakeover } from '../../signaling/host-takeover.ts'
import type { Link } from '../../transport/link.ts'
import type { GameShape } from '../../world/game-shape.ts'
import { type PlayerId, seatOf } from '../../world/ids.ts'
import { type SeatTokens, withNewest } from '../guest/seat-tokens.ts'
import type { GuestPeer } from '../host/guest-peer.ts'
import { HostHeirs } from './host-heirs.ts'
import { LobbyPieces } from './lobby-pieces.ts'
import type { GuestMigrationMessage, HostMigrationMessage } from './migration-messages.ts'
import type { HostMigrationOptions } from './migration-options.ts'
import { PeerSignals } from './peer-signals.ts'
import { WordAges } from './word-ages.ts'

/** How often a second all are told that this page lives, and the lobby is looked at for changes that heirs have to know. */
const LOOKS_PER_SECOND = 5
/** Ranking is looked at once a second; the core's sign of life to the lobby server every two. */
const RANK_EVERY = LOOKS_PER_SECOND
const ALIVE_EVERY = 2 * LOOKS_PER_SECOND
/** A host whom nobody can reach, and who stands still, waits at least so long for the others, ms; else as long as their seats wait. */
const MIN_ABANDONED_MS = 10_000
/** The lobby server's answer to a question takes a round trip, ms. */
const ANSWER_MS = 1000
/** A lobby server that has not answered for so long is not there, whatever its socket says, ms. */
const SERVER_SILENCE_MS = 5000
/** A host that hears too few of its voters for so long hands over to one who has links to most, ms. */
const UNHEARD_MS = 5000

export class HostMigration<G extends GameShape> {
  private readonly options: HostMigrationOptions<G>
  private readonly pieces = new LobbyPieces()
  private readonly signals: PeerSignals
  private readonly heirs: HostHeirs<G>
  private readonly takeover: HostTakeover
  private readonly clock: Clock
  private readonly voters: Voters
  private readonly election: Election
  private readonly ages = new WordAges()
  private looks = 0
  private isStopped = false
  private readonly stopListening: Cancel
  /** The voters, as all were told. */
  private toldVoters: Electorate | null = null
  /** The epoch in which this host has asked for the lobby server's vote; null: none. */
  private claimed: number | null = null
  private serverHeardAt = Number.NEGATIVE_INFINITY
  /** Since when this page stands still without a link to anybody and without the lobby server, ms; null: it does not. */
  private abandonedAt: number | null = null
  /** Since when too few of the voters are heard, ms; null: enough are. */
  private unheardSince: number | null = null

  constructor(options: HostMigrationOptions<G>) {
    const { lobby, context, change } = options
    this.options = options
    this.takeover = new HostTakeover(
      lobby.epoch,
      () => this.sayAlive(),
      (heard) => this.hearServer(heard),
    )
    const { me } = context.members
    const electorate = this.firstElectorate(me)
    this.voters = new Voters(electorate, options.taken ? [] : electorate.voters)
    const now = context.platform.now()
    this.election =
      options.taken?.election ?? new Election({ me, epoch: lobby.epoch, electorate, now, promised: lobby.promised })
    this.clock = context.platform.startClock(LOOKS_PER_SECOND, () => this.look())
    this.noteLobby()
    const { slow } = this.pieces
    const { voters, takeover } = this
    this.heirs = new HostHeirs<G>(options, {
      ...{ voters, takeover, slow },
      changed: () => this.tellHeirs(),
      isBacked: () => this.isBacked,
    })
    this.signals = new PeerSignals(context, (player) => this.heirs.has(player))
    this.heirs.takeOver()
    change.addPart(this.takeover)
    this.stopListening = context.platform.onFreeze(() => this.pageFreezes())
    this.gate()
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
    this.heirs.seated(player)
    this.ages.forget(player)
    const peer = this.options.context.seating.peerOf(player)
    if (!peer) return
    this.tell(peer, this.electorate)
    this.heirs.tellKey(player)
  }

  hear(from: PlayerId, message: GuestMigrationMessage): boolean {
    if (message.kind === 'toPeer') return this.signals.forward(from, message)
    if (message.kind === 'beat') return this.hearBeat(from, message)
    if (message.kind === 'election') {
      this.election.receive(from, message.message, this.options.context.platform.now())
      this.act()
      return true
    }
    const { kind: _, ...page } = message
    this.heirs.setPage(from, page)
    this.rank()
    return true
  }

  private tell(peer: GuestPeer, message: HostMigrationMessage): void {
    peer.tell(message)
  }

  private hearBeat(from: PlayerId, { epoch, version, at }: Extract<GuestMigrationMessage, { kind: 'beat' }>): true {
    const now = this.options.context.platform.now()
    if (at === 0 || !this.ages.isOld(from, Math.max(0, now - at), now)) this.election.hear(from, epoch, now)
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
      case 'pause':
      case 'resume':
        return this.options.lobby.setPaused(action.do === 'pause')
      case 'host':
        // The guests have voted for this page anew.
        raise(action.epoch)
        this.options.lobby.setPaused(false)
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
    const { lobby, context, change, rules, leaveRole, taken } = this.options
    const { me } = context.members
    const epoch = taken?.parted ? 0 : lobby.epoch + 1
    lobby.promised = Math.max(lobby.promised, this.election.promisedEpoch)
    leaveRole('away')
    const tokens = this.seatTokens
    if (me === null || tokens === null) return false
    change.guest(lobby, { me, tokens, link, epoch, resumeSeconds: rules.resumeSeconds })
    return true
  }

  /** Lead to this page's seat, also at one who takes over from a host before and has heard of nothing that this one gave. Null: it has none. */
  private get seatTokens(): SeatTokens | null {
    const { ownToken, taken } = this.options
    if (taken?.parted) return taken.seatTokens
    const own = ownToken()
    return own === null ? null : withNewest(own, taken?.seatTokens ?? [])
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
    election.setOnline(isOnline)
    election.update(voters.current)
    election.tick(context.platform.now())
    this.act()
    if (this.isStopped) return
    this.heirs.noteServer(isOnline)
    const { version } = voters.current
    const at = Math.floor(context.platform.now())
    for (const peer of context.seating.seated())
      this.tell(peer, { kind: 'beat', epoch: lobby.epoch, version, silent: 0, at })
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
    this.heirs.feed()
    this.handOverIfUnfit()
  }

  private rank(): void {
    // Who hears too few keeps the heirs, as one of them may have won; but it can hand over to nobody while none of them is there.
    // A fork ends with its page.
    const isAlone = !this.election.paused && !this.options.taken?.parted && this.heirs.areGone
    if (this.isBacked || isAlone) this.heirs.rank()
  }

  private noteLobby(): void {
    const { save, rules } = this.options
    this.pieces.note({ state: save(), rules })
  }

  /** A page that is too slow for the match, or hears too few, hands over by itself where another can be expected to be better. */
  private handOverIfUnfit(): void {
    const { lobby, context } = this.options
    const now = context.platform.now()
    this.unheardSince = this.isBacked ? null : (this.unheardSince ?? now)
    if (this.election.paused) return
    const isUnheard = this.unheardSince !== null && now - this.unheardSince >= UNHEARD_MS
    const isSlow = lobby.match?.host != null && lobby.match.pace.level === 'slow'
    const to = isUnheard ? this.heirs.linkedToMost : isSlow && this.heirs.better
    if (!to) return
    this.sayHandover(to, lobby.epoch + 1, context.members.me === null)
    // A host without a player has no seat to come back to.
    if (!this.comesBack(this.options.release(to)))
      lobby.end('replaced', 'this host was too slow, or heard too few, and handed the lobby over')
  }

  private get electorate(): HostMigrationMessage {
    const { version, voters, before } = this.voters.current
    return {
      kind: 'heirs',
      version,
      voters: [...voters],
      before: before && [...before],
      heirs: [...this.heirs.list],
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

  // Handing over.

  get hasHeir(): boolean {
    return this.heirs.hasHeir
  }

  handOver(to: PlayerId): boolean {
    const { lobby, context, release } = this.options
    if (!this.heirs.isReady(to)) {
      this.heirs.warmUp(to)
      return false
    }
    this.sayHandover(to, lobby.epoch + 1, context.members.me === null)
    if (!this.comesBack(release(to))) lobby.end(null)
    return true
  }

  leave(): boolean {
    const heir = this.heirs.nextHost
    if (heir === null) return false
    const { lobby } = this.options
    this.sayHandover(heir, lobby.epoch + 1, true)
    lobby.end(null)
    this.options.leaveRole('away')
    return true
  }

  pageGone(): boolean {
    const heir = this.heirs.nextHost
    if (heir === null) return false
    // It may be a reload: the seat waits.
    this.sayHandover(heir, this.options.lobby.epoch + 1, false, false)
    return true
  }

  /** The browser stops this page, maybe for long. It is a guest in its seat when it goes on. */
  private pageFreezes(): void {
    const { lobby, context, release } = this.options
    const heir = this.heirs.nextHost
    if (heir === null || this.election.paused) return
    this.sayHandover(heir, lobby.epoch + 1, context.members.me === null, false)
    if (!this.comesBack(release(heir))) lobby.end('replaced', 'this page was frozen, and handed the lobby over')
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
    if (!runner) this.heirs.feed()
    // A page that goes sends what is short: of the longer none would come.
    else if (peer && hasTime)
      for (const bytes of runner.heirs?.lastFor(heir, context.platform.now()) ?? []) peer.link.send('bulk', bytes)
    const tick = runner ? runner.stop(context.platform.now()) : null
    match?.setHost(null)
    const { right } = this.options.change
    for (const each of context.seating.seated())
      this.tell(each, { kind: 'handover', epoch, heir, tick, leaves, right: each === peer ? right : null })
    this.takeover.handOver(seatOf(heir), epoch)
    this.stop()
  }

  stop(): void {
    if (this.isStopped) return
    this.isStopped = true
    this.clock.stop()
    this.stopListening()
    this.options.lobby.setPaused(false)
  }
}

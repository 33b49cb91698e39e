/**
 * Who hosts: one member's part in votes and fencing. In go what is heard from whom, messages of the others, answers of signalling, and
 * the time; out come actions. A pure state machine: no timer, no link. A host's quorum is in `host-quorum.ts`, a voter's part in `ballot.ts`, a candidate's in
 * `candidacy.ts`, and who is heard in `contacts.ts`.
 *
 * Invariants, whatever is lost, late or said by liars:
 * - An epoch has one host at most. A claim needs a strict majority of the voters, or exactly half of them and signalling's vote;
 *   while a change of the voters is under way, in the voters of before, too. Nobody votes for a claim that is counted on older voters
 *   than their own. Each voter and signalling have one vote for an epoch. Claims are for the first epoch of a term, which no host takes of its own
 *   accord: a match that a host starts before it knows that it is cut off has no number of another host. A fork has a number of its own seat.
 * - Who has voted for an epoch takes nothing more from a host of a lower one, until the claim is withdrawn. A withdrawn claim never wins.
 * - A host that does not hear enough voters pauses, so that of two hosts in different parts of a network one stands still.
 * - Of two hosts in touch the one of the higher epoch goes on, unless the lower one can prove the other wrong: while it hears a
 *   strict majority in its own epoch, no majority can have voted for another.
 */
import type { PlayerId } from '../world/ids.ts'
import { Ballot } from './ballot.ts'
import { Candidacy } from './candidacy.ts'
import { Contacts } from './contacts.ts'
import type { ElectionAction, ElectionMessage, ElectionRefusal } from './election-messages.ts'
import {
  CLAIM_MS,
  HOST_QUIET_MS,
  RECLAIM_MS,
  RETRY_MS,
  SILENCE_MS,
  SILENCE_VOTER_MS,
  SUSPENDED_MS,
  TELL_MS,
} from './election-times.ts'
import { type Electorate, membersOf, type Tally, tally, type Voter } from './electorate.ts'
import { HostQuorum } from './host-quorum.ts'
import { forkEpoch, nextTerm } from './next-epochs.ts'
import { behindMs, patienceMs } from './patience.ts'

/** More heirs of before than this are no honest host's: it names two at a time, and seldom others. */
const MAX_FORMER_HEIRS = 64

export interface ElectionOptions {
  readonly me: Voter
  readonly epoch: number
  readonly electorate: Electorate
  readonly now: number
  /** The highest epoch that this page voted for in earlier elections of the lobby. Default: none. */
  readonly promised?: number
}

export class Election {
  /** The epoch that this page plays, and its host. */
  epoch: number
  host: Voter
  /** As an heir: a match runs, of which this page has no world, so that it would be over here. */
  lacksWorld = false
  /** As an heir: a match runs, of which one heir may know more than another. */
  inMatch = false
  readonly refusals: { [refusal in ElectionRefusal]?: number } = {}
  private readonly me: Voter
  private electorate: Electorate
  /** Heirs in earlier versions of this host's: one of them may have won by votes before it was named no more. */
  private readonly formerHeirs = new Set<Voter>()
  private now: number
  private actions: ElectionAction[] = []
  private readonly contacts = new Contacts()
  private readonly ballot: Ballot
  private readonly candidacy = new Candidacy()
  private readonly quorum = new HostQuorum()
  private online = false
  private hostGone = false
  /** The host before has named this one, who has not been heard since. */
  private isHanded = false
  private readonly told = new Map<Voter, number>()

  constructor({ me, epoch, electorate, now, promised = 0 }: ElectionOptions) {
    this.me = me
    this.epoch = epoch
    this.ballot = new Ballot(Math.max(epoch, promised))
    this.electorate = electorate
    this.host = electorate.host
    this.now = now
    this.contacts.begin(membersOf(electorate), now)
  }

  /** The actions since the last call. */
  take(): ElectionAction[] {
    return this.actions.splice(0)
  }

  /** The host told other voters or heirs. Versions that go back are dropped. */
  update(electorate: Electorate): void {
    if (electorate.version < this.electorate.version) return
    const known = membersOf(this.electorate)
    this.contacts.begin(
      electorate.voters.filter((voter) => !known.includes(voter)),
      this.now,
    )
    for (const heir of this.electorate.heirs) this.formerHeirs.add(heir)
    if (this.formerHeirs.size > MAX_FORMER_HEIRS) this.formerHeirs.clear()
    this.electorate = electorate
  }

  /** The highest epoch that this page voted for, or plays. */
  get promisedEpoch(): number {
    return this.ballot.promised
  }

  /**
   * The same host has begun a match. What was heard and promised stays: a host that is cut off gains no time by it, and who has voted
   * has no second vote.
   */
  raise(epoch: number): void {
    if (epoch <= this.epoch) return
    this.withdraw()
    if (this.ballot.promised <= epoch) this.ballot.vote = null
    this.epoch = epoch
    this.ballot.raise(epoch)
  }

  /** Whether signalling can be reached. */
  setOnline(online: boolean): void {
    this.online = online
  }

  /** Signalling says that the host's socket was closed by its own end. */
  noteHostGone(): void {
    this.hostGone = true
  }

  // What is heard.

  /**
   * Something came from a member, who plays this epoch. Returns whether to use it: what is of a lower epoch, or of a host whom this
   * page has voted out, is not for it. `hostSilentMs`: for how long they have heard nothing of the host. Default: for ever.
   * `version`: of the voters that they know. Default: an old one.
   */
  hear(peer: Voter, epoch: number, now: number, hostSilentMs = Number.POSITIVE_INFINITY, version = 0): boolean {
    this.now = now
    if (epoch < this.epoch) this.tellEpoch(peer)
    if (epoch !== this.epoch) return false
    this.contacts.note(peer, now, hostSilentMs, version)
    if (peer !== this.host || this.me === this.host) return true
    this.hostGone = this.isHanded = false
    if (this.candidacy.claim) this.withdraw()
    const { vote, promised } = this.ballot
    if (!vote) return true
    // Its claim was not withdrawn, and won nothing: it may be dead. The host asks all for their votes anew.
    if (now - vote.at > RECLAIM_MS && this.mayTell(peer)) this.send(peer, { type: 'promised', epoch: promised })
    return false
  }

  /**
   * Whether this page sends anything to a member: to a host whom it has voted out it says nothing, so that the host does not count
   * it among its voters.
   */
  saysTo(peer: Voter): boolean {
    return this.ballot.vote === null || peer !== this.host
  }

  private silenceOf(member: Voter): number {
    return this.contacts.silenceOf(member, this.now)
  }

  /** What this page and the voters come to whom it has heard within so many ms. */
  private heardWithin(ms: number): Tally {
    return tally(this.electorate, (voter) => voter === this.me || this.silenceOf(voter) <= ms)
  }

  /** For how long this page has heard nothing of its host, ms. */
  get hostSilentMs(): number {
    return Math.max(0, Math.round(this.silenceOf(this.host)))
  }

  private get isHostHeard(): boolean {
    return this.me === this.host ? !this.paused : this.silenceOf(this.host) < SILENCE_VOTER_MS
  }

  /** Whose claim has this page's vote, while it may still win; null: nobody's. */
  get votedFor(): PlayerId | null {
    return this.ballot.vote?.by ?? null
  }

  /** Whether nobody is heard at all: then this page's own network is gone, and it claims nothing. */
  get isDark(): boolean {
    const others = membersOf(this.electorate).filter((voter) => voter !== this.me && voter !== this.host)
    return !this.online && others.every((voter) => this.silenceOf(voter) > SILENCE_VOTER_MS)
  }

  /** To be called often: every 100 ms or so, and before a host ticks. */
  tick(now: number): void {
    const slept = now - this.now > SUSPENDED_MS
    this.now = now
    if (this.me === this.host) return this.tickHost()
    // Who slept heard nobody, and knows nothing of who lives: they wait as if all had begun now.
    if (slept) this.contacts.begin(membersOf(this.electorate), now)
    if (this.candidacy.claim) {
      if (this.candidacy.isOver(now)) this.withdraw()
      return
    }
    if (this.mayClaim) this.beginClaim()
  }

  // As a host.

  /** Stands still, since too few are heard. */
  get paused(): boolean {
    return this.quorum.paused
  }

  /** A majority of the voters is heard, or half and signalling is with it. */
  get isBacked(): boolean {
    return this.quorum.isBacked
  }

  /** Signalling has answered of late that nobody else has its vote. */
  get isAgreed(): boolean {
    return this.quorum.isAgreed(this.now)
  }

  private tickHost(): void {
    if (this.candidacy.isOver(this.now)) this.withdraw()
    const { contacts, electorate, me, now, online: isOnline } = this
    const isChanging = electorate.before !== null
    const here = this.heardWithin(HOST_QUIET_MS)
    const said = tally(electorate, (voter) => voter === me || contacts.hasSpoken(voter))
    this.actions.push(...this.quorum.look({ here, said }, { isOnline, isChanging }, now))
  }

  /** Signalling knows this epoch as the highest of the lobby. */
  epochAnswered(epoch: number): void {
    if (this.me !== this.host) return
    if (epoch > this.epoch) this.actions.push({ do: 'stop', epoch })
    else this.quorum.agreed(this.now)
  }

  /** Signalling has given its vote to an heir, who may win with it. */
  reservedElsewhere(): void {
    this.quorum.disagreed(this.now)
  }

  /**
   * As a host: asks for the votes for a higher epoch, since a voter has voted for somebody who is silent now, or somebody forked. At
   * most once in a while, whoever says so.
   */
  private reclaim(epoch: number): void {
    const { candidacy, ballot, now } = this
    if (this.me !== this.host || candidacy.claim || epoch <= this.epoch || now < candidacy.nextAt) return
    if (ballot.isTooFar(epoch)) return this.refuse('epoch')
    ballot.raise(epoch)
    candidacy.nextAt = now + RECLAIM_MS
    this.beginClaim()
  }

  // As a candidate.

  /** This page's place among the heirs who do not host; below 0: it is none. */
  private get rank(): number {
    const heirs: readonly Voter[] = this.electorate.heirs
    return heirs.filter((heir) => heir !== this.host).indexOf(this.me)
  }

  private get mayClaim(): boolean {
    const { me, host, electorate, contacts, now, rank, isHanded, lacksWorld } = this
    if (rank < 0 || now < this.candidacy.nextAt) return false
    const behind = this.inMatch ? behindMs({ me, host, electorate, contacts }, now) : 0
    const patience = patienceMs({ ...{ rank, isHanded, lacksWorld }, hostGone: this.hostGone, behindMs: behind })
    if (this.silenceOf(host) - behind < patience) return false
    const { vote } = this.ballot
    return !(vote && now - vote.at < CLAIM_MS) && !this.isDark && this.mayWin
  }

  /** Whether enough are heard who do not hear the host either. A claim that cannot win uses its epoch up. */
  private get mayWin(): boolean {
    const { electorate, contacts, now } = this
    const isFree = (voter: Voter): boolean =>
      voter === this.me || (voter !== this.host && contacts.mayVote(voter, electorate.version, now))
    const free = tally(electorate, isFree)
    return free === 'majority' || (free === 'half' && this.online)
  }

  private beginClaim(): void {
    const { ballot, candidacy, host, me, now } = this
    const { promised } = ballot
    const epoch = candidacy.mayClaimAgain(promised, host) ? promised : nextTerm(promised)
    ballot.give(me, epoch, now)
    candidacy.begin(epoch, { ...this.electorate, host }, me, now)
    this.sendAll({ type: 'claim', epoch, roster: this.electorate.version })
    this.weigh()
  }

  /** Looks what the claim has come to. */
  private weigh(): void {
    const { claim, outcome } = this.candidacy
    if (!claim) return
    if (outcome === 'won') this.becomeHost(claim.epoch, false)
    else if (outcome === 'lost') this.withdraw()
    else if (outcome === 'needs signalling' && this.online) {
      claim.signalling = 'asked'
      this.actions.push({ do: 'ask signalling to vote', epoch: claim.epoch })
    }
  }

  /** What signalling answered to a claim: whether this page has its vote. */
  claimAnswered(epoch: number, granted: boolean): void {
    if (this.me === this.host && this.epoch === epoch) return
    const { claim } = this.candidacy
    if (claim?.epoch !== epoch) {
      if (granted) this.actions.push({ do: 'give back', epoch })
      return
    }
    claim.signalling = granted ? 'granted' : 'refused'
    this.weigh()
  }

  private becomeHost(epoch: number, fork: boolean): void {
    this.candidacy.reset()
    this.accept(epoch, this.me, { fork, isVoted: !fork })
    this.actions.push({ do: 'host', epoch, fork })
    this.sendAll({ type: 'hosting', epoch, host: this.me, fork })
  }

  private withdraw(): void {
    const claim = this.candidacy.end()
    if (!claim) return
    this.ballot.vote = null
    if (claim.signalling === 'granted') this.actions.push({ do: 'give back', epoch: claim.epoch })
    this.candidacy.nextAt = this.now + RETRY_MS * (1 + Math.max(0, this.rank))
    this.sendAll({ type: 'withdrawn', epoch: claim.epoch })
  }

  /** Whether the player may choose to play on: the host is silent, and no quorum can be had. */
  get mayPlayOn(): boolean {
    return this.me !== this.host && this.rank >= 0 && this.silenceOf(this.host) >= SILENCE_MS && !this.mayWin
  }

  /** The player chose to. A higher epoch ends the fork at first contact. */
  playOn(now: number): void {
    this.now = now
    if (!this.mayPlayOn) return
    this.becomeHost(forkEpoch(this.ballot.promised, this.me), true)
  }

  // Messages of the others.

  /** A message of a member, over whatever link. */
  receive(from: Voter, message: ElectionMessage, now: number): void {
    this.now = now
    if (!membersOf(this.electorate).includes(from) && !this.mayHaveWon(from)) return this.refuse('no voter')
    switch (message.type) {
      case 'claim':
        return this.hearClaim(from, message.epoch, message.roster)
      case 'vote':
        return this.hearVote(from, message.epoch)
      case 'lives':
        this.candidacy.refuse(from, message.epoch)
        return this.weigh()
      case 'withdrawn':
        return this.ballot.withdrawn(from, message.epoch)
      case 'hosting':
        // What they said before as a guest of this host may have waited while this page slept.
        if (this.me === this.host && message.epoch > this.epoch && !message.fork) this.contacts.forget(from)
        return this.hearHosting(from, message)
      case 'claimed':
        if (this.me === this.host) this.hearHosting(message.by, { epoch: message.epoch, host: message.by, fork: false })
        return
      case 'promised':
        return this.reclaim(message.epoch)
    }
  }

  /** The heirs, and who hosts already: also the one from whom a fork parted. */
  private mayHost(player: Voter): boolean {
    return (
      this.electorate.heirs.some((heir) => heir === player) || player === this.host || player === this.electorate.host
    )
  }

  /** Those, and heirs of before. */
  private mayHaveWon(player: Voter): boolean {
    return this.mayHost(player) || this.formerHeirs.has(player)
  }

  private refuse(refusal: ElectionRefusal): void {
    this.refusals[refusal] = (this.refusals[refusal] ?? 0) + 1
  }

  private hearClaim(from: Voter, epoch: number, roster: number): void {
    if (!this.mayHost(from)) return this.refuse('no heir')
    if (epoch <= this.epoch) return this.tellEpoch(from)
    const position = { version: this.electorate.version, isHostHeard: from !== this.host && this.isHostHeard }
    const refusal = this.ballot.refusalOf({ epoch, roster }, position)
    if (refusal) {
      this.refuse(refusal)
      if (refusal !== 'epoch') this.send(from, { type: 'lives', epoch })
      return
    }
    // A paused host does not vote: it would give up a lobby that may come back to it.
    if (this.me === this.host) return
    this.withdraw()
    this.ballot.give(from, epoch, this.now)
    this.send(from, { type: 'vote', epoch })
  }

  private hearVote(from: Voter, epoch: number): void {
    const { claim } = this.candidacy
    if (claim?.epoch === epoch) claim.vote(from)
    else if (!(this.me === this.host && this.epoch === epoch)) this.send(from, { type: 'withdrawn', epoch })
    this.weigh()
  }

  private hearHosting(
    from: Voter,
    { epoch, host, fork }: Omit<Extract<ElectionMessage, { type: 'hosting' }>, 'type'>,
  ): void {
    if (epoch <= this.epoch) return epoch < this.epoch ? this.tellEpoch(from) : undefined
    if (!this.mayHaveWon(host)) return this.refuse('no heir')
    if (host === this.me) return this.refuse('not hosting')
    const { ballot } = this
    if (ballot.isTooFar(epoch)) return this.refuse('epoch')
    if (this.me === this.host) {
      const here = this.heardWithin(SILENCE_VOTER_MS)
      // Where it is half of them, signalling knows who hosts, and is asked.
      if (here === 'majority' || (here === 'half' && this.online && !this.paused)) {
        this.refuse('host lives')
        // A fork is no lie. It comes back once this host has a higher epoch.
        if (fork) this.reclaim(epoch)
        return
      }
      this.follow(epoch, host)
      return this.sendAll({ type: 'hosting', epoch, host, fork: false })
    }
    // The claim that has this page's vote may have won since, and is for a higher epoch. It has not, when its own heir names another host.
    const votedFor = ballot.vote && ballot.vote.by !== from ? ballot.vote.by : host
    if (votedFor !== host && epoch < ballot.promised) return this.refuse('promised')
    // The host is heard: it decides whether that is true, and says so.
    if (from !== this.host && !ballot.vote && this.isHostHeard) {
      this.refuse('host lives')
      if (this.mayTell(this.host)) this.send(this.host, { type: 'claimed', epoch, by: host })
      return
    }
    this.follow(epoch, host)
  }

  // The change.

  /** The host has stopped and named who hosts this epoch. The others go on by votes when that page says nothing. */
  handOver(epoch: number, host: Voter, now: number): void {
    this.now = now
    if (epoch <= this.epoch) return
    this.withdraw()
    this.accept(epoch, host)
    this.isHanded = host !== this.me
  }

  private follow(epoch: number, host: Voter): void {
    this.withdraw()
    this.accept(epoch, host)
    this.actions.push({ do: 'follow', epoch, host })
  }

  private accept(epoch: number, host: Voter, how = { fork: false, isVoted: false }): void {
    this.epoch = epoch
    this.host = host
    this.ballot.raise(epoch)
    this.ballot.vote = null
    this.quorum.begin(how)
    this.candidacy.reset()
    this.hostGone = this.isHanded = false
    this.formerHeirs.clear()
    this.contacts.beginAnew(membersOf(this.electorate), this.now)
  }

  // What is told.

  private tellEpoch(peer: Voter): void {
    const { epoch, host, quorum } = this
    if (this.mayTell(peer)) this.send(peer, { type: 'hosting', epoch, host, fork: quorum.fork })
  }

  /** Once a second to each, so that nobody makes this page talk. */
  private mayTell(peer: Voter): boolean {
    if (this.now - (this.told.get(peer) ?? Number.NEGATIVE_INFINITY) < TELL_MS) return false
    this.told.set(peer, this.now)
    return true
  }

  private send(to: Voter, message: ElectionMessage): void {
    this.actions.push({ do: 'send', to, message })
  }

  private sendAll(message: ElectionMessage): void {
    for (const voter of membersOf(this.electorate)) if (voter !== this.me) this.send(voter, message)
  }
}

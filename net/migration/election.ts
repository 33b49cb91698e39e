/**
 * Who hosts: one member's part in votes and fencing. In go what is heard from whom, messages of the others, answers of signalling, and
 * the time; out come actions. A pure state machine: no timer, no link.
 *
 * Invariants, whatever is lost, late or said by liars:
 * - An epoch has one host at most. A claim needs a strict majority of the voters, or exactly half of them and signalling's vote;
 *   while a change of the voters is under way, in the voters of before, too. Nobody votes for a claim that is counted on older voters
 *   than their own. Each voter and signalling have one vote for an epoch. Claims are for the first epoch of a term, which no host takes of its own
 *   accord: a match that a host starts before it knows that it is cut off has no number of another host.
 * - Who has voted for an epoch takes nothing more from a host of a lower one, until the claim is withdrawn. A withdrawn claim never wins.
 * - A host that does not hear enough voters pauses, so that of two hosts in different parts of a network one stands still.
 * - Of two hosts in touch the one of the higher epoch goes on, unless the lower one can prove the other wrong: while it hears a
 *   strict majority in its own epoch, no majority can have voted for another.
 */
import { EPOCHS_PER_TERM, MAX_EPOCH_STEP } from '../session/limits.ts'
import type { PlayerId } from '../world/ids.ts'
import { Claim } from './claim.ts'
import {
  AGREED_MS,
  CLAIM_MS,
  HANDED_MS,
  HOST_QUIET_MS,
  RANK_WAIT_MS,
  RECLAIM_MS,
  RETRY_MS,
  SILENCE_GONE_MS,
  SILENCE_MS,
  SILENCE_VOTER_MS,
  SUSPENDED_MS,
  TELL_MS,
  WITHOUT_WORLD_MS,
} from './election-times.ts'
import { type Electorate, membersOf, tally, type Voter } from './electorate.ts'

/** More heirs of before than this are no honest host's: it names two at a time, and seldom others. */
const MAX_FORMER_HEIRS = 64

export type ElectionMessage =
  /** An heir wants to be the host of this epoch. `roster`: the version of the voters that it counts. */
  | { readonly type: 'claim'; readonly epoch: number; readonly roster: number }
  /** To the heir: it has this voter's vote, who takes nothing from a lower epoch any more. */
  | { readonly type: 'vote'; readonly epoch: number }
  /** To the heir: no vote. The host is heard here, or this voter knows newer voters. */
  | { readonly type: 'lives'; readonly epoch: number }
  /** From the heir: this claim is over and never wins. */
  | { readonly type: 'withdrawn'; readonly epoch: number }
  /** This page is the host of this epoch. Said by the host, and by all who meet a page of a lower epoch. `fork`: of its own accord. */
  | { readonly type: 'hosting'; readonly epoch: number; readonly host: Voter; readonly fork: boolean }
  /** To a host: somebody claims to have replaced it. */
  | { readonly type: 'claimed'; readonly epoch: number; readonly by: Voter }
  /** To a host that is heard again: this voter has voted for another, who is silent. The host may ask for votes anew. */
  | { readonly type: 'promised'; readonly epoch: number }

export type ElectionAction =
  | { readonly do: 'send'; readonly to: Voter; readonly message: ElectionMessage }
  /** Ask signalling for its vote. Answer by `claimAnswered`. Whoever wins tells it that they host; that is no matter of votes. */
  | { readonly do: 'ask signalling to vote'; readonly epoch: number }
  /** A claim that has signalling's vote is over. */
  | { readonly do: 'give back'; readonly epoch: number }
  /** As a host: ask signalling whether it knows a higher epoch. Answer by `epochAnswered` or `reservedElsewhere`, or by nothing. */
  | { readonly do: 'ask for epoch' }
  /** This page is the host. `fork`: the player chose to play on without the others. */
  | { readonly do: 'host'; readonly epoch: number; readonly fork: boolean }
  /** Another page is the host. Who hosted here stops at once, and comes back as a guest. */
  | { readonly do: 'follow'; readonly epoch: number; readonly host: Voter }
  /** As a host: tick no more, until `resume`. */
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  /** As a host: signalling knows a host of a higher epoch. */
  | { readonly do: 'stop'; readonly epoch: number }

/** What was refused, and why. */
export type ElectionRefusal = 'no voter' | 'no heir' | 'epoch' | 'promised' | 'roster' | 'host lives' | 'not hosting'

export interface ElectionOptions {
  readonly me: Voter
  readonly epoch: number
  readonly electorate: Electorate
  readonly now: number
  /** The highest epoch that this page voted for in earlier elections of the lobby. Default: none. */
  readonly promised?: number
}

/** The epoch that a claim is for: the first of the term after this epoch. */
export function nextTerm(epoch: number): number {
  return epoch - (epoch % EPOCHS_PER_TERM) + EPOCHS_PER_TERM
}

export class Election {
  /** The epoch that this page plays, and its host. */
  epoch: number
  host: Voter
  /** As a host: stands still, since too few are heard. */
  paused = false
  /**
   * As a host: a majority of the voters is heard, or half and signalling is with it. One without may run, because signalling knows of
   * nobody else; it is no obstacle to an heir then.
   */
  isBacked = true
  /** As an heir: a match runs, of which this page has no world, so that it would be over here. */
  lacksWorld = false
  readonly refusals: { [refusal in ElectionRefusal]?: number } = {}
  private readonly me: Voter
  private electorate: Electorate
  /** Heirs in earlier versions of this host's: one of them may have won by votes before it was named no more. */
  private readonly formerHeirs = new Set<Voter>()
  private now: number
  private actions: ElectionAction[] = []
  /** When each member was heard last in this epoch. */
  private readonly heard = new Map<Voter, number>()
  /** When each of them had heard the host last, as they said. */
  private readonly heardHost = new Map<Voter, number>()
  /** Which version of the voters each of them has, as they said. */
  private readonly versions = new Map<Voter, number>()
  /** The highest epoch that this page voted for. It never votes for it, or a lower one, again. */
  private promised: number
  /** Whom it voted for, while that claim may still win; null: nobody. */
  private vote: { readonly by: Voter; readonly at: number } | null = null
  private claim: Claim | null = null
  private nextClaimAt = 0
  /** The last claim that came to nothing. When all have refused it, nobody has voted for its epoch, and the next claim is for it again. */
  private lost: Claim | null = null
  private online = false
  private hostGone = false
  /** The host before has named this one, who has not been heard since. */
  private isHanded = false
  /** As a host: since when it stands still; and whether signalling lets it go on without the voters. */
  private pausedAt = 0
  private allowed = false
  /** As a host: by the player's choice, without a quorum. It waits for nobody. */
  private fork = false
  private askedAt = Number.NEGATIVE_INFINITY
  /** As a host that hears half of the voters: since when, ms; and until when signalling's vote is its own. */
  private halfSince: number | null = null
  private agreedUntil = Number.NEGATIVE_INFINITY
  private answeredUntil = Number.NEGATIVE_INFINITY
  private readonly told = new Map<Voter, number>()

  constructor({ me, epoch, electorate, now, promised = 0 }: ElectionOptions) {
    this.me = me
    this.epoch = epoch
    this.promised = Math.max(epoch, promised)
    this.electorate = electorate
    this.host = electorate.host
    this.now = now
    for (const voter of membersOf(electorate)) this.heard.set(voter, now)
  }

  /** The actions since the last call. */
  take(): ElectionAction[] {
    return this.actions.splice(0)
  }

  /** The host told other voters or heirs. Versions that go back are dropped. */
  update(electorate: Electorate): void {
    if (electorate.version < this.electorate.version) return
    const known = membersOf(this.electorate)
    for (const voter of electorate.voters) if (!known.includes(voter)) this.heard.set(voter, this.now)
    for (const heir of this.electorate.heirs) this.formerHeirs.add(heir)
    if (this.formerHeirs.size > MAX_FORMER_HEIRS) this.formerHeirs.clear()
    this.electorate = electorate
  }

  /** The highest epoch that this page voted for, or plays. */
  get promisedEpoch(): number {
    return this.promised
  }

  /**
   * The same host has begun a match. What was heard and promised stays: a host that is cut off gains no time by it, and who has voted
   * has no second vote.
   */
  raise(epoch: number): void {
    if (epoch <= this.epoch) return
    this.withdraw()
    if (this.promised <= epoch) this.vote = null
    this.epoch = epoch
    this.promised = Math.max(this.promised, epoch)
  }

  /** Whether signalling can be reached. */
  setOnline(online: boolean): void {
    this.online = online
  }

  /** Signalling says that the host's socket was closed by its own end. */
  noteHostGone(): void {
    this.hostGone = true
  }

  /**
   * Something came from a member, who plays this epoch. Returns whether to use it: what is of a lower epoch, or of a host whom this
   * page has voted out, is not for it. `hostSilentMs`: for how long they have heard nothing of the host. Default: for ever.
   * `version`: of the voters that they know. Default: an old one.
   */
  hear(peer: Voter, epoch: number, now: number, hostSilentMs = Number.POSITIVE_INFINITY, version = 0): boolean {
    this.now = now
    if (epoch < this.epoch) this.tellEpoch(peer)
    if (epoch !== this.epoch) return false
    this.heard.set(peer, now)
    this.heardHost.set(peer, now - hostSilentMs)
    this.versions.set(peer, version)
    if (peer !== this.host || this.me === this.host) return true
    this.hostGone = this.isHanded = false
    if (this.claim) this.withdraw()
    if (!this.vote) return true
    // Its claim was not withdrawn, and won nothing: it may be dead. The host asks all for their votes anew.
    if (now - this.vote.at > RECLAIM_MS && this.mayTell(peer))
      this.send(peer, { type: 'promised', epoch: this.promised })
    return false
  }

  /**
   * Whether this page sends anything to a member: to a host whom it has voted out it says nothing, so that the host does not count
   * it among its voters.
   */
  saysTo(peer: Voter): boolean {
    return this.vote === null || peer !== this.host
  }

  private silenceOf(player: Voter): number {
    return this.now - (this.heard.get(player) ?? Number.NEGATIVE_INFINITY)
  }

  /** To be called often: every 100 ms or so, and before a host ticks. */
  tick(now: number): void {
    const slept = now - this.now > SUSPENDED_MS
    this.now = now
    if (this.me === this.host) return this.tickHost()
    // Who slept heard nobody, and knows nothing of who lives: they wait as if all had begun now.
    if (slept) for (const voter of membersOf(this.electorate)) this.heard.set(voter, now)
    if (this.claim) {
      if (this.claim.isOver(now, CLAIM_MS)) this.withdraw()
      return
    }
    const { rank } = this
    if (rank < 0 || now < this.nextClaimAt || this.silenceOf(this.host) < this.patienceMs + rank * RANK_WAIT_MS) return
    if (this.vote && now - this.vote.at < CLAIM_MS) return
    if (this.isDark || !this.mayWin) return
    this.beginClaim()
  }

  /** This page's place among the heirs who do not host; below 0: it is none. */
  private get rank(): number {
    const heirs: readonly Voter[] = this.electorate.heirs
    return heirs.filter((heir) => heir !== this.host).indexOf(this.me)
  }

  /** For how long the first heir waits for a silent host, ms. */
  private get patienceMs(): number {
    const extra = this.lacksWorld ? WITHOUT_WORLD_MS : 0
    if (this.hostGone) return SILENCE_GONE_MS + extra
    return (this.isHanded ? HANDED_MS : SILENCE_MS) + extra
  }

  /** Whether enough are heard who do not hear the host either. A claim that cannot win uses its epoch up. */
  private get mayWin(): boolean {
    const free = tally(this.electorate, (voter) => voter === this.me || (voter !== this.host && this.mayVote(voter)))
    return free === 'majority' || (free === 'half' && this.online)
  }

  private mayVote(voter: Voter): boolean {
    const hostSilence = this.now - (this.heardHost.get(voter) ?? Number.NEGATIVE_INFINITY)
    const knowsNewer = (this.versions.get(voter) ?? 0) > this.electorate.version
    return !knowsNewer && this.silenceOf(voter) <= HOST_QUIET_MS && hostSilence >= SILENCE_VOTER_MS
  }

  /** For how long this page has heard nothing of its host, ms. */
  get hostSilentMs(): number {
    return Math.max(0, Math.round(this.silenceOf(this.host)))
  }

  /** Whose claim has this page's vote, while it may still win; null: nobody's. */
  get votedFor(): PlayerId | null {
    return this.vote?.by ?? null
  }

  /** Whether nobody is heard at all: then this page's own network is gone, and it claims nothing. */
  get isDark(): boolean {
    const others = membersOf(this.electorate).filter((voter) => voter !== this.me && voter !== this.host)
    return !this.online && others.every((voter) => this.silenceOf(voter) > SILENCE_VOTER_MS)
  }

  private tickHost(): void {
    const here = tally(this.electorate, (voter) => voter === this.me || this.silenceOf(voter) <= HOST_QUIET_MS)
    const isHalf = here === 'half'
    const enough = here === 'majority' || (isHalf && this.hasSignallingsVote)
    if (!isHalf) this.halfSince = null
    this.isBacked = enough
    if (enough) this.allowed = false
    if (this.claim?.isOver(this.now, CLAIM_MS)) this.withdraw()
    const goesOn = enough || this.allowed || this.fork
    if (goesOn === this.paused) {
      this.paused = !goesOn
      if (this.paused) this.pausedAt = this.now
      this.actions.push({ do: goesOn ? 'resume' : 'pause' })
    }
    // Half a lobby may have closed their browsers: then signalling knows of nobody else, and the rest goes on.
    const isLong = this.paused && this.now - this.pausedAt >= RECLAIM_MS
    const asks = isLong || isHalf || this.allowed || this.electorate.before !== null
    if (asks && this.online && this.now - this.askedAt >= TELL_MS) {
      this.askedAt = this.now
      this.actions.push({ do: 'ask for epoch' })
    }
  }

  /** Half of the voters and signalling go on. An open socket is no answer of signalling's, so it is asked, and has a while for it. */
  private get hasSignallingsVote(): boolean {
    if (this.halfSince === null) {
      this.halfSince = this.now
      if (!this.paused) this.agreedUntil = this.now + AGREED_MS
    }
    return this.online && this.now < this.agreedUntil
  }

  /** Signalling knows this epoch as the highest of the lobby. */
  epochAnswered(epoch: number): void {
    if (this.me !== this.host) return
    if (epoch > this.epoch) {
      this.actions.push({ do: 'stop', epoch })
      return
    }
    this.agreedUntil = this.answeredUntil = this.now + AGREED_MS
    if (this.paused && this.now - this.pausedAt >= RECLAIM_MS) this.allowed = true
  }

  /** Signalling has given its vote to an heir, who may win with it. */
  reservedElsewhere(): void {
    this.agreedUntil = this.answeredUntil = this.now
    this.allowed = false
  }

  /** As a host: signalling has answered of late that nobody else has its vote. */
  get isAgreed(): boolean {
    return this.now < this.answeredUntil
  }

  private beginClaim(): void {
    const { version } = this.electorate
    const isUnused = this.lost?.epoch === this.promised && this.lost.isUnused(this.host)
    const epoch = isUnused ? this.promised : nextTerm(this.promised)
    this.lost = null
    this.promised = epoch
    this.vote = { by: this.me, at: this.now }
    this.claim = new Claim(epoch, this.electorate, this.me, this.now)
    this.sendAll({ type: 'claim', epoch, roster: version })
    this.weigh()
  }

  /** Looks what the claim has come to. */
  private weigh(): void {
    const { claim } = this
    if (!claim) return
    if (claim.isWon) return this.becomeHost(claim.epoch, false)
    if (claim.isLost) return this.withdraw()
    if (claim.needsSignalling && this.online) this.askSignalling(claim)
  }

  private askSignalling(claim: Claim): void {
    claim.signalling = 'asked'
    this.actions.push({ do: 'ask signalling to vote', epoch: claim.epoch })
  }

  /** What signalling answered to a claim: whether this page has its vote. */
  claimAnswered(epoch: number, granted: boolean): void {
    if (this.me === this.host && this.epoch === epoch) return
    if (this.claim?.epoch !== epoch) {
      if (granted) this.actions.push({ do: 'give back', epoch })
      return
    }
    this.claim.signalling = granted ? 'granted' : 'refused'
    this.weigh()
  }

  private becomeHost(epoch: number, fork: boolean): void {
    this.claim = this.vote = null
    this.accept(epoch, this.me)
    this.fork = fork
    this.actions.push({ do: 'host', epoch, fork })
    this.sendAll({ type: 'hosting', epoch, host: this.me, fork })
  }

  /** Whether the player may choose to play on: the host is silent, and no quorum can be had. */
  get mayPlayOn(): boolean {
    return this.me !== this.host && this.rank >= 0 && this.silenceOf(this.host) >= SILENCE_MS && !this.mayWin
  }

  /** The player chose to. A higher epoch ends the fork at first contact. */
  playOn(now: number): void {
    this.now = now
    if (!this.mayPlayOn) return
    this.promised = nextTerm(this.promised)
    this.becomeHost(this.promised, true)
  }

  private withdraw(): void {
    const { claim } = this
    if (!claim) return
    this.claim = this.vote = null
    this.lost = claim
    if (claim.signalling === 'granted') this.actions.push({ do: 'give back', epoch: claim.epoch })
    this.nextClaimAt = this.now + RETRY_MS * (1 + Math.max(0, this.rank))
    this.sendAll({ type: 'withdrawn', epoch: claim.epoch })
  }

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
        for (const claim of [this.claim, this.lost]) if (claim?.epoch === message.epoch) claim.refuse(from)
        return this.weigh()
      case 'withdrawn':
        if (this.vote?.by === from && this.promised === message.epoch) this.vote = null
        return
      case 'hosting':
        // What they said before as a guest of this host may have waited while this page slept.
        if (this.me === this.host && message.epoch > this.epoch && !message.fork) this.heard.delete(from)
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
    const { version } = this.electorate
    if (!this.mayHost(from)) return this.refuse('no heir')
    if (epoch <= this.epoch) return this.tellEpoch(from)
    if (epoch <= this.promised || epoch > this.promised + MAX_EPOCH_STEP) return this.refuse('epoch')
    // It may be a number of the host's own.
    if (epoch % EPOCHS_PER_TERM > 0) return this.refuse('epoch')
    // What it counts as a quorum may be none of the voters of today.
    if (roster < version) {
      this.refuse('roster')
      this.send(from, { type: 'lives', epoch })
      return
    }
    const isHostHeard = this.me === this.host ? !this.paused : this.silenceOf(this.host) < SILENCE_VOTER_MS
    if (from !== this.host && isHostHeard) {
      this.refuse('host lives')
      this.send(from, { type: 'lives', epoch })
      return
    }
    // A paused host does not vote: it would give up a lobby that may come back to it.
    if (this.me === this.host) return
    this.withdraw()
    this.promised = epoch
    this.vote = { by: from, at: this.now }
    this.send(from, { type: 'vote', epoch })
  }

  private hearVote(from: Voter, epoch: number): void {
    if (this.claim?.epoch === epoch) this.claim.vote(from)
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
    if (epoch > this.promised + MAX_EPOCH_STEP) return this.refuse('epoch')
    if (this.me === this.host) {
      const here = tally(this.electorate, (voter) => voter === this.me || this.silenceOf(voter) <= SILENCE_VOTER_MS)
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
    // The claim that has this page's vote may have won since, and is for a higher epoch.
    if (this.vote && this.vote.by !== host && epoch < this.promised) return this.refuse('promised')
    // The host is heard: it decides whether that is true, and says so.
    if (from !== this.host && !this.vote && this.silenceOf(this.host) < SILENCE_VOTER_MS) {
      this.refuse('host lives')
      if (this.mayTell(this.host)) this.send(this.host, { type: 'claimed', epoch, by: host })
      return
    }
    this.follow(epoch, host)
  }

  /** The host has stopped and named who hosts this epoch. The others go on by votes when that page says nothing. */
  handOver(epoch: number, host: Voter, now: number): void {
    this.now = now
    if (epoch <= this.epoch) return
    this.withdraw()
    this.vote = null
    this.accept(epoch, host)
    this.isHanded = host !== this.me
  }

  private follow(epoch: number, host: Voter): void {
    this.withdraw()
    this.vote = null
    this.accept(epoch, host)
    this.actions.push({ do: 'follow', epoch, host })
  }

  private accept(epoch: number, host: Voter): void {
    this.epoch = epoch
    this.host = host
    this.promised = Math.max(this.promised, epoch)
    this.isBacked = true
    this.hostGone = this.paused = this.allowed = this.fork = this.isHanded = false
    this.lost = null
    this.heardHost.clear()
    this.versions.clear()
    this.answeredUntil = Number.NEGATIVE_INFINITY
    this.formerHeirs.clear()
    for (const voter of membersOf(this.electorate)) this.heard.set(voter, this.now)
  }

  /**
   * As a host: asks for the votes for a higher epoch, since a voter has voted for somebody who is silent now, or somebody forked. At
   * most once in a while, whoever says so.
   */
  private reclaim(epoch: number): void {
    if (this.me !== this.host || this.claim || epoch <= this.epoch || this.now < this.nextClaimAt) return
    if (epoch > this.promised + MAX_EPOCH_STEP) return this.refuse('epoch')
    this.promised = Math.max(this.promised, epoch)
    this.nextClaimAt = this.now + RECLAIM_MS
    this.beginClaim()
  }

  private tellEpoch(peer: Voter): void {
    if (this.mayTell(peer)) this.send(peer, { type: 'hosting', epoch: this.epoch, host: this.host, fork: this.fork })
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

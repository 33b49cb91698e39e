/**
 * A guest's side of migration: knows who the heirs are, has idle links to them, and votes. When the host hands over or is voted out, this
 * page becomes the host, with what it holds as an heir (`Heirship`), or follows to it.
 */
import { Election } from '../../migration/election.ts'
import type { ElectionAction, ElectionMessage } from '../../migration/election-messages.ts'
import { SILENCE_VOTER_MS } from '../../migration/election-times.ts'
import { type Electorate, tally, type Voter } from '../../migration/electorate.ts'
import { forkEpoch } from '../../migration/next-epochs.ts'
import { showError } from '../../platform/show-error.ts'
import type { Clock } from '../../platform/worker-clock.ts'
import type { Link } from '../../transport/link.ts'
import type { ConnectPeer } from '../../transport/peer-connection.ts'
import type { GameShape } from '../../world/game-shape.ts'
import { type PlayerId, seatOf } from '../../world/ids.ts'
import type { Match } from '../match/match.ts'
import { type HostMessage, MAX_GUEST_MESSAGE_BYTES } from '../messages.ts'
import { HeirWatch } from './heir-watch.ts'
import { Heirship } from './heirship.ts'
import { HeldMessages } from './held-messages.ts'
import { IdleLinks } from './idle-links.ts'
import {
  closePeerMessage,
  type GuestPage,
  type Handover,
  type HostMigrationMessage,
  openPeerMessage,
  type PeerMessage,
} from './migration-messages.ts'
import type { GuestMigrationOptions } from './migration-options.ts'
import { hashOf } from './token-hash.ts'

const LOOKS_PER_SECOND = 10
const LOOKS_PER_BEAT = 2
/** How long the lobby server's word that the host is gone counts, whatever still comes of it, ms. */
const GONE_COUNTS_MS = 3000
/** How long the lobby server's word waits for the host's, ms. */
const HANDED_WAIT_MS = 100
/** The host before. `planned`: it has said that it stops. */
interface Before {
  readonly host: PlayerId | null
  readonly leaves: boolean
  readonly planned: boolean
  /** The player chose to play on without the others. */
  readonly fork: boolean
  /** To the code, as the host handed it on; null: it did not. */
  readonly right: string | null
}

export class GuestMigration<G extends GameShape> {
  private readonly options: GuestMigrationOptions<G>
  private readonly links: IdleLinks
  private readonly clock: Clock
  private heirs: readonly PlayerId[] = []
  private said: GuestPage | null = null
  private readonly heirship: Heirship<G>
  /** Hellos over idle links: who said them takes this page for the host, and may have heard of it first. */
  private readonly hellos = new Map<PlayerId, Uint8Array>()
  /** Messages of a host whom this page has voted out. */
  private readonly held = new HeldMessages()
  private readonly watch: HeirWatch
  private election: Election | null = null
  private electorate: Electorate | null = null
  /** The epoch of the last handover that this page obeyed. */
  private handedEpoch = 0
  /** When the newest beat of the host was said, on its own clock, ms: told to it, so that it knows how old this page's words are. */
  private hostAt = 0
  /** Whether the host was heard since the last look. */
  private hostBeat = false
  private looks = 0
  private hostGoneAt = Number.NEGATIVE_INFINITY
  private isStopped = false
  private saidMayPlayOn = false

  constructor(options: GuestMigrationOptions<G>, connect: ConnectPeer | null) {
    const { platform, change, tell } = options
    this.options = options
    this.heirship = new Heirship(options)
    this.links = new IdleLinks({
      ...{ platform, connect },
      iceServers: () => change.iceServers(),
      send: (to, attempt, text) => tell({ kind: 'toPeer', to, attempt, text }),
      opened: () => this.sayPage(),
      heard: (from, bytes) => this.hearPeer(from, bytes),
    })
    this.watch = new HeirWatch({
      connect: (key, handlers) => {
        const { lobby } = options
        return change.watch({ code: lobby.code, seat: seatOf(this.me), key }, handlers)
      },
      hostGone: () => {
        this.hostGoneAt = platform.now()
      },
      // The host's own word may have been lost with its page.
      handed: (seat, epoch) => this.handed(seat, epoch),
      online: (isOnline) => this.election?.setOnline(isOnline),
    })
    this.clock = platform.startClock(LOOKS_PER_SECOND, () => this.look())
    this.sayPage()
  }

  hear(message: HostMigrationMessage): boolean {
    switch (message.kind) {
      case 'heirs':
        this.setHeirs(message.heirs)
        this.setElectorate(message)
        return true
      case 'beat':
        this.hostBeat = true
        this.hostAt = message.at
        return true
      case 'election':
        this.hearElection(this.hostId, message.message)
        return true
      case 'heirKey':
        return this.beHeir(message.key)
      case 'fromPeer': {
        const { from, attempt, text } = message
        this.links.signal(from, attempt, text, this.isHeir)
        return true
      }
      case 'handover':
        return this.changeHost(message)
    }
  }

  /** Tells the host what this page is like, when that has changed. */
  private sayPage(): void {
    const { lobby, change, platform, tell, watches } = this.options
    const { headless, hidden, reluctant } = platform.traits()
    const links = this.links.count
    const { isFit, isWarm: warm } = this.heirship
    const { wasSlow = false, level = 'steady' } = lobby.match?.pace ?? {}
    const page = {
      mayHost: change.mayHost && !watches() && isFit,
      ...{ warm, headless, visible: !hidden, reluctant: reluctant || wasSlow || level !== 'steady' },
      links,
    }
    if (JSON.stringify(page) === JSON.stringify(this.said)) return
    this.said = page
    tell({ kind: 'page', ...page })
  }

  // Heirs.

  private get me(): PlayerId {
    return this.options.me()
  }

  private get isHeir(): boolean {
    return this.heirs.includes(this.me)
  }

  private setHeirs(heirs: readonly PlayerId[]): void {
    this.heirs = heirs
    this.options.lobby.setHeirs(heirs)
    const rank = heirs.indexOf(this.me)
    // Of two heirs the lower in rank dials.
    this.links.want(rank < 0 ? heirs : heirs.slice(0, rank), rank >= 0)
    if (rank < 0) this.beNoHeir()
  }

  private beNoHeir(): void {
    this.watch.stop()
    this.heirship.forget()
    this.sayPage()
  }

  private beHeir(key: string): boolean {
    if (!this.isHeir) return false
    if (this.options.lobby.codeState !== 'none') this.watch.show(key)
    this.heirship.load().then(() => {
      if (this.isStopped || !this.isHeir) return
      this.heirship.warm()
      this.sayPage()
    }, showError)
    return true
  }

  /** As an heir this page is told the host's world from the match's start on. */
  matchBegins(match: Match<G>): void {
    this.heirship.matchBegins(match)
  }

  hearStream(bytes: Uint8Array): void {
    if (!this.heirship.isWarm || !this.isHeir) return
    if (!this.heirship.hear(bytes)) this.sayPage()
  }

  // Votes.

  /** Null: the host has no player. */
  private get hostId(): Voter {
    return this.options.lobby.roster.find(({ host }) => host)?.id ?? null
  }

  private setElectorate({ version, voters, before, heirs }: Extract<HostMigrationMessage, { kind: 'heirs' }>): void {
    const isNew = version !== this.electorate?.version
    this.electorate = { version, host: this.hostId, voters, before, heirs }
    this.renewElection()
    // At once: the next change of the voters waits for it.
    if (isNew) this.sayBeat()
  }

  /** An epoch begins with a match as well as with a host. */
  private renewElection(): void {
    const { lobby, platform } = this.options
    const host = this.hostId
    if (!this.electorate) return
    // Who has no whole copy of the lobby claims nothing.
    const heirs = this.heirs.filter((heir) => this.heirship.isReady || heir !== this.me)
    const electorate = { ...this.electorate, host, heirs }
    if (this.election?.host === host) this.election.raise(lobby.epoch)
    if (!this.election || this.election.epoch < lobby.epoch) {
      this.keepPromise()
      const { me } = this
      const { promised } = lobby
      this.election = new Election({ me, epoch: lobby.epoch, electorate, now: platform.now(), promised })
    } else this.election.update(electorate)
    this.election.setOnline(this.watch.isOnline)
    this.election.inMatch = lobby.match?.client != null
    this.election.lacksWorld = this.heirship.lacksWorld
  }

  /** A vote is given once, whatever hosts and elections come. */
  private keepPromise(): void {
    const { lobby } = this.options
    lobby.promised = Math.max(lobby.promised, this.election?.promisedEpoch ?? 0)
  }

  /** A state packet of the host came. False: this page has voted it out, and takes nothing of it. */
  hearsHost(): boolean {
    this.hostBeat = true
    return this.election?.saysTo(this.election.host) ?? true
  }

  /**
   * A message of the host came. False: this page has voted it out. What it says is held until the claim is over: then either all of it
   * counts, or none.
   */
  takes(message: HostMessage): boolean {
    const { election } = this
    const isOfVotes = message.kind === 'beat' || message.kind === 'election'
    if (isOfVotes || !election || election.saysTo(election.host)) return true
    if (!this.held.hold(message)) this.options.flood()
    return false
  }

  /** The host is the host still: what it said meanwhile counts. */
  private takeHeld(): void {
    const { election } = this
    if (election && !election.saysTo(election.host)) return
    for (const message of this.held.take()) if (!this.isStopped) this.options.hear(message)
  }

  private look(): void {
    const { platform, lobby } = this.options
    const now = platform.now()
    this.links.look(now)
    this.heirship.look(now)
    this.renewElection()
    const { election } = this
    if (!election || !this.electorate) return
    if (this.hostBeat) election.hear(election.host, lobby.epoch, now)
    this.hostBeat = false
    // What the host had sent before may come after the server's word.
    if (now - this.hostGoneAt < GONE_COUNTS_MS) election.noteHostGone()
    if (this.isTakenForHost) this.handedTo(this.me, forkEpoch(lobby.epoch, this.me))
    election.tick(now)
    this.act()
    this.sayMayPlayOn()
    if (this.isStopped || this.election !== election || ++this.looks % LOOKS_PER_BEAT > 0) return
    this.sayPage()
    const beat = this.sayBeat()
    if (beat) this.links.sayAll(closePeerMessage(beat))
  }

  private get mayPlayOn(): boolean {
    return this.heirship.isReady && this.election?.mayPlayOn === true
  }

  private sayMayPlayOn(): void {
    const { mayPlayOn } = this
    if (this.isStopped || mayPlayOn === this.saidMayPlayOn) return
    this.saidMayPlayOn = mayPlayOn
    this.options.mayPlayOn(mayPlayOn)
  }

  /** The player chose to go on without the others. False: this page cannot. */
  playOn(): boolean {
    if (this.isStopped || !this.mayPlayOn) return false
    this.election?.playOn(this.options.platform.now())
    this.act()
    return this.isStopped
  }

  /** Tells the host that this page lives, unless it has voted the host out. Returns what heirs are told. */
  private sayBeat(): PeerMessage | null {
    const { election, electorate } = this
    if (!election || !electorate) return null
    const { epoch, hostSilentMs: silent } = election
    const beat: PeerMessage = { kind: 'beat', epoch, version: electorate.version, silent, at: this.hostAt }
    if (election.saysTo(election.host)) this.options.tell(beat)
    return beat
  }

  private hearPeer(from: PlayerId, bytes: Uint8Array): void {
    const message = openPeerMessage(bytes)
    if (!message) {
      if (bytes.length <= MAX_GUEST_MESSAGE_BYTES) this.hellos.set(from, bytes)
      return
    }
    if (message.kind === 'election') return this.hearElection(from, message.message)
    this.election?.hear(from, message.epoch, this.options.platform.now(), message.silent, message.version)
    this.act()
  }

  private hearElection(from: Voter, message: ElectionMessage): void {
    this.election?.receive(from, message, this.options.platform.now())
    this.act()
  }

  private act(): void {
    const actions = this.election?.take() ?? []
    // What is to be said goes first: who becomes the host gives its links away.
    const said = actions.filter((action) => action.do === 'send')
    for (const action of [...said, ...actions.filter((other) => other.do !== 'send')])
      if (!this.isStopped) this.do(action)
    if (!this.isStopped) this.takeHeld()
  }

  private do(action: ElectionAction): void {
    const { tell, follow } = this.options
    switch (action.do) {
      case 'send': {
        const message: PeerMessage = { kind: 'election', message: action.message }
        const link = action.to === null ? null : this.links.linkTo(action.to)
        if (link) link.send('bulk', closePeerMessage(message))
        else if (action.to === this.election?.host) tell(message)
        return
      }
      case 'ask signalling to vote':
        return void this.askForVote(action.epoch)
      case 'give back':
        return this.watch.giveBack(action.epoch)
      case 'host':
        return this.takeOver(action.epoch, Number.POSITIVE_INFINITY, {
          host: this.hostId,
          leaves: false,
          planned: false,
          fork: action.fork,
          right: null,
        })
      case 'follow':
        // It began a match, of which its message has come or will come.
        if (action.host === this.hostId) return
        // A host that wakes reads it first.
        tell({ kind: 'election', message: { type: 'hosting', epoch: action.epoch, host: action.host, fork: false } })
        this.held.drop()
        return follow(action.epoch, action.host === null ? null : this.links.take(action.host))
      default:
        return
    }
  }

  private async askForVote(epoch: number): Promise<void> {
    const isGranted = await this.watch.reserve(epoch)
    // This page hosts by now, and its star claims the lobby.
    if (this.isStopped) return
    this.election?.claimAnswered(epoch, isGranted)
    this.act()
  }

  // The change.

  /** The host has stopped and says who goes on. */
  private changeHost({ epoch, heir, tick, leaves, right }: Handover): boolean {
    const { lobby, follow } = this.options
    // The lobby server says the same, and this page is on its way already.
    if (epoch === this.handedEpoch) return true
    if (epoch <= lobby.epoch || !this.heirs.includes(heir)) return false
    // Another was voted for since, who hosts.
    if (epoch <= (this.election?.epoch ?? 0)) return true
    // It came late: this page has voted for somebody else, who hosts by now or claims.
    const votedFor = this.election?.votedFor ?? null
    if (votedFor !== null && votedFor !== heir) return true
    this.held.drop()
    this.handedEpoch = epoch
    const host = this.hostId
    if (heir === this.me)
      this.takeOver(epoch, tick ?? Number.POSITIVE_INFINITY, { host, leaves, planned: true, fork: false, right })
    else {
      // No votes are held on it. That page may be gone, though: then the next heir claims.
      this.election?.handOver(epoch, heir, this.options.platform.now())
      follow(epoch, this.links.take(heir))
    }
    return true
  }

  /** The lobby server says that the host has handed over, to the heir of this seat. */
  private handed(seat: number, epoch: number): void {
    const { lobby, platform } = this.options
    const heir = this.heirs.find((player) => seatOf(player) === seat)
    // What the host says itself tells more, and comes at the same time.
    platform.after(HANDED_WAIT_MS, () => {
      if (!this.isStopped && heir !== undefined && epoch > lobby.epoch) this.handedTo(heir, epoch)
    })
  }

  /** As others say it, who know less than the host. */
  private handedTo(heir: PlayerId, epoch: number): void {
    this.changeHost({ kind: 'handover', epoch, heir, tick: null, leaves: false, right: null })
  }

  /**
   * Most of the voters sit down at this page already, and the host is silent: it has handed over to this page, and its word to this page
   * was lost. Liars among them can make this page the host beside one that lives and stood still for a moment, whose next match would have the
   * number that a handover has. So this page hosts an epoch of its own seat, above both, which nobody else ever has.
   */
  private get isTakenForHost(): boolean {
    const { election, electorate, hellos, links, me } = this
    if (!this.isHeir || !election || !electorate || election.hostSilentMs < SILENCE_VOTER_MS) return false
    const sitsHere = (voter: Voter): boolean => voter !== null && hellos.has(voter) && links.linkTo(voter) !== null
    return hellos.size > 0 && tally(electorate, (voter) => voter === me || sitsHere(voter)) === 'majority'
  }

  private takeOver(epoch: number, upTo: number, before: Before): void {
    const { lobby, change, releaseLink, seatTokens } = this.options
    const { copy } = this.heirship.copy
    // It can host nothing of which it knows nothing. The others come to no host, and vote for another.
    const { me, election, electorate } = this
    if (!copy || !election || !electorate) return
    if (before.planned) election.handOver(epoch, this.me, this.options.platform.now())
    const { match } = lobby
    const heir = match?.client ? this.heirship.world : null
    const links: Map<PlayerId, Link> = this.links.takeAll()
    const { host, leaves, planned, fork, right } = before
    const stays = planned && !leaves
    if (host !== null && stays) links.set(host, releaseLink())
    const isThere = host === null || links.get(host)?.open === true
    const signals = this.watch.take()
    change.host(lobby, {
      ...{ me, epoch, copy, links, hellos: this.hellos, signals, right, hashOf, host, hasLeft: leaves },
      ...{ election, electorate, parted: fork, seatTokens: seatTokens() },
      match: heir && { heir, upTo, away: isThere ? [] : [host] },
    })
  }

  /** This page sits at a host, who does not know it yet. Until that tells it more, it is the heir that it was. */
  seated(): void {
    this.said = null
    this.hellos.clear()
    this.links.wayChanged()
    // It may have another clock. The lobby server's word was about the host before.
    this.hostAt = 0
    this.hostGoneAt = Number.NEGATIVE_INFINITY
    this.held.drop()
    // It lives: this page's own claim, of which the lobby server may not have heard yet, is over.
    const { election, hostId } = this
    if (election?.host === hostId) election.hear(hostId, this.options.lobby.epoch, this.options.platform.now())
    this.act()
    this.heirship.beginAnew()
    this.sayPage()
  }

  /** This page's player has another seat, in which they vote from now on. What they promised in the one before still counts. */
  reseated(): void {
    this.said = null
    this.keepPromise()
    this.election = null
    this.links.dialAnew()
    this.renewElection()
    this.sayPage()
  }

  stop(): void {
    this.keepPromise()
    this.isStopped = true
    this.clock.stop()
    this.heirship.stop()
    this.links.close()
    this.watch.stop()
  }
}

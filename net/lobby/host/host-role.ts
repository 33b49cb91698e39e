/**
 * The host's role in a lobby: it connects guests' links with the features. In go links of guests (`own-star.ts` brings those of the
 * star, a test its own) and what the page asks. Out go messages to guests, and what this page shows.
 *
 * `admission/` decides who may come in, `seating.ts` and `reservations.ts` who has which seat, `guest-peer.ts` reads one guest's link.
 * Each feature is in the file `host-….ts` of its folder.
 *
 * Who hosts may change: `migration/` brings a page that takes over (`taken`), and lets this one hand over.
 *
 * Invariant: what only the host knows can be saved as plain data (`save`), and a role that begins with it goes on from there.
 */

import { isFileMessage } from '../../files/kinds.ts'
import type { Cancel, Platform } from '../../platform/platform.ts'
import type { NewMinds } from '../../session/host-options.ts'
import type { Link, LinkCloseReason } from '../../transport/link.ts'
import type { Reason } from '../../wire/reasons.ts'
import { completeValues, type PlainValues } from '../../world/complete-values.ts'
import type { Game } from '../../world/game.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { PlayerId } from '../../world/ids.ts'
import { Admission } from '../admission/admission.ts'
import { type GuestMarks, NO_MARKS } from '../admission/guest-marks.ts'
import { HostAdmission } from '../admission/host-admission.ts'
import { HostBots } from '../bots/host-bots.ts'
import { HostChat } from '../chat/host-chat.ts'
import type { VetChat } from '../chat/types.ts'
import { HostChoices } from '../choices/host-choices.ts'
import { HostCode } from '../code/host-code.ts'
import type { FilePolicy, FileRoute } from '../files/file-route.ts'
import { DEFAULT_POLICY } from '../files/lobby-files.ts'
import type { Listed, ListRefusal } from '../find/listed-types.ts'
import type { LobbyObject } from '../lobby.ts'
import { HostMatches } from '../match/host-matches.ts'
import { HostCalls } from '../media/host-calls.ts'
import { HostMembers } from '../members/host-members.ts'
import { LobbyNews, type Subject } from '../members/lobby-news.ts'
import { Roster } from '../members/roster.ts'
import type { ForeignHello, GuestMessage, RosterEntry } from '../messages.ts'
import { LateMigration } from '../migration/late-migration.ts'
import type { LobbyRules } from '../migration/lobby-copy.ts'
import type { RoleChange, TakenOver } from '../migration/role-change.ts'
import type { HostPowers, Outcome, Role } from '../role.ts'
import { HostSettings } from '../settings/host-settings.ts'
import { HostSpectators } from '../spectators/host-spectators.ts'
import type { GuestMessageHandlers } from './guest-message-handlers.ts'
import { GuestPeer } from './guest-peer.ts'
import type { HostContext } from './host-context.ts'
import type { HostState } from './host-state.ts'
import { Reservations } from './reservations.ts'
import { Seating, type SeatingEvents } from './seating.ts'

export interface HostRoleOptions<G extends GameShape> {
  readonly game: Game<G>
  /** The state to begin with: a new lobby's (`newHostState`), or that of the host before. */
  readonly state: HostState
  /** The host's own player; null when it has none. */
  readonly me: PlayerId | null
  /** How long a seat waits for a guest whose link is lost, in seconds. */
  readonly resumeSeconds: number
  /** The game's options, as the developer gave them. */
  readonly gameOptions: PlainValues
  /** Settings that the lobby begins with. Default: what the lobby has from an earlier host, else those of the game. */
  readonly settings?: PlainValues
  readonly development: boolean
  readonly fairHost?: boolean
  /** What plays for bots. Default: nothing does, and they sit still. */
  readonly newMinds?: NewMinds | null
  /** What players may send each other. Default: files up to 64 MiB. */
  readonly files?: FilePolicy | undefined
  /** The game's own filter of the chat. Default: none. */
  readonly vetChat?: VetChat | null
  readonly warn: (problem: string) => void
  /** What this page is to do for the life of the lobby after it. Null: the lobby ends with this page. Default: null. */
  readonly change?: RoleChange<G> | null
  /** As the lobby was made, for an heir. Needed with `change`. */
  readonly rules?: LobbyRules
  /** The lobby, when another page has hosted it before. */
  readonly taken?: TakenOver
  /** Takes a code: the first, or a new one for one that is lost. Rejects with a StarwireError when there is none to be had. */
  readonly takeCode: () => Promise<string>
  /** Lists the lobby, changes how it is listed, or takes it off with null. */
  readonly list: (listed: Listed | null) => Promise<ListRefusal | null>
  /** The lobby is over, or (`keepsLobby`) another page hosts it: close the star with this reason. */
  readonly closed: (reason: LinkCloseReason, keepsLobby: boolean) => void
  /** This link is no guest's any more: the star is to let go of it. */
  readonly releaseLink?: (link: Link) => void
  readonly platform: Platform
}

/** Whoever has not come to the new host after so many ms is away for the rules: a new connection by the code takes a second or two. */
const ABSENT_AFTER_MS = 3000
/** For so long after a change of host a guest may show a token that the new host has never heard of, ms. */
const UNKNOWN_TOKENS_MS = 10_000

export class HostRole<G extends GameShape> implements Role, HostPowers, SeatingEvents {
  readonly hosting = true
  readonly powers = this
  readonly members: HostMembers
  readonly choices: HostChoices
  readonly spectators: HostSpectators
  readonly chat: HostChat
  readonly media: HostCalls
  readonly admission: HostAdmission
  readonly settings: HostSettings
  readonly bots: HostBots
  readonly matches: HostMatches<G>
  readonly code: HostCode
  readonly listing: HostPowers['listing']
  /** Null: the lobby ends with this page. */
  readonly handOvers: LateMigration<G> | null
  private readonly lobby: LobbyObject<G>
  private readonly options: HostRoleOptions<G>
  private readonly rules: Admission
  private readonly reservations: Reservations
  private readonly seating: Seating
  private readonly news: LobbyNews
  private readonly handlers: GuestMessageHandlers
  /** How the lobby is to be listed in public. */
  private listed: Listed | null
  /** Leads this page's player back to the seat, should another page host. */
  private ownToken: string | null = null
  /** Those who have not come from the host before are waited for no more. */
  private stopAwaiting: Cancel = () => {}
  /** The lobby is over or has another role. Later callbacks are ignored. */
  private closed = false

  constructor(lobby: LobbyObject<G>, options: HostRoleOptions<G>) {
    const { game, state, me, platform, warn, takeCode, list, vetChat: vet = null } = options
    this.lobby = lobby
    this.options = options
    const firstChoice = completeValues(game.schema.choice, {})
    const roster = new Roster(state.roster, firstChoice)
    this.rules = new Admission(game, roster, platform, state.admission)
    this.reservations = new Reservations(options.resumeSeconds, platform, state.reservations)
    if (options.taken) {
      this.reservations.hashOf = options.taken.hashOf
      this.rules.hashOf = options.taken.hashOf
    }
    const unknownUntil = options.taken ? platform.now() + UNKNOWN_TOKENS_MS : Number.NEGATIVE_INFINITY
    this.seating = new Seating({
      ...{ roster, reservations: this.reservations, admission: this.rules, events: this },
      marks: state.marks,
      seatsUnknown: () => platform.now() < unknownUntil,
    })
    this.news = new LobbyNews(platform, (subject) => this.tellNews(subject))
    const show = (entries: readonly RosterEntry[]): void => lobby.setRoster(entries)
    this.members = new HostMembers({ roster, me, platform, news: this.news, show })
    const { members, seating, news } = this
    const context: HostContext = { game, platform, members, seating, news }
    this.matches = this.newMatches(context)
    this.choices = new HostChoices(context, {
      settings: () => this.settings.all,
      plays: (player) => this.matches.plays(player),
    })
    this.settings = new HostSettings(context, {
      lobby,
      playing: () => this.matches.playing,
      told: () => this.chat.announce('settings-changed'),
    })
    this.spectators = this.newSpectators(context)
    this.chat = new HostChat(context, {
      ...{ history: lobby.talk.history, vet },
      show: (message) => lobby.hearChat([message]),
    })
    this.media = new HostCalls(context, lobby.media)
    this.admission = new HostAdmission(context, this.rules, (shown) => lobby.setAdmission(shown))
    this.bots = new HostBots(context, (bot) => this.matches.bringInBot(bot))
    this.code = new HostCode(lobby, {
      ...{ warn, takeCode },
      tellAll: (message) => seating.tellAll(message),
      renewed: (before) => this.rules.codeLost(before),
    })
    this.listed = state.listed
    this.listing = {
      list: (listed) => {
        this.listed = listed
        return list(listed)
      },
    }
    this.handOvers = this.newHandOvers(context)
    const { choices, spectators, chat, media } = this
    this.handlers = {
      ...members.handlers,
      ...choices.handlers,
      ...spectators.handlers,
      ...chat.handlers,
      ...media.handlers,
      beat: ({ player }, message) => this.handOvers?.hear(player, message) ?? true,
      election: ({ player }, message) => this.handOvers?.hear(player, message) ?? true,
      page: ({ player }, message) => this.handOvers?.hear(player, message) ?? false,
      toPeer: ({ player }, message) => this.handOvers?.hear(player, message) ?? false,
    }
  }

  private newHandOvers(context: HostContext): LateMigration<G> | null {
    const { change = null, rules } = this.options
    if (!change || !rules) return null
    return new LateMigration<G>({
      ...{ lobby: this.lobby, context, change, rules, taken: this.options.taken ?? null },
      save: () => this.save(),
      ownToken: () => this.ownToken,
      raise: (epoch) => this.raise(epoch),
      release: (player) => {
        const link = this.seating.release(player)
        if (link) this.options.releaseLink?.(link)
        return link
      },
      leaveRole: (reason) => this.close(reason, true),
    })
  }

  /** Leads this page's player back to the seat, once another page hosts. */
  get resumeToken(): string | null {
    return this.handOvers?.hasHeir ? this.ownToken : null
  }

  private newMatches(context: HostContext): HostMatches<G> {
    const { lobby, options } = this
    const { game, gameOptions, development, fairHost = false, newMinds = null, warn } = options
    return new HostMatches<G>(context, {
      ...{ game, lobby, gameOptions, development, fairHost, newMinds, warn },
      announce: (what) => this.chat.announce(what),
      mayStart: () => this.handOvers?.mayRun ?? true,
      failed: () => this.close('rules-failed'),
    })
  }

  private newSpectators(context: HostContext): HostSpectators {
    return new HostSpectators(context, {
      moved: (from, to, spectates) => {
        this.media.forget(from)
        this.lobby.files.gone(from, to)
        return this.matches.reseat(from, to, spectates)
      },
      movedOwn: (from, to, spectates) => {
        this.matches.reseatOwn(to, spectates)
        this.media.forget(from)
        this.lobby.media.reseated()
        this.lobby.files.reseated(from)
      },
    })
  }

  private get fileRoute(): FileRoute {
    const { seating, members } = this
    const { platform, taken, files: policy = DEFAULT_POLICY } = this.options
    return {
      platform,
      link: (player) => seating.peerOf(player)?.link ?? null,
      nonsense: (from) => {
        if (from !== null) seating.peerOf(from)?.countNonsense()
      },
      host: {
        ...{ policy, tookOver: taken !== undefined, me: () => members.me },
        hasSeat: (player) => members.roster.has(player),
      },
    }
  }

  get me(): PlayerId | null {
    return this.members.me
  }

  get playing(): boolean {
    return this.matches.playing
  }

  begin(): void {
    const { lobby, options, me } = this
    const { taken } = options
    lobby.epoch = taken?.epoch ?? lobby.epoch + 1
    lobby.files.use(this.fileRoute)
    this.settings.begin(options.settings)
    this.seating.awaitOthers(me)
    if (me !== null && this.handOvers) this.ownToken = this.reservations.open(me)
    lobby.setAdmission(this.admission.rules)
    this.members.show()
    if (taken) this.goOn(taken)
  }

  /** Another page has hosted until now. */
  private goOn({ match, epoch, links, hellos, host, hasLeft }: TakenOver): void {
    const { lobby, matches, seating, options } = this
    const running = lobby.match
    if (running && match) matches.takeOver({ match: running, epoch, ...match })
    else lobby.matchIsOver()
    lobby.enter(lobby.match ? 'playing' : 'lobby')
    lobby.setReconnecting(null)
    lobby.media.relinked()
    if (hasLeft && host !== null) seating.leave(host)
    for (const [player, link] of links) {
      const peer = this.arrive(link, seating.marksOf(player), player)
      const hello = hellos.get(player)
      if (peer && hello) this.hear(peer, hello)
    }
    this.handOvers?.load()
    // The server dropped the entry with its host. What cannot be listed is not: a host before may have lied.
    if (this.listed) options.list(this.listed).catch(() => {})
    this.stopAwaiting = options.platform.after(ABSENT_AFTER_MS, () => matches.detachAbsent())
  }

  /** The guests have voted for this host anew: it goes on with them in a higher epoch, over the same links. */
  private raise(epoch: number): void {
    const { lobby, matches, seating } = this
    lobby.epoch = epoch
    matches.raise(epoch)
    for (const peer of [...seating.seated()]) seating.renew(peer)
  }

  release(): void {
    this.close('lost')
  }

  /** What a page that takes over needs to go on as this host does. */
  save(): HostState {
    return {
      roster: this.members.roster.save(),
      admission: this.rules.save(),
      reservations: this.reservations.save(),
      marks: this.seating.saveMarks(),
      listed: this.listed,
    }
  }

  /** Whether a guest may connect: `note` is what their page gave to signalling. Null admits. */
  accept(note: string, marks: Partial<GuestMarks> = {}): Reason | null {
    return this.closed ? 'host-left' : this.rules.beforeConnecting(note, { ...NO_MARKS, ...marks })
  }

  /** A guest's link is open. */
  arrive(link: Link, marks: Partial<GuestMarks> = {}, vouched: PlayerId | null = null): GuestPeer | null {
    if (this.closed) {
      link.close('host-left')
      return null
    }
    const peer = new GuestPeer(link, { ...NO_MARKS, ...marks }, this.options.platform)
    peer.vouched = vouched
    this.seating.peers.add(peer)
    link.listen({
      message: (lane, bytes) => {
        if (lane === 'bulk') this.hear(peer, bytes)
        else if (!this.matches.receive(peer, bytes)) peer.countStray()
      },
      liveness: (liveness) => {
        const presence = liveness === 'alive' ? 'here' : 'late'
        if (peer.player !== null) this.members.change(peer.player, { presence })
      },
      closed: (reason) => this.seating.depart(peer, reason),
    })
    return peer
  }

  private hear(peer: GuestPeer, bytes: Uint8Array): void {
    const { player } = peer
    if (player !== null && isFileMessage(bytes)) return this.lobby.files.hear(player, bytes)
    const message = peer.read(bytes)
    if (!message) return
    const isHeard =
      player === null
        ? this.hearComer(peer, message)
        : this.hearMember(peer, player, message as Extract<typeof message, GuestMessage>)
    if (!isHeard) peer.countNonsense()
  }

  /** A message of a guest without a seat. Over what was an idle link they vote before they say hello. */
  private hearComer(peer: GuestPeer, message: GuestMessage | ForeignHello): boolean {
    const { vouched } = peer
    if (vouched !== null && (message.kind === 'beat' || message.kind === 'election'))
      return this.handOvers?.hear(vouched, message) ?? true
    return this.seating.hear(peer, message)
  }

  /** A message of a guest who has a seat. False: no honest page says this, or not now. */
  private hearMember(peer: GuestPeer, player: PlayerId, message: GuestMessage): boolean {
    const { kind } = message
    if (!(kind in this.handlers)) return false
    const hear = this.handlers[kind as keyof GuestMessageHandlers] as (from: object, said: GuestMessage) => boolean
    return hear({ peer, player }, message)
  }

  private tellNews(subject: Subject): void {
    if (subject === 'participants') this.media.tell()
    else if (subject === 'settings') this.settings.tell()
    else this.seating.tellAll(this.members.newsOf(subject))
  }

  // SeatingEvents: what the seats mean for the features.

  seated(peer: GuestPeer, player: PlayerId, token: string): void {
    const { lobby, members, matches, chat, media } = this
    const isNew = !lobby.roster.some(({ id }) => id === player)
    // A choice that does not fit the game comes from no honest page.
    if (isNew && peer.firstChoice && !this.choices.takeFirst(player, peer.firstChoice)) peer.countNonsense()
    peer.tell({
      ...{ kind: 'welcome', you: player, epoch: lobby.epoch, match: matches.running },
      ...{ admission: this.admission.rules, settings: this.settings.all, roster: members.roster.entries },
      resume: { token, seconds: this.reservations.seconds },
    })
    const code = isNew ? this.code.forNewcomer : this.code.forReturner
    for (const message of [chat.past, code]) if (message) peer.tell(message)
    members.changed(player)
    if (isNew) chat.announce('joined', player)
    if (media.forNewcomer) peer.tell(media.forNewcomer)
    lobby.files.arrived(player)
    matches.bringIn(peer)
    this.handOvers?.seated(player)
  }

  unlinked(player: PlayerId, link: Link): void {
    if (this.closed) return
    this.lobby.files.away(player)
    this.matches.detach(player, link)
    this.members.change(player, { presence: 'away' })
  }

  absent(player: PlayerId): void {
    if (!this.closed) this.matches.detachAbsent([player])
  }

  reseated(peer: GuestPeer, from: PlayerId, member: RosterEntry, token: string): void {
    this.spectators.reseated(peer, from, member, token)
  }

  freed(player: PlayerId, how: 'left' | 'kicked'): void {
    if (this.closed) return
    this.matches.remove(player)
    // Bots that fill seats and give way would push out what people say.
    if (!this.members.roster.get(player)?.bot) this.chat.announce(how, player)
    this.chat.forget(player)
    this.lobby.files.gone(player)
    this.media.forget(player)
    this.choices.forget(player)
    if (this.members.roster.remove(player)) this.members.changed(player)
  }

  // The end.

  leave(): void {
    if (this.handOvers?.leave()) return
    if (this.lobby.end(null)) this.close('host-left')
  }

  /** This page's player goes on as a guest of another. Returns why not. */
  handOver(player: PlayerId): Outcome {
    if (player === this.me) return 'not-yourself'
    if (!this.members.roster.has(player)) return 'no-such-player'
    const { handOvers } = this
    if (handOvers?.mayRun === false) return 'reconnecting'
    return handOvers?.handOver(player) ? null : 'not-ready'
  }

  /** The lobby server knows another host of this lobby. True: this page goes there as a guest. */
  replaced(): boolean {
    return this.handOvers?.replaced() ?? false
  }

  /** The page is about to be left, maybe for a reload. Returns `away` when another page goes on. */
  beforeGone(): LinkCloseReason | null {
    return this.handOvers?.pageGone() ? 'away' : null
  }

  /** The page was left, and the star has told the guests. Ends the lobby here too: the browser may restore the page later. */
  gone(): void {
    if (this.lobby.end('host-left', 'the page was left')) this.close('host-left')
  }

  private close(reason: LinkCloseReason, keepsLobby = false): void {
    if (this.closed) return
    this.closed = true
    this.stopAwaiting()
    this.handOvers?.stop()
    this.news.stop()
    this.lobby.files.use(null)
    this.seating.close(reason)
    this.matches.close(reason)
    this.options.closed(reason, keepsLobby)
  }
}

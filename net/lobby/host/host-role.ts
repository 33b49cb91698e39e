/**
 * The host's role in a lobby: it connects guests' links with the features. Guests come as links, so that a test can bring its own;
 * `create.ts` brings those of a star. In: links and what the page asks. Out: messages to guests, and what this page shows.
 *
 * Where what is: who may come in, `admission/`; who sits where, `seating.ts` and `reservations.ts`; one guest's link,
 * `guest-peer.ts`; each feature in the file `host-….ts` of its folder. Invariant: what only the host knows can be saved as
 * plain data (`save`), and a role that begins with it goes on where that host was.
 */

import { isFileMessage } from '../../files/kinds.ts'
import type { Platform } from '../../platform/platform.ts'
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
import { DEFAULT_POLICY, type FilePolicy, LobbyFiles } from '../files/lobby-files.ts'
import type { Listed, ListRefusal } from '../find/listed-types.ts'
import type { LobbyObject } from '../lobby.ts'
import { HostMatches } from '../match/host-matches.ts'
import { HostCalls } from '../media/host-calls.ts'
import { HostMembers } from '../members/host-members.ts'
import { LobbyNews, type Subject } from '../members/lobby-news.ts'
import { Roster } from '../members/roster.ts'
import type { GuestMessage, RosterEntry } from '../messages.ts'
import type { HostPowers, Role } from '../role.ts'
import { HostSettings } from '../settings/host-settings.ts'
import { HostSpectators } from '../spectators/host-spectators.ts'
import type { GuestHearers } from './guest-hearers.ts'
import { GuestPeer } from './guest-peer.ts'
import type { HostContext } from './host-context.ts'
import type { HostState } from './host-state.ts'
import { Reservations } from './reservations.ts'
import { Seating, type SeatingEvents } from './seating.ts'

export interface HostRoleOptions<G extends GameShape> {
  readonly game: Game<G>
  /** What the lobby begins with: a new one's (`newHostState`), or that of the host before. */
  readonly state: HostState
  /** The host's own player; null when it has none. */
  readonly me: PlayerId | null
  /** How long a seat waits for a guest whose link is lost. */
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
  /** Takes a code: the first, or a new one for one that is lost. Rejects with a StarwireError when there is none to be had. */
  readonly takeCode: () => Promise<string>
  /** Lists the lobby, changes how it is listed, or takes it off with null. */
  readonly list: (listed: Listed | null) => Promise<ListRefusal | null>
  /** The lobby is over, or this page hosts it no more: close the star with this reason. */
  readonly closed: (reason: LinkCloseReason) => void
  readonly platform: Platform
}

export class HostRole<G extends GameShape> implements Role, HostPowers, SeatingEvents {
  readonly hosting = true
  readonly resumeToken = null
  readonly powers = this
  readonly members: HostMembers
  readonly choices: HostChoices
  readonly spectators: HostSpectators
  readonly chat: HostChat
  readonly media: HostCalls
  readonly files: LobbyFiles
  readonly admission: HostAdmission
  readonly settings: HostSettings
  readonly bots: HostBots
  readonly matches: HostMatches<G>
  readonly code: HostCode
  readonly listing: HostPowers['listing']
  private readonly lobby: LobbyObject<G>
  private readonly options: HostRoleOptions<G>
  private readonly rules: Admission
  private readonly reservations: Reservations
  private readonly seating: Seating
  private readonly news: LobbyNews
  private readonly hearers: GuestHearers
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
    this.seating = new Seating({
      ...{ roster, reservations: this.reservations, admission: this.rules, events: this },
      marks: state.marks,
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
      told: () => this.chat.news('settings-changed'),
    })
    this.spectators = this.newSpectators(context)
    this.chat = new HostChat(context, {
      ...{ history: lobby.talk.history, vet },
      show: (message) => lobby.hearChat([message]),
    })
    this.media = new HostCalls(context, lobby.media)
    this.files = this.newFiles()
    this.admission = new HostAdmission(context, this.rules, (shown) => lobby.setAdmission(shown))
    this.bots = new HostBots(context, (bot) => {
      this.chat.news('joined', bot.id)
      this.matches.bringInBot(bot)
    })
    this.code = new HostCode(lobby, {
      ...{ warn, takeCode },
      tellAll: (message) => seating.tellAll(message),
      renewed: (before) => this.rules.codeLost(before),
    })
    this.listing = { list }
    const { choices, spectators, chat, media } = this
    this.hearers = { ...members.hears, ...choices.hears, ...spectators.hears, ...chat.hears, ...media.hears }
  }

  private newMatches(context: HostContext): HostMatches<G> {
    const { lobby, options } = this
    const { game, gameOptions, development, fairHost = false, newMinds = null, warn } = options
    return new HostMatches<G>(context, {
      ...{ game, lobby, gameOptions, development, fairHost, newMinds, warn },
      news: (what) => this.chat.news(what),
      failed: () => this.close('rules-failed'),
    })
  }

  private newSpectators(context: HostContext): HostSpectators {
    return new HostSpectators(context, {
      moved: (from, to, spectates) => {
        this.media.forget(from)
        return this.matches.reseat(from, to, spectates)
      },
      movedOwn: (from, to, spectates) => {
        this.matches.reseatOwn(to, spectates)
        this.media.forget(from)
        this.lobby.media.reseated()
      },
    })
  }

  private newFiles(): LobbyFiles {
    const { lobby, seating, members } = this
    const { platform, files: policy = DEFAULT_POLICY } = this.options
    const nonsense = (from: PlayerId | null): void => {
      if (from !== null) seating.peerOf(from)?.countNonsense()
    }
    return new LobbyFiles(async () => {
      const { HostFiles } = await import('../files/host-files.ts')
      return new HostFiles({
        me: () => members.me,
        ...{ platform, policy, nonsense },
        offered: (offer) => lobby.offerFile(offer),
        link: (player) => seating.peerOf(player)?.link ?? null,
      })
    }, nonsense)
  }

  get me(): PlayerId | null {
    return this.members.me
  }

  get playing(): boolean {
    return this.matches.playing
  }

  begin(): void {
    this.lobby.epoch++
    this.settings.begin(this.options.settings)
    this.seating.awaitOthers(this.me)
    this.lobby.setAdmission(this.admission.rules)
    this.members.show()
  }

  release(): void {
    this.close('lost')
  }

  /** What another page has to know to go on as this host does. */
  save(): HostState {
    return {
      roster: this.members.roster.save(),
      admission: this.rules.save(),
      reservations: this.reservations.save(),
      marks: this.seating.saveMarks(),
    }
  }

  /** Whether a guest may connect: `note` is what their page gave to signalling. Null admits. */
  accept(note: string, marks: Partial<GuestMarks> = {}): Reason | null {
    return this.closed ? 'host-left' : this.rules.beforeConnecting(note, { ...NO_MARKS, ...marks })
  }

  /** A guest's link is open. */
  arrive(link: Link, marks: Partial<GuestMarks> = {}): void {
    if (this.closed) return link.close('host-left')
    const peer = new GuestPeer(link, { ...NO_MARKS, ...marks }, this.options.platform)
    this.seating.peers.add(peer)
    link.listen({
      message: (lane, bytes) => {
        if (lane === 'bulk') this.hear(peer, bytes)
        else if (!this.matches.receive(peer, bytes)) peer.countNonsense()
      },
      liveness: (liveness) => {
        const presence = liveness === 'alive' ? 'here' : 'late'
        if (peer.player !== null) this.members.change(peer.player, { presence })
      },
      closed: (reason) => this.seating.depart(peer, reason),
    })
  }

  private hear(peer: GuestPeer, bytes: Uint8Array): void {
    const { player } = peer
    if (player !== null && isFileMessage(bytes)) return this.files.hear(player, bytes)
    const message = peer.read(bytes)
    if (!message) return
    const isHeard =
      player === null
        ? this.seating.hear(peer, message)
        : this.hearMember(peer, player, message as Extract<typeof message, GuestMessage>)
    if (!isHeard) peer.countNonsense()
  }

  /** False: what no honest page says, or not now. */
  private hearMember(peer: GuestPeer, player: PlayerId, message: GuestMessage): boolean {
    const { kind } = message
    if (!(kind in this.hearers)) return false
    const hear = this.hearers[kind as keyof GuestHearers] as (from: object, said: GuestMessage) => boolean
    return hear({ peer, player }, message)
  }

  private tellNews(subject: Subject): void {
    if (subject === 'participants') this.media.tell()
    else if (subject === 'settings') this.settings.tell()
    else this.seating.tellAll(this.members.newsOf(subject))
  }

  // What `seating` tells of guests.

  seated(peer: GuestPeer, player: PlayerId, token: string): void {
    const { lobby, members, matches, chat, media } = this
    const isNew = !lobby.roster.some(({ id }) => id === player)
    // One that is none of this game's comes from no honest page.
    if (isNew && peer.firstChoice && this.choices.take(player, peer.firstChoice) === 'nonsense') peer.countNonsense()
    peer.tell({
      ...{ kind: 'welcome', you: player, epoch: lobby.epoch, match: matches.setup },
      ...{ admission: this.admission.rules, settings: this.settings.all, roster: members.roster.entries },
      resume: { token, seconds: this.reservations.seconds },
    })
    for (const message of [chat.past, this.code.news]) if (message) peer.tell(message)
    members.changed(player)
    if (isNew) chat.news('joined', player)
    if (media.news) peer.tell(media.news)
    matches.bringIn(peer)
  }

  unlinked(player: PlayerId, link: Link): void {
    if (this.closed) return
    this.files.away(player)
    this.matches.detach(player, link)
    this.members.change(player, { presence: 'away' })
  }

  reseated(peer: GuestPeer, from: PlayerId, member: RosterEntry, token: string): void {
    this.spectators.reseated(peer, from, member, token)
  }

  freed(player: PlayerId, how: 'left' | 'kicked'): void {
    if (this.closed) return
    this.matches.remove(player)
    this.chat.news(how, player)
    this.chat.forget(player)
    this.files.gone(player)
    this.media.forget(player)
    this.choices.forget(player)
    if (this.members.roster.remove(player)) this.members.changed(player)
  }

  // The end.

  leave(): void {
    if (this.lobby.end(null)) this.close('host-left')
  }

  /** The page was left, and the guests were told. The lobby ends here too, so that a page which the browser restores shows that. */
  gone(): void {
    if (this.lobby.end('host-left', 'the page was left')) this.close('host-left')
  }

  private close(reason: LinkCloseReason): void {
    this.closed = true
    this.news.stop()
    this.files.close()
    this.seating.close(reason)
    this.matches.close(reason)
    this.options.closed(reason)
  }
}

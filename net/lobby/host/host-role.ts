/**
 * The host's role in a lobby: it admits guests, tells everybody the roster, and starts the match. Guests come as links, so
 * that a test can bring its own; `create.ts` brings those of a star. Parts: who may come in (`admission.ts`), who sits where
 * (`seating.ts`, `reservations.ts`, `roster.ts`), who is told of what changed (`lobby-news.ts`), one guest's link
 * (`guest-peer.ts`), the match (`hosted-match.ts`), the code (`lobby-code.ts`).
 */

import type { BotIdentity } from '../../bots/bot-identity.ts'
import { isFileMessage } from '../../files/kinds.ts'
import { HostMedia } from '../../media/host-media.ts'
import type { MediaRequest, SignalRequest } from '../../media/media-messages.ts'
import type { Chance, Platform } from '../../platform/platform.ts'
import { showError } from '../../platform/show-error.ts'
import type { NewMinds } from '../../session/host.ts'
import type { Link, LinkCloseReason } from '../../transport/link.ts'
import { decodePacket, isDefect, PacketKind } from '../../wire/packet.ts'
import type { Reason } from '../../wire/reasons.ts'
import { completeValues, type PlainValues } from '../../world/complete-values.ts'
import type { Game } from '../../world/game.ts'
import { describeGiven, list } from '../../world/given.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { GameShape } from '../../world/types.ts'
import { HostChat } from '../chat/host-chat.ts'
import type { ChatRefusal, VetChat } from '../chat/types.ts'
import { DEFAULT_POLICY, type FilePolicy, LobbyFiles } from '../files/lobby-files.ts'
import type { Listed, ListRefusal } from '../find/listed-types.ts'
import { checkChoice, checkSettings } from '../game-values.ts'
import type { LobbyObject } from '../lobby.ts'
import { copyOf } from '../member-data.ts'
import type { GuestMessage, HostMessage, RosterEntry } from '../messages.ts'
import type { Role } from '../role.ts'
import type { AdmissionRules, BannedPlayer, Refusal } from '../types.ts'
import { Admission, type AdmissionState } from './admission.ts'
import { Choices } from './choices.ts'
import { type GuestMarks, NO_MARKS } from './guest-marks.ts'
import { GuestPeer } from './guest-peer.ts'
import { HostedMatch } from './hosted-match.ts'
import { LobbyCode } from './lobby-code.ts'
import { LobbyNews } from './lobby-news.ts'
import type { Reservations } from './reservations.ts'
import type { MemberChange, Roster } from './roster.ts'
import { Seating, type SeatingEvents } from './seating.ts'

export interface HostRoleOptions<G extends GameShape> {
  readonly game: Game<G>
  /** The seats, with the host's own player among them, if it has one. */
  readonly roster: Roster
  readonly reservations: Reservations
  /** Of a host that this page goes on for. */
  readonly admission?: AdmissionState
  /** Null when the host has no player of its own. */
  readonly me: PlayerId | null
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

/** Whole numbers from 0 to 2^32 − 1. */
function randomNumbers(count: number, chance: Chance): number[] {
  return Array.from(new Uint32Array(chance.randomBytes(4 * count).buffer))
}

export class HostRole<G extends GameShape> implements Role, SeatingEvents {
  readonly hosting = true
  me: PlayerId | null
  readonly resumeToken = null
  readonly code: LobbyCode
  readonly files: LobbyFiles
  private readonly lobby: LobbyObject<G>
  private readonly options: HostRoleOptions<G>
  private readonly roster: Roster
  private readonly admission: Admission
  private readonly seating: Seating
  private readonly news: LobbyNews<PlayerId | 'settings' | 'participants'>
  private readonly choices: Choices
  private readonly chat: HostChat
  private readonly media: HostMedia
  private hosted: HostedMatch<G> | null = null
  /** The epoch of the last match that is over; 0 before. */
  private endedEpoch = 0
  /** The lobby is over or has another role. Later callbacks are ignored. */
  private closed = false

  constructor(lobby: LobbyObject<G>, options: HostRoleOptions<G>) {
    const { game, roster, reservations, me, platform, warn, takeCode } = options
    this.lobby = lobby
    this.options = options
    this.me = me
    this.roster = roster
    this.admission = new Admission(game, roster, platform, options.admission)
    this.seating = new Seating(roster, reservations, this.admission, this)
    this.news = new LobbyNews(platform, (subject) => {
      if (subject === 'participants') this.tellParticipants()
      else if (subject === 'settings') this.tellSettings()
      else this.tellMember(subject)
    })
    this.choices = new Choices({
      ...{ game, roster, timers: platform },
      settings: () => lobby.settings as PlainValues,
      plays: (player) => this.hosted?.plays(player) ?? false,
      changed: (player) => this.memberChanged(player),
    })
    this.media = new HostMedia({
      participants: lobby.media.told,
      timers: platform,
      reaches: (player) => player === this.me || this.seating.peerOf(player) !== null,
      changed: () => this.news.changed('participants'),
      forward: (to, from, text) => {
        if (to === this.me) lobby.media.hear({ kind: 'signalled', from, text })
        else this.seating.peerOf(to)?.tell({ kind: 'signalled', from, text })
      },
    })
    this.chat = new HostChat({
      history: lobby.talk.history,
      vet: options.vetChat ?? null,
      platform,
      nameOf: (player) => roster.entries.find(({ id }) => id === player)?.name ?? '',
      tell: (message) => {
        for (const peer of this.seating.seated()) peer.tell({ kind: 'chat', messages: [message] })
        lobby.hearChat([message])
      },
    })
    this.files = this.newFiles()
    this.code = new LobbyCode(lobby, { warn, takeCode, changed: () => this.tellCode() })
  }

  private newFiles(): LobbyFiles {
    const { lobby, seating } = this
    const { platform, files: policy = DEFAULT_POLICY } = this.options
    const nonsense = (from: PlayerId | null): void => {
      if (from !== null) seating.peerOf(from)?.countNonsense()
    }
    return new LobbyFiles(async () => {
      const { HostFiles } = await import('../files/host-files.ts')
      return new HostFiles({
        me: () => this.me,
        ...{ platform, policy, nonsense },
        offered: (offer) => lobby.offerFile(offer),
        link: (player) => seating.peerOf(player)?.link ?? null,
      })
    }, nonsense)
  }

  begin(): void {
    const { game, settings } = this.options
    this.lobby.epoch++
    this.lobby.setSettings(completeValues(game.schema.settings, settings ?? this.lobby.settings))
    this.seating.awaitOthers(this.me)
    this.lobby.setAdmission(this.admissionRules)
    this.lobby.setRoster(this.roster.entries)
  }

  release(): void {
    this.close('lost')
  }

  /** What an heir has to know to admit as this host does. */
  get admissionState(): AdmissionState {
    return this.admission.save()
  }

  get playing(): boolean {
    return this.hosted !== null
  }

  /** Whether a guest may connect: `note` is what their page gave to signalling. Null admits. */
  accept(note: string, marks: Partial<GuestMarks> = {}): Reason | null {
    return this.closed ? 'host-left' : this.admission.beforeConnecting(note, { ...NO_MARKS, ...marks })
  }

  /** A guest's link is open. */
  arrive(link: Link, marks: Partial<GuestMarks> = {}): void {
    if (this.closed) return link.close('host-left')
    const peer = new GuestPeer(link, { ...NO_MARKS, ...marks }, this.options.platform)
    this.seating.peers.add(peer)
    link.listen({
      message: (lane, bytes) => {
        if (lane === 'bulk') this.bulkBytes(peer, bytes)
        else if (peer.player !== null && this.hosted) this.hosted.receive(peer.player, bytes)
        else if (!this.isOfEndedMatch(bytes)) peer.countNonsense()
      },
      liveness: (liveness) => {
        const presence = liveness === 'alive' ? 'here' : 'late'
        if (peer.player !== null) this.change(peer.player, { presence })
      },
      closed: (reason) => this.seating.depart(peer, reason),
    })
  }

  /** Pages that have not heard of the end yet send packets of that match. Before the first match nobody has any to send. */
  private isOfEndedMatch(bytes: Uint8Array): boolean {
    const packet = decodePacket(bytes)
    return !isDefect(packet) && packet.kind === PacketKind.input && packet.epoch <= this.endedEpoch
  }

  private bulkBytes(peer: GuestPeer, bytes: Uint8Array): void {
    if (peer.player !== null && isFileMessage(bytes)) return this.files.hear(peer.player, bytes)
    const message = peer.read(bytes)
    if (message?.kind === 'hello' && peer.player === null) this.hello(peer, message)
    else if (message?.kind === 'ready' && peer.player !== null) {
      this.change(peer.player, { ready: message.ready })
    } else if (message?.kind === 'choose' && peer.player !== null) this.answerChoice(peer, peer.player, message)
    else if (message?.kind === 'data' && peer.player !== null) this.hearData(peer, peer.player, message.data)
    else if (message?.kind === 'say' && peer.player !== null) {
      // An honest page sends no empty text. What comes too fast is dropped.
      if (this.chat.say(peer.player, message.text) === 'empty') peer.countNonsense()
    } else if (message?.kind === 'spectate' && peer.player !== null) this.reseat(peer, peer.player, message.spectate)
    else if (message?.kind === 'guess' && peer.player === null) this.seating.guess(peer, message)
    else if (message?.kind === 'media' && peer.player !== null) this.media.request(peer.player, message)
    else if (message?.kind === 'signal' && peer.player !== null) {
      if (this.media.signal(peer.player, message) === 'flood') peer.countNonsense()
    } else if (message?.kind === 'foreign-hello' && peer.player === null)
      this.seating.refuse(peer, { reason: 'version-mismatch' })
    else if (message) peer.countNonsense()
  }

  private hello(peer: GuestPeer, message: Extract<GuestMessage, { kind: 'hello' }>): void {
    const { choice = null } = message
    peer.firstChoice = choice
    this.seating.hello(peer, message)
  }

  private answerChoice(peer: GuestPeer, player: PlayerId, message: Extract<GuestMessage, { kind: 'choose' }>): void {
    const { ask, choice } = message
    const refusal = this.choices.choose(player, choice)
    if (refusal === 'nonsense') return peer.countNonsense()
    // Whoever is told that they have it sees it.
    if (this.news.isWaiting(player)) peer.tell(this.newsOf(player))
    peer.tell({ kind: 'chosen', ask, refusal })
  }

  private hearData(peer: GuestPeer, player: PlayerId, data: unknown): void {
    if (peer.dataBudget.available(this.options.platform.now()) < 1) return peer.countNonsense()
    peer.dataBudget.spend(1)
    this.change(player, { data })
  }

  seated(peer: GuestPeer, player: PlayerId, token: string): void {
    const { seconds } = this.options.reservations
    const { admissionRules: admission, roster, hosted, lobby } = this
    const match = hosted?.setup ?? null
    const resume = { token, seconds }
    const { epoch, settings } = lobby
    const isNew = !lobby.roster.some(({ id }) => id === player)
    // One that is none of this game's comes from no honest page.
    if (isNew && peer.firstChoice && this.choices.choose(player, peer.firstChoice) === 'nonsense') peer.countNonsense()
    const { entries } = roster
    peer.tell({ kind: 'welcome', you: player, epoch, match, admission, settings, roster: entries, resume })
    const { messages } = lobby.talk.history
    if (messages.length > 0) peer.tell({ kind: 'chat', messages: [...messages] })
    const { news } = this.code
    if (news) peer.tell(news)
    this.memberChanged(player)
    if (isNew) this.chat.news('joined', player)
    if (this.media.isAnybody) peer.tell({ kind: 'participants', ...this.media.participants })
    hosted?.bringIn(peer, this.watches(player))
  }

  /** A guest asks to watch, or to play again. An honest one asks for neither twice. */
  private reseat(peer: GuestPeer, player: PlayerId, spectates: boolean): void {
    if (this.roster.get(player)?.spectator === spectates) return peer.countNonsense()
    const refusal = this.seating.reseat(peer, player, spectates, this.options.platform.now())
    if (refusal) peer.tell({ kind: 'declined', refusal })
  }

  reseated(peer: GuestPeer, from: PlayerId, { id, spectator }: RosterEntry, token: string): void {
    const tick = this.hosted?.reseat(from, id, spectator) ?? 0
    this.media.forget(from)
    peer.tell({ kind: 'seat', you: id, spectator, tick, token })
    this.memberChanged(from)
    this.memberChanged(id)
  }

  async spectate(spectates: boolean): Promise<Refusal | null> {
    const { me } = this
    if (me === null) return 'no-such-player'
    if (this.roster.get(me)?.spectator === spectates) return null
    if (!spectates) this.seating.makeRoom()
    const member = this.roster.reseat(me, spectates)
    if (!member) return 'full'
    this.me = member.id
    this.hosted?.reseatOwn(member.id, spectates)
    this.media.forget(me)
    this.lobby.media.reseated()
    this.memberChanged(me)
    this.memberChanged(member.id)
    return null
  }

  private watches(player: PlayerId | null): boolean {
    return player !== null && (this.roster.get(player)?.spectator ?? false)
  }

  unlinked(player: PlayerId, link: Link): void {
    if (this.closed) return
    this.files.away(player)
    this.hosted?.detach(player, link)
    this.change(player, { presence: 'away' })
  }

  freed(player: PlayerId, how: 'left' | 'kicked'): void {
    if (this.closed) return
    this.hosted?.remove(player)
    this.chat.news(how, player)
    this.chat.forget(player)
    this.files.gone(player)
    this.media.forget(player)
    this.choices.forget(player)
    if (this.roster.remove(player)) this.memberChanged(player)
  }

  private change(player: PlayerId, change: MemberChange): void {
    if (this.roster.set(player, change)) this.memberChanged(player)
  }

  /** Somebody came, went or is another: this page shows it now, the guests are told. */
  private memberChanged(player: PlayerId): void {
    this.news.changed(player)
    this.lobby.setRoster(this.roster.entries)
  }

  /** Everybody hears how a member is now, or that they are gone. */
  private tellMember(player: PlayerId): void {
    const message = this.newsOf(player)
    for (const peer of this.seating.seated()) peer.tell(message)
  }

  private newsOf(player: PlayerId): HostMessage {
    const member = this.roster.get(player)
    return member ? { kind: 'member', member } : { kind: 'gone', id: player }
  }

  private tellParticipants(): void {
    const message: HostMessage = { kind: 'participants', ...this.media.participants }
    for (const peer of this.seating.seated()) peer.tell(message)
    this.lobby.media.hear(message)
  }

  private get admissionRules(): AdmissionRules {
    const { locked, password } = this.admission
    const { maxPlayers, maxSpectators } = this.roster
    return { locked, hasPassword: password.salt !== null, maxPlayers, maxSpectators }
  }

  private tellAdmission(): void {
    const { admissionRules: admission } = this
    for (const peer of this.seating.seated()) peer.tell({ kind: 'admission', admission })
    this.lobby.setAdmission(admission)
  }

  private tellCode(): void {
    const { code, codeState: state } = this.lobby
    if (state === 'none') return
    for (const peer of this.seating.seated()) peer.tell({ kind: 'code', code, state })
  }

  setReady(ready: boolean): void {
    if (this.me !== null) this.change(this.me, { ready })
  }

  async choose(choice: PlainValues): Promise<Refusal | null> {
    checkChoice(this.options.game, choice)
    if (this.me === null) return 'no-such-player'
    const refusal = this.choices.choose(this.me, choice)
    return refusal === 'nonsense' ? 'not-allowed' : refusal
  }

  setMyData(data: unknown): void {
    // A copy: the page may go on with its own.
    if (this.me !== null) this.change(this.me, { data: copyOf(data) })
  }

  changeSettings(change: PlainValues): Refusal | null {
    const { lobby } = this
    const { game } = this.options
    checkSettings(game, change)
    if (this.hosted) return 'already-playing'
    if (lobby.setSettings(completeValues(game.schema.settings, { ...lobby.settings, ...change })))
      this.news.changed('settings')
    return null
  }

  private tellSettings(): void {
    const { settings } = this.lobby
    for (const peer of this.seating.seated()) peer.tell({ kind: 'settings', settings })
    this.chat.news('settings-changed')
  }

  start(): Refusal | null {
    if (this.hosted) return 'already-playing'
    // Whoever starts knows what the match is played with.
    this.news.tellAll()
    const { settings } = this.lobby
    const { me } = this
    const { game, gameOptions, development, fairHost = false, newMinds = null, warn, platform } = this.options
    const [seed = 0, ...secret] = randomNumbers(5, platform)
    const epoch = this.lobby.epoch + 1
    const hosted = new HostedMatch<G>({
      ...{ game, me, spectating: this.watches(me), secret, development, fairHost, newMinds, warn, platform },
      start: { epoch, seed, options: gameOptions, settings },
      people: this.lobby.people,
      choiceOf: (player) => this.roster.get(player)?.choice ?? {},
      failed: (error) => this.fail(error),
      hostile: (player) => this.seating.peerOf(player)?.link.close('kicked'),
    })
    this.hosted = hosted
    this.lobby.play(hosted.match)
    for (const peer of this.seating.seated()) {
      peer.tell({ kind: 'start', epoch, ...hosted.setup })
      hosted.bringIn(peer, this.watches(peer.player))
    }
    for (const entry of this.roster.entries) hosted.bringInBot(entry)
    this.chat.news('match-started')
    return null
  }

  finish(): Refusal | null {
    const { hosted, lobby } = this
    if (!hosted) return 'not-playing'
    this.hosted = null
    this.endedEpoch = lobby.epoch
    for (const peer of this.seating.seated()) {
      peer.tell({ kind: 'finish', epoch: lobby.epoch })
    }
    hosted.close('left')
    lobby.matchIsOver()
    this.chat.news('match-over')
    return null
  }

  private fail(error: unknown): void {
    if (!this.lobby.end('rules-failed', String(error))) return
    showError(error)
    this.close('rules-failed')
  }

  kick(player: PlayerId, text: string | null): Refusal | null {
    return this.remove(player, 'kicked', text)
  }

  addBot(bot: BotIdentity, name: string): Refusal | null {
    const { id, schema } = this.options.game
    if (!schema.bots.has(bot.kind))
      throw new TypeError(`${id} declares no bot ${describeGiven(bot.kind)}. It has ${list(schema.bots)}.`)
    const entry = this.roster.add(name, false, undefined, { bot })
    if (!entry) return 'full'
    this.memberChanged(entry.id)
    this.chat.news('joined', entry.id)
    this.hosted?.bringInBot(entry)
    return null
  }

  ban(player: PlayerId, text: string | null): Refusal | null {
    return this.remove(player, 'banned', text)
  }

  private remove(player: PlayerId, reason: 'kicked' | 'banned', text: string | null): Refusal | null {
    if (player === this.me) return 'not-yourself'
    return this.seating.remove(player, reason, text) ? null : 'no-such-player'
  }

  unban(ban: number): Refusal | null {
    return this.admission.bans.lift(ban) ? null : 'no-such-ban'
  }

  get bans(): readonly BannedPlayer[] {
    return this.admission.bans.all.map(({ id, name, text }) => ({ id, name, text }))
  }

  lock(locked: boolean): Refusal | null {
    this.admission.locked = locked
    this.tellAdmission()
    return null
  }

  async setPassword(password: string | null): Promise<Refusal | null> {
    const isSet = this.admission.password.set(password)
    // Asked for from now on, though it cannot be guessed yet.
    this.tellAdmission()
    await isSet
    return null
  }

  setMaxPlayers(maxPlayers: number): Refusal | null {
    const { id, maxPlayers: most } = this.options.game
    if (!(Number.isInteger(maxPlayers) && maxPlayers >= 1 && maxPlayers <= most))
      throw new RangeError(`maxPlayers is 1 to ${most} for ${id}, not ${String(maxPlayers)}.`)
    if (this.roster.players > maxPlayers) return 'too-many-players'
    this.roster.maxPlayers = maxPlayers
    this.tellAdmission()
    return null
  }

  say(text: string): ChatRefusal | null {
    return this.me === null ? 'no-player' : this.chat.say(this.me, text)
  }

  list(listed: Listed | null): Promise<ListRefusal | null> {
    return this.options.list(listed)
  }

  sayMedia(message: MediaRequest | SignalRequest): boolean {
    if (this.me === null) return false
    if (message.kind === 'media') this.media.request(this.me, message)
    else this.media.signal(this.me, message)
    return true
  }

  open(): Promise<Refusal | null> {
    return this.code.open()
  }

  renewCode(): Promise<Refusal | null> {
    return this.code.renew()
  }

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
    this.hosted?.close(reason)
    this.options.closed(reason)
  }
}

/**
 * The lobby of this page. It holds state, roster, code, listeners, the players met, the match and the promise of its session. What the
 * page asks goes to its role (`role.ts`), the host's or a guest's. When the role is replaced, the lobby object stays the same, with its
 * listeners, roster and match.
 */

import type { ConnectionReport } from '../errors/connection-report.ts'
import { StarwireError } from '../errors/starwire-error.ts'
import type { FileOffer, FileTransfer, ShareOptions } from '../files/types.ts'
import { LobbyMedia } from '../media/lobby-media.ts'
import type { MediaWays } from '../media/media-context.ts'
import type { Video, Voice } from '../media/types.ts'
import { Emitter } from '../platform/emitter.ts'
import { thisPage } from '../platform/platform.ts'
import { Promised } from '../platform/promised.ts'
import type { Session } from '../session/types.ts'
import type { Reason } from '../wire/reasons.ts'
import type { PlainValues } from '../world/complete-values.ts'
import type { Game } from '../world/game.ts'
import type { GameShape } from '../world/game-shape.ts'
import { checkNames, describeGiven } from '../world/given.ts'
import type { PlayerId } from '../world/ids.ts'
import { type Inspect, inspectCustom, inspectedAs } from '../world/inspect.ts'
import type { SeenSettings } from '../world/record-types.ts'
import { givenHostText } from './admission/host-text.ts'
import type { AdmissionRules, BannedPlayer } from './admission/types.ts'
import { givenBot } from './bots/given-bot.ts'
import type { BotOptions } from './bots/types.ts'
import { cleanChat } from './chat/chat-text.ts'
import { LobbyChat } from './chat/lobby-chat.ts'
import type { ChatMessage, ChatRefusal, UnsaidText } from './chat/types.ts'
import { LobbyFiles } from './files/lobby-files.ts'
import { shareFile } from './files/share.ts'
import type { Listed, ListRefusal, OwnListing } from './find/listed-types.ts'
import { checkListed } from './find/public-listing.ts'
import { checkChoice, checkSettings } from './game-values.ts'
import type { Match } from './match/match.ts'
import { checkMemberData, sameValue } from './members/member-data.ts'
import { MetPlayers } from './members/met-players.ts'
import type { RosterEntry } from './messages.ts'
import { checkBoolean, checkMaxPlayers, checkPassword } from './options.ts'
import type { Refusal } from './refusal.ts'
import type { HostPowers, Role } from './role.ts'
import type { CodeState, Lobby, LobbyEvents, LobbyState, Member, Reconnecting } from './types.ts'

const EVENTS: readonly (keyof LobbyEvents)[] = [
  'code',
  'roster',
  'host',
  'admission',
  'settings',
  'state',
  'chat',
  'unsaid',
  'listing',
  'file',
  'reconnecting',
  'paused',
  'ended',
]

/** For tests without media: connections within one network, with what the page has. */
const NO_WAYS: MediaWays = { platform: thisPage, iceServers: () => [] }

export type NewRole<G extends GameShape> = (lobby: LobbyObject<G>) => Role

export class LobbyObject<G extends GameShape> implements Lobby<G> {
  code: string
  codeState: CodeState
  state: LobbyState = 'lobby'
  reconnecting: Reconnecting | null = null
  paused = false
  roster: readonly Member<G>[] = []
  private entries: readonly RosterEntry[] = []
  /** Whose pages host next, the first in rank first. */
  private heirs: readonly PlayerId[] = []
  hostText: string | null = null
  listing: OwnListing | null = null
  /** A value for every setting of the game. Empty until the first role begins. */
  private allSettings: PlainValues = {}
  match: Match<G> | null = null
  /** Counts the hosts and the match starts of this lobby, from 1; 0 before the first role. Every packet of a match names it. */
  epoch = 0
  /** The highest epoch that this page hosted or voted for, in whatever role: a vote is given once. */
  promised = 0
  readonly people = new MetPlayers()
  /** The chat's messages, and whom this page mutes. */
  readonly talk = new LobbyChat()
  /** Voice and video of this page. */
  readonly media: LobbyMedia
  /** Files that this page sends, receives and relays. */
  readonly files = new LobbyFiles((offer) => this.offerFile(offer))
  private admission: AdmissionRules = { locked: false, hasPassword: false, maxPlayers: 1, maxSpectators: 0 }
  private readonly game: Game<G>
  private role: Role
  private readonly emitter = new Emitter<LobbyEvents<G>>()
  private nextSession = new Promised<Session<G>>()

  /** `code`: empty while the lobby is offline. `ways`: how pages connect for voice and video. */
  constructor(game: Game<G>, code: string, newRole: NewRole<G>, ways: MediaWays = NO_WAYS) {
    this.game = game
    this.code = code
    this.codeState = code === '' ? 'none' : 'open'
    this.media = new LobbyMedia(this.mediaContext(ways))
    this.role = newRole(this)
    this.role.begin()
  }

  /** Replaces the role: releases the old one and begins the new one. */
  become(newRole: NewRole<G>): void {
    this.role.release()
    this.heirs = []
    this.role = newRole(this)
    this.role.begin()
  }

  get hosting(): boolean {
    return this.role.hosting
  }

  /** Null for a host without a player of its own, whose lobby `createLobby` gives another type. */
  get connection(): ConnectionReport | null {
    return this.role.connection ?? null
  }

  get me(): PlayerId {
    return this.role.me as PlayerId
  }

  get maxPlayers(): number {
    return this.admission.maxPlayers
  }

  get locked(): boolean {
    return this.admission.locked
  }

  get maxSpectators(): number {
    return this.admission.maxSpectators
  }

  get hasPassword(): boolean {
    return this.admission.hasPassword
  }

  get bans(): readonly BannedPlayer[] {
    return this.role.powers?.admission.bans ?? []
  }

  get resumeToken(): string | null {
    return this.role.resumeToken
  }

  /** Does what the host alone may do, or says why not. */
  private asHost<T>(act: (powers: HostPowers) => T): T | 'ended' | 'not-host' {
    const { powers } = this.role
    if (this.state === 'ended') return 'ended'
    return powers ? act(powers) : 'not-host'
  }

  setReady(ready: boolean): Refusal | null {
    checkBoolean('lobby.setReady', ready, 'true or false')
    return this.state === 'ended' ? 'ended' : this.role.members.setReady(ready)
  }

  get settings(): SeenSettings<G> {
    // The core works on plain values; the game's types were checked where they were defined.
    return this.allSettings as SeenSettings<G>
  }

  changeSettings(change: PlainValues): Refusal | null {
    checkSettings(this.game, change)
    return this.asHost(({ settings }) => settings.change(change))
  }

  async choose(choice: PlainValues): Promise<Refusal | null> {
    checkChoice(this.game, choice)
    return this.state === 'ended' ? 'ended' : this.role.choices.choose(choice)
  }

  setMyData(data: unknown): Refusal | null {
    checkMemberData(data)
    return this.state === 'ended' ? 'ended' : this.role.members.setMyData(data)
  }

  start(): Refusal | null {
    return this.asHost(({ matches }) => matches.start())
  }

  finish(): Refusal | null {
    return this.asHost(({ matches }) => matches.finish())
  }

  handOver(player: PlayerId): Refusal | null {
    return this.asHost((powers) => powers.handOver(player))
  }

  playOn(): Refusal | null {
    const { role, state } = this
    if (state === 'ended') return 'ended'
    return role.playOn ? role.playOn() : 'not-ready'
  }

  kick(player: PlayerId, text?: string): Refusal | null {
    const said = givenHostText('lobby.kick', text)
    return this.asHost(({ admission }) => admission.kick(player, said))
  }

  ban(player: PlayerId, text?: string): Refusal | null {
    const said = givenHostText('lobby.ban', text)
    return this.asHost(({ admission }) => admission.ban(player, said))
  }

  unban(ban: number): Refusal | null {
    return this.asHost(({ admission }) => admission.unban(ban))
  }

  lock(locked: boolean): Refusal | null {
    checkBoolean('lobby.lock', locked, 'true to lock the lobby, false to unlock it')
    return this.asHost(({ admission }) => admission.lock(locked))
  }

  async setPassword(password: string | null): Promise<Refusal | null> {
    if (password !== null) checkPassword('lobby.setPassword', password)
    return this.asHost(({ admission }) => admission.setPassword(password))
  }

  setMaxPlayers(maxPlayers: number): Refusal | null {
    checkMaxPlayers(this.game, maxPlayers)
    return this.asHost(({ admission }) => admission.setMaxPlayers(maxPlayers))
  }

  addBot(kind: G['bots'], options: BotOptions = {}): Refusal | null {
    const { name, bot } = givenBot(this.game, kind, options)
    return this.asHost(({ bots }) => bots.add(bot, name))
  }

  async spectate(spectates: boolean): Promise<Refusal | null> {
    checkBoolean('lobby.spectate', spectates, 'true to watch, false to play again')
    return this.state === 'ended' ? 'ended' : this.role.spectators.spectate(spectates)
  }

  get chat(): readonly ChatMessage[] {
    return this.talk.shown
  }

  get muted(): ReadonlySet<PlayerId> {
    return this.talk.muted
  }

  say(text: string): ChatRefusal | null {
    if (typeof text !== 'string') throw new TypeError(`lobby.say was given ${describeGiven(text)}. Write a text.`)
    if (this.state === 'ended') return 'ended'
    const clean = cleanChat(text)
    return clean === '' ? 'empty' : this.role.chat.say(clean)
  }

  mute(player: PlayerId, isMuted: boolean): Refusal | null {
    if (this.state === 'ended') return 'ended'
    if (player === this.me) return 'not-yourself'
    if (!this.roster.some(({ id }) => id === player)) return 'no-such-player'
    this.talk.mute(player, isMuted)
    this.media.changed()
    return null
  }

  async list(listed: Listed | null): Promise<ListRefusal | null> {
    if (listed !== null) await checkListed('lobby.list', listed)
    return this.asHost(({ listing }) => listing.list(listed))
  }

  async share(
    file: Blob,
    options: ShareOptions & { readonly to: PlayerId | readonly PlayerId[] | 'all' },
  ): Promise<readonly FileTransfer<PlayerId>[]> {
    return shareFile(this, this.files, file, options)
  }

  get voice(): Voice {
    return this.media.voice
  }

  get video(): Video {
    return this.media.video
  }

  async open(): Promise<Refusal | null> {
    return this.asHost(({ code }) => code.open())
  }

  async renewCode(): Promise<Refusal | null> {
    return this.asHost(({ code }) => code.renew())
  }

  leave(): void {
    if (this.state !== 'ended') this.role.leave()
  }

  on<Name extends keyof LobbyEvents<G>>(event: Name, heard: (value: LobbyEvents<G>[Name]) => void): () => void {
    checkNames('lobby.on', { [event]: heard }, EVENTS)
    return this.emitter.on(event, heard)
  }

  session(): Promise<Session<G>> {
    return this.nextSession.promise
  }

  /** Without secrets, such as the resume token. */
  toJSON(): Record<string, unknown> {
    const { code, state, hosting, me, maxPlayers, settings, roster } = this
    return { code, state, hosting, me, maxPlayers, settings, roster }
  }

  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    return inspectedAs('lobby', this.toJSON(), options, inspect)
  }

  private mediaContext(ways: MediaWays): LobbyMedia['context'] {
    const lobby = this
    return {
      ...ways,
      get me() {
        return lobby.role.me
      },
      get ended() {
        return lobby.state === 'ended'
      },
      muted: this.talk.muted,
      send: (message) => lobby.role.media.say(message),
      has: (player) => lobby.roster.some(({ id }) => id === player),
    }
  }

  // What follows is for the role.

  setRoster(entries: readonly RosterEntry[]): void {
    this.people.update(entries, this.me)
    const hostBefore = this.hostMember
    this.entries = entries
    this.roster = entries.map((entry) => {
      const heir = this.heirs.indexOf(entry.id) + 1 || null
      return { ...entry, heir, bot: entry.bot ?? null, mine: entry.id === this.me } as unknown as Member<G>
    })
    const here = new Set(entries.map(({ id }) => id))
    for (const player of this.talk.muted) if (!here.has(player)) this.talk.mute(player, false)
    this.media.changed()
    this.files.keep(here)
    this.emitter.emit('roster', this.roster)
    const { hostMember } = this
    if (hostBefore && hostMember && hostBefore.id !== hostMember.id) this.emitter.emit('host', hostMember)
  }

  /** Whose pages host next, the first in rank first. */
  setHeirs(heirs: readonly PlayerId[]): void {
    if (sameValue(heirs, this.heirs)) return
    this.heirs = heirs
    this.setRoster(this.entries)
  }

  private get hostMember(): Member<G> | null {
    return this.roster.find(({ host }) => host) ?? null
  }

  /** Chat messages of the host, in its order. Those that this page has already change nothing. */
  hearChat(messages: readonly ChatMessage[]): void {
    for (const message of this.talk.hear(messages)) this.emitter.emit('chat', message)
  }

  unsaid(refused: UnsaidText): void {
    this.emitter.emit('unsaid', refused)
  }

  /** Returns false when nothing changed. */
  setSettings(settings: PlainValues): boolean {
    if (sameValue(settings, this.allSettings)) return false
    this.allSettings = settings
    this.emitter.emit('settings', this.settings)
    return true
  }

  /** A player offers a file. False: it is declined, since they are muted or nobody listens. */
  private offerFile(offer: FileOffer<PlayerId>): boolean {
    if (this.talk.muted.has(offer.from) || !this.emitter.has('file')) return false
    this.emitter.emit('file', offer)
    return true
  }

  /** A match begins. */
  play(match: Match<G>): void {
    this.match = match
    this.epoch = match.epoch
    this.nextSession.resolve(match.session)
    this.enter('playing')
  }

  /** The match is over and the lobby goes on: `session()` waits for the next match. */
  matchIsOver(): void {
    const { match } = this
    if (!match) return
    this.match = null
    this.nextSession = new Promised()
    match.stop('over')
    this.enter('lobby')
  }

  setAdmission(admission: AdmissionRules): void {
    if (sameValue(this.admission, admission)) return
    this.admission = admission
    this.emitter.emit('admission', admission)
  }

  /** Returns false when nothing changed. */
  setCode(code: string, state: CodeState): boolean {
    if (this.state === 'ended' || (this.code === code && this.codeState === state)) return false
    this.code = code
    this.codeState = state
    this.emitter.emit('code', { code, state })
    return true
  }

  setListing(listing: OwnListing | null): void {
    if (this.listing === listing) return
    this.listing = listing
    this.emitter.emit('listing', listing)
  }

  setReconnecting(reconnecting: Reconnecting | null): void {
    if (this.reconnecting === reconnecting) return
    this.reconnecting = reconnecting
    this.emitter.emit('reconnecting', reconnecting)
  }

  setPaused(paused: boolean): void {
    if (this.paused === paused) return
    this.paused = paused
    this.emitter.emit('paused', paused)
  }

  enter(state: LobbyState): void {
    if (this.state === state) return
    this.state = state
    this.emitter.emit('state', state)
  }

  /** Ends the lobby for this page. Returns false when it was over before. */
  end(reason: Reason | null, detail = '', hostText: string | null = null): boolean {
    if (this.state === 'ended') return false
    this.hostText = hostText
    this.match?.stop(reason)
    this.files.close()
    this.media.end()
    this.nextSession.reject(
      new StarwireError(reason ?? 'host-left', detail || 'the lobby was left', null, { hostText }),
    )
    this.setReconnecting(null)
    this.setPaused(false)
    this.setListing(null)
    this.enter('ended')
    this.emitter.emit('ended', reason)
    return true
  }
}

/**
 * A guest's role in a lobby: what the host tells, and what a guest may ask. When the link to the host is lost, it dials the
 * host again and goes on in the same seat; lobby and session are the same objects before and after.
 *
 * While `redial` is set, the link is lost or was opened anew and has not led back into the seat yet.
 */

import { TokenBucket } from '../../congestion/token-bucket.ts'
import { StarwireError } from '../../errors/starwire-error.ts'
import type { MediaRequest, SignalRequest } from '../../media/media-messages.ts'
import type { Platform } from '../../platform/platform.ts'
import { showError } from '../../platform/show-error.ts'
import type { Link, LinkCloseReason, Liveness } from '../../transport/link.ts'
import { countDefect } from '../../wire/packet.ts'
import type { Reason } from '../../wire/reasons.ts'
import type { PlainValues } from '../../world/complete-values.ts'
import type { Game } from '../../world/game.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { GameShape } from '../../world/types.ts'
import { SAY_BURST, SAYS_PER_SECOND } from '../chat/talk-limits.ts'
import type { ChatRefusal } from '../chat/types.ts'
import { LobbyFiles } from '../files/lobby-files.ts'
import type { ListRefusal } from '../find/listed-types.ts'
import { checkChoice, checkSettings, readMember, readSettings, readSetup, type Welcome } from '../game-values.ts'
import type { LobbyObject } from '../lobby.ts'
import { type MatchStart, startMatch } from '../match.ts'
import { copyOf } from '../member-data.ts'
import { encodeMessage, type GuestMessage, type HostMessage, type RosterEntry } from '../messages.ts'
import type { Role } from '../role.ts'
import type { BannedPlayer, Refusal } from '../types.ts'
import { ChoiceRequests } from './choice-requests.ts'
import { type Greeting, greet, reasonOf } from './greet.ts'
import { HostLink } from './host-link.ts'
import { Members } from './members.ts'
import { OwnData } from './own-data.ts'
import { type DialWatch, Redial } from './redial.ts'
import { writeResume } from './resume-token.ts'
import { SeatChange } from './seat-change.ts'

/** After so many malformed packets the guest leaves. An honest host sends none. */
const MAX_MALFORMED = 100

export interface GuestRoleOptions<G extends GameShape> {
  readonly game: Game<G>
  readonly link: Link
  readonly name: string
  /** What signalling gave for coming back, as of the last dial. Default: nothing. */
  readonly ticket?: () => string | null
  /** Another link to the same host, when the first is lost; rejects with a StarwireError. Default: none is to be had. */
  readonly dial?: ((watch: DialWatch) => Promise<Link>) | null
  /** The host says that the lobby has this code now. */
  readonly codeChanged?: (code: string) => void
  readonly warn: ((problem: string) => void) | null
  readonly platform: Platform
}

export class GuestRole<G extends GameShape> implements Role {
  readonly hosting = false
  me: PlayerId
  readonly bans: readonly BannedPlayer[] = []
  resumeToken: string | null = null
  readonly files: LobbyFiles
  private readonly lobby: LobbyObject<G>
  private readonly options: GuestRoleOptions<G>
  private host: HostLink
  private redial: Redial | null = null
  private members: Members
  private readonly requests: ChoiceRequests
  private readonly ownData: OwnData
  private readonly mayTalk = new TokenBucket(SAYS_PER_SECOND, SAY_BURST)
  private hostPresence: RosterEntry['presence'] = 'here'
  private saidReady: boolean
  private welcome: Welcome
  private readonly seatChange: SeatChange
  /** What the host wrote as it removed this guest. */
  private hostText: string | null = null

  constructor(lobby: LobbyObject<G>, options: GuestRoleOptions<G>, welcome: Welcome) {
    this.lobby = lobby
    this.options = options
    this.me = welcome.you
    this.welcome = welcome
    this.seatChange = new SeatChange(options.platform)
    this.members = new Members(welcome.roster)
    this.files = this.newFiles()
    this.requests = new ChoiceRequests(options.platform, (ask, choice) => this.tell({ kind: 'choose', ask, choice }))
    this.host = this.listenTo(options.link)
    this.keepToken()
    this.saidReady = this.isReady
    const data = this.members.get(this.me)?.data ?? null
    this.ownData = new OwnData(data, options.platform, (data) => this.tell({ kind: 'data', data }))
    lobby.epoch = welcome.epoch
  }

  begin(): void {
    this.lobby.setAdmission(this.welcome.admission)
    this.lobby.setSettings(this.welcome.settings)
    this.showRoster()
    this.goOn()
  }

  release(): void {
    this.seatChange.end('ended')
    this.stopRedial()
    this.files.close()
    this.ownData.stop()
    this.requests.end('not-allowed')
    this.host.mute()
    this.host.link.close('away')
  }

  private listenTo(link: Link): HostLink {
    return new HostLink(link, this.options.game.tickRate, this.options.platform, {
      message: (message) => this.hear(message),
      file: (bytes) => this.files.hear(null, bytes),
      packet: (bytes) => this.packet(bytes),
      flood: () => this.countFlood(),
      liveness: (liveness) => this.noteHost(liveness),
      closed: (reason) => this.closed(reason),
    })
  }

  private newFiles(): LobbyFiles {
    const { lobby } = this
    const { platform } = this.options
    const nonsense = (): void => this.host.countNonsense()
    return new LobbyFiles(async () => {
      const { GuestFiles } = await import('../files/guest-files.ts')
      return new GuestFiles({
        ...{ platform, nonsense },
        offered: (offer) => lobby.offerFile(offer),
        link: () => this.host.link,
      })
    }, nonsense)
  }

  private keepToken(): void {
    const ticket = this.options.ticket?.() ?? null
    this.resumeToken = this.canReturn ? writeResume({ token: this.welcome.resume.token, ticket }) : null
  }

  private get canReturn(): boolean {
    return this.welcome.resume.seconds > 0 && this.options.dial != null
  }

  private get isSpectator(): boolean {
    return this.members.get(this.me)?.spectator ?? false
  }

  private get isReady(): boolean {
    return this.members.get(this.me)?.ready ?? false
  }

  private hear(message: HostMessage): void {
    const { match, epoch } = this.lobby
    if (message.kind === 'member' || message.kind === 'gone') this.hearOfMember(message)
    else if (message.kind === 'chosen') this.hearAnswer(message)
    else if (message.kind === 'settings') this.hearSettings(message.settings)
    else if (message.kind === 'code') {
      // By the new code this page finds its host again, also after a reload.
      this.options.codeChanged?.(message.code)
      this.keepToken()
      this.lobby.setCode(message.code, message.state)
    } else if (message.kind === 'admission') this.lobby.setAdmission(message.admission)
    else if (message.kind === 'removed') this.hostText = message.text
    else if (message.kind === 'start' && !match && message.epoch > epoch) this.hearStart(message)
    else if (message.kind === 'seat' && this.seatChange.isUnderWay) this.takeSeat(message)
    else if (message.kind === 'declined' && this.seatChange.isUnderWay) {
      match?.client?.keepSeat()
      this.seatChange.end(message.refusal)
    } else if (message.kind === 'chat') this.lobby.hearChat(message.messages)
    else if (message.kind === 'participants' || message.kind === 'signalled') this.lobby.media.hear(message)
    else if (message.kind === 'finish' && message.epoch === match?.epoch) this.lobby.matchIsOver()
    else this.host.countNonsense()
  }

  private hearOfMember(message: Extract<HostMessage, { kind: 'member' | 'gone' }>): void {
    const member = message.kind === 'member' ? readMember(this.options.game, message.member) : null
    const isHeard = message.kind === 'gone' ? this.members.gone(message.id) : member !== null && this.members.is(member)
    if (isHeard) this.showRoster()
    else this.host.countNonsense()
  }

  private hearAnswer({ ask, refusal }: Extract<HostMessage, { kind: 'chosen' }>): void {
    if (!this.requests.answered(ask, refusal)) this.host.countNonsense()
  }

  private hearSettings(told: PlainValues): void {
    const settings = readSettings(this.options.game, told)
    if (settings) this.lobby.setSettings(settings)
    else this.host.countNonsense()
  }

  private hearStart(told: Extract<HostMessage, { kind: 'start' }>): void {
    const setup = readSetup(this.options.game, told)
    if (setup) this.play({ ...setup, epoch: told.epoch })
    else this.host.countNonsense()
  }

  /** The host has given this guest another seat. */
  private takeSeat({ you, spectator, tick, token }: Extract<HostMessage, { kind: 'seat' }>): void {
    const { resume } = this.welcome
    this.welcome = { ...this.welcome, you, resume: { ...resume, token } }
    this.keepToken()
    this.members.reseat(this.me, you, spectator)
    this.me = you
    this.saidReady = false
    this.lobby.match?.client?.reseat({ me: you, spectating: spectator, tick })
    this.lobby.media.reseated()
    this.showRoster()
    this.seatChange.end(null)
  }

  private packet(bytes: Uint8Array): void {
    const client = this.lobby.match?.client
    if (!client) return
    client.receive(bytes, this.options.platform.now())
    const { packet = 0, snapshot = 0 } = client.session.malformed
    if (packet + snapshot >= MAX_MALFORMED) this.host.link.close('left')
  }

  private countFlood(): void {
    const { malformed } = this.lobby.match?.client?.session ?? {}
    if (malformed) countDefect(malformed, 'flood')
  }

  private noteHost(liveness: Liveness): void {
    this.hostPresence = liveness === 'alive' ? 'here' : 'late'
    this.showRoster()
  }

  /** The host reports the presence of all others. The host's own presence comes from this end of the link. */
  private showRoster(): void {
    const presence = this.hostPresence
    this.lobby.setRoster(this.members.entries.map((entry) => (entry.host ? { ...entry, presence } : entry)))
  }

  private play(start: MatchStart): void {
    const { game, warn, platform } = this.options
    const { link } = this.host
    const { people } = this.lobby
    const player = { me: this.me, spectating: this.isSpectator, link, warn }
    const match = startMatch({ game, start, player, hosting: null, people, platform })
    const { client } = match
    if (this.seatChange.isUnderWay) client?.awaitSeat()
    client?.ended.then((reason) => {
      // The rules threw here: this client is out, the others play on.
      if (reason !== 'rules-failed' || !this.end('rules-failed', String(client.session.failure))) return
      showError(client.session.failure)
      this.host.link.close('left')
    })
    this.lobby.play(match)
  }

  private closed(reason: LinkCloseReason): void {
    // `away`: this page was hidden for good (pagehide). When the back/forward cache restores it, it dials the host.
    const lost = reason === 'lost' || reason === 'away'
    if (!lost || !this.canReturn || this.lobby.state === 'ended') this.end(reasonOf[reason], reason)
    else if (this.redial) this.redial.failed(new StarwireError('host-silent', 'the new connection was lost, too'))
    else this.reconnect()
  }

  private get greeting(): Greeting {
    const { game, name, platform } = this.options
    return { game, name, resume: this.welcome.resume.token, password: null, spectate: false, platform }
  }

  private reconnect(): void {
    const { dial, platform } = this.options
    if (!dial) return
    this.lobby.match?.suspend()
    this.hostPresence = 'away'
    const redial = new Redial({
      seconds: this.welcome.resume.seconds,
      platform,
      dial,
      opened: (link) =>
        greet(link, this.greeting, {
          welcomed: (welcome) => this.seatedAgain(link, welcome),
          failed: (error) => redial.failed(error),
        }),
      told: (reconnecting) => this.lobby.setReconnecting(reconnecting),
      over: ({ reason, detail, hostText }, answered) => {
        this.hostText = hostText
        if (this.end(reason, detail, answered)) this.host.link.close('left')
      },
    })
    this.redial = redial
    this.showRoster()
    this.lobby.enter('reconnecting')
  }

  private seatedAgain(link: Link, welcome: Welcome): void {
    // The host may have granted another seat whose answer was lost.
    const isReseated = welcome.you !== this.me && this.seatChange.isUnderWay
    if (!this.redial || (welcome.you !== this.me && !isReseated)) {
      // Left meanwhile; or a host that gives other seats than it was asked for.
      this.redial?.failed(new StarwireError('seat-lost', 'another seat was given'))
      return link.close('left')
    }
    if (welcome.epoch < this.lobby.epoch) {
      // An old host that does not know yet that another one took its place.
      this.redial.failed(new StarwireError('host-silent', 'a host of an earlier epoch answered'))
      return link.close('away')
    }
    this.host.mute()
    this.host = this.listenTo(link)
    this.welcome = welcome
    this.keepToken()
    this.members = new Members(welcome.roster)
    this.lobby.setAdmission(welcome.admission)
    if (isReseated) this.saidReady = false
    const before = this.me
    this.me = welcome.you
    if (this.saidReady !== this.isReady) this.sayReady()
    this.ownData.resume(this.members.get(this.me)?.data ?? null)
    this.requests.sendFirst()
    this.stopRedial()
    this.hostPresence = 'here'
    this.files.resume()
    this.lobby.setReconnecting(null)
    this.lobby.setSettings(welcome.settings)
    this.showRoster()
    this.goOn(before)
    if (isReseated) this.lobby.media.reseated()
    else this.lobby.media.relinked()
    // The host never heard of the wish, or the seat is had.
    this.seatChange.end(isReseated ? null : 'reconnecting')
  }

  /** Enters what the welcome names: the running match (an older one is over then), or the lobby. */
  private goOn(seatBefore = this.me): void {
    const { lobby, welcome, me } = this
    const { epoch, match: setup } = welcome
    if (setup && lobby.match?.epoch === epoch) {
      const { link } = this.host
      if (me === seatBefore) lobby.match.resume(link)
      else lobby.match.client?.reseat({ me, spectating: this.isSpectator, tick: -1, link })
      return lobby.enter('playing')
    }
    lobby.matchIsOver()
    lobby.epoch = epoch
    if (setup) this.play({ epoch, ...setup })
    else lobby.enter('lobby')
  }

  private stopRedial(): void {
    this.redial?.stop()
    this.redial = null
  }

  /** `seatIsGone`: false when nobody said so, and a host who slept so long may still keep the seat. */
  private end(reason: Reason | null, detail?: string, seatIsGone = true): boolean {
    this.stopRedial()
    this.ownData.stop()
    if (seatIsGone) this.resumeToken = null
    const isOver = this.lobby.end(reason, detail, this.hostText)
    this.requests.end('ended')
    this.seatChange.end('ended')
    return isOver
  }

  setReady(ready: boolean): void {
    // Said in every frame, it would look like a flood to the host.
    if (ready === this.saidReady) return
    this.saidReady = ready
    this.sayReady()
  }

  private sayReady(): void {
    this.tell({ kind: 'ready', ready: this.saidReady })
  }

  private tell(message: GuestMessage): void {
    this.host.link.send('bulk', encodeMessage(message))
  }

  async choose(choice: PlainValues): Promise<Refusal | null> {
    checkChoice(this.options.game, choice)
    return this.requests.ask(choice)
  }

  setMyData(data: unknown): void {
    this.ownData.set(copyOf(data))
  }

  say(text: string): ChatRefusal | null {
    if (this.redial) return 'reconnecting'
    if (this.mayTalk.available(this.options.platform.now()) < 1) return 'too-fast'
    this.mayTalk.spend(1)
    this.tell({ kind: 'say', text })
    return null
  }

  changeSettings(change: PlainValues): Refusal {
    checkSettings(this.options.game, change)
    return 'not-host'
  }

  sayMedia(message: MediaRequest | SignalRequest): boolean {
    if (this.redial) return false
    return this.host.link.send('bulk', encodeMessage(message)) === 'sent'
  }

  async spectate(spectates: boolean): Promise<Refusal | null> {
    if (this.redial) return 'reconnecting'
    if (this.isSpectator === spectates && !this.seatChange.isUnderWay) return null
    const ask = (): void => {
      this.lobby.match?.client?.awaitSeat()
      this.host.link.send('bulk', encodeMessage({ kind: 'spectate', spectate: spectates } satisfies GuestMessage))
    }
    return this.seatChange.begin(ask, () => this.host.link.close('away'))
  }

  start(): Refusal {
    return 'not-host'
  }

  finish(): Refusal {
    return 'not-host'
  }

  kick(): Refusal {
    return 'not-host'
  }

  addBot(): Refusal {
    return 'not-host'
  }

  ban(): Refusal {
    return 'not-host'
  }

  unban(): Refusal {
    return 'not-host'
  }

  lock(): Refusal {
    return 'not-host'
  }

  async setPassword(): Promise<Refusal> {
    return 'not-host'
  }

  setMaxPlayers(): Refusal {
    return 'not-host'
  }

  async list(): Promise<ListRefusal> {
    return 'not-host'
  }

  async open(): Promise<Refusal> {
    return 'not-host'
  }

  async renewCode(): Promise<Refusal> {
    return 'not-host'
  }

  leave(): void {
    const unheard = this.redial !== null && !this.host.link.open
    if (!this.end(null)) return
    this.host.link.close('left')
    if (unheard) this.giveSeatBack()
  }

  /** One try to say goodbye to a host who keeps the seat. */
  private giveSeatBack(): void {
    this.options.dial?.({ stage: () => {}, hostAway: () => {} }).then(
      (link) => greet(link, this.greeting, { welcomed: () => link.close('left'), failed: () => {} }),
      () => {},
    )
  }
}

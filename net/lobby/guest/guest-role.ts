/**
 * A guest's role in a lobby: it connects the link to the host with the features, each in the file `guest-….ts` of its folder.
 * When the link is lost, it dials the host again and goes on in the same seat; lobby and session are the same objects before
 * and after.
 *
 * While `redial` is set, the guest has no seat at the other end: the link is lost, or a new one is open and not welcomed yet.
 */

import type { ConnectionReport } from '../../errors/connection-report.ts'
import { StarwireError } from '../../errors/starwire-error.ts'
import type { Platform } from '../../platform/platform.ts'
import { isForkEpoch } from '../../session/epochs.ts'
import type { Link, LinkCloseReason } from '../../transport/link.ts'
import type { Reason } from '../../wire/reasons.ts'
import type { Game } from '../../world/game.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { PlayerId } from '../../world/ids.ts'
import { GuestAdmission } from '../admission/guest-admission.ts'
import { GuestChat } from '../chat/guest-chat.ts'
import { GuestChoices } from '../choices/guest-choices.ts'
import type { FileRoute } from '../files/file-route.ts'
import { readWelcome, type Welcome } from '../game-values.ts'
import type { LobbyObject } from '../lobby.ts'
import { GuestMatches } from '../match/guest-matches.ts'
import { GuestCalls } from '../media/guest-calls.ts'
import { GuestMembers } from '../members/guest-members.ts'
import { encodeMessage, type GuestMessage, type HostMessage } from '../messages.ts'
import { LateGuestMigration } from '../migration/late-guest-migration.ts'
import type { RoleChange } from '../migration/role-change.ts'
import type { Outcome, Role } from '../role.ts'
import { GuestSettings } from '../settings/guest-settings.ts'
import { type GivenSeat, GuestSpectators } from '../spectators/guest-spectators.ts'
import { type Greeting, greet, reasonOf } from './greet.ts'
import { HostLink } from './host-link.ts'
import type { HostMessageHandlers } from './host-message-handlers.ts'
import { type DialWatch, type Lost, Redial } from './redial.ts'
import { writeResume } from './resume-token.ts'
import { type SeatTokens, withNewest } from './seat-tokens.ts'

export interface GuestRoleOptions<G extends GameShape> {
  readonly game: Game<G>
  readonly link: Link
  readonly name: string
  /** The ticket that signalling gave at the last dial, for the next one. Default: none. */
  readonly ticket?: () => string | null
  /** How this page is connected to its host. Default: not known. */
  readonly connection?: () => ConnectionReport | null
  /** Opens another link to the same host when the first is lost; rejects with a StarwireError. Default: a lost link ends the lobby. */
  readonly dial?: ((watch: DialWatch) => Promise<Link>) | null
  /** The host says that the lobby has this code now. */
  readonly codeChanged?: (code: string) => void
  readonly warn: ((problem: string) => void) | null
  readonly platform: Platform
  /** Tokens of this page's seat before this role. Default: none. */
  readonly tokens?: readonly string[]
  /** What this page is to do when the host changes. Null: the lobby ends for it with its host. Default: null. */
  readonly change?: RoleChange<G> | null
}

export class GuestRole<G extends GameShape> implements Role {
  readonly hosting = false
  readonly powers = null
  resumeToken: string | null = null
  readonly members: GuestMembers
  readonly choices: GuestChoices
  readonly spectators: GuestSpectators
  readonly chat: GuestChat
  readonly media: GuestCalls
  private readonly admission: GuestAdmission
  private readonly settings: GuestSettings
  private readonly matches: GuestMatches<G>
  private readonly lobby: LobbyObject<G>
  private readonly options: GuestRoleOptions<G>
  private readonly handlers: HostMessageHandlers
  private readonly migration: LateGuestMigration<G> | null
  /** Hosts of a lower epoch are of the past. */
  private leastEpoch = 0
  /** Lead to the seat at the host before, while this page follows a fork of its lobby; null: it follows none. */
  private tokensBefore: SeatTokens | null = null
  private tokens: SeatTokens
  /** Gives up the greeting of another host, over a link that this page had before. Null: none is under way. */
  private following: (() => void) | null = null
  private stopListening: () => void = () => {}
  private host: HostLink
  private redial: Redial | null = null
  /** What was told last of the lost link. */
  private lost: Lost | null = null
  private mayPlayOn = false
  /** Gives up the greeting over a link that was dialled. */
  private giveUpDial: () => void = () => {}
  /** The link is another role's by now. */
  private isLinkGone = false
  private welcome: Welcome

  constructor(lobby: LobbyObject<G>, options: GuestRoleOptions<G>, welcome: Welcome) {
    const { game, platform } = options
    this.lobby = lobby
    this.options = options
    this.welcome = welcome
    this.tokens = withNewest(welcome.resume.token, options.tokens ?? [])
    const tell = (message: GuestMessage): boolean => this.tell(message)
    const isLinked = (): boolean => this.redial === null
    this.members = new GuestMembers({
      ...{ game, timers: platform, tell, me: welcome.you, roster: welcome.roster },
      show: (members) => lobby.setRoster(members),
    })
    this.choices = new GuestChoices(platform, tell)
    this.spectators = this.newSpectators(isLinked, tell)
    this.chat = new GuestChat({
      ...{ timers: platform, isLinked, tell },
      show: (messages) => lobby.hearChat(messages),
      refused: (refused) => lobby.unsaid(refused),
    })
    this.media = new GuestCalls(lobby.media, (message) => isLinked() && tell(message))
    this.admission = new GuestAdmission((rules) => lobby.setAdmission(rules))
    this.settings = new GuestSettings(game, (settings) => lobby.setSettings(settings))
    this.matches = this.newMatches()
    this.migration = this.newMigration()
    this.handlers = this.newHandlers()
    this.host = this.listenTo(options.link)
    this.keepToken()
    lobby.epoch = welcome.epoch
  }

  private newSpectators(isLinked: () => boolean, tell: (message: GuestMessage) => void): GuestSpectators {
    return new GuestSpectators({
      ...{ timers: this.options.platform, members: this.members, isLinked, tell },
      client: () => this.lobby.match?.client ?? null,
      moved: (seat) => this.takeSeat(seat),
      unanswered: () => this.host.link.close('away'),
    })
  }

  private newMatches(): GuestMatches<G> {
    const { lobby, members } = this
    const { game, platform, warn } = this.options
    return new GuestMatches<G>({
      ...{ game, lobby, platform, warn, members },
      link: () => this.host.link,
      awaitsSeat: () => this.spectators.isUnderWay,
      began: (match) => this.migration?.matchBegins(match),
      failed: (error) => this.end('rules-failed', error),
    })
  }

  private get fileRoute(): FileRoute {
    const { platform } = this.options
    return { platform, link: () => this.host.link, nonsense: () => this.host.countNonsense(), host: null }
  }

  private newMigration(): LateGuestMigration<G> | null {
    const { game, platform, change } = this.options
    if (!change) return null
    return new LateGuestMigration<G>({
      ...{ game, platform, change, lobby: this.lobby },
      me: () => this.me,
      watches: () => this.members.watches,
      tell: (message) => this.tell(message),
      follow: (epoch, link) => this.follow(epoch, link),
      hear: (message) => this.hear(message),
      flood: () => this.host.link.close('lost'),
      seatTokens: () => this.tokens,
      mayPlayOn: (may) => {
        this.mayPlayOn = may
        if (this.redial && this.lost) this.tellLost(this.lost)
      },
      releaseLink: () => {
        const { link } = this.host
        this.host.mute()
        this.isLinkGone = true
        return link
      },
    })
  }

  private newHandlers(): HostMessageHandlers {
    const { members, choices, spectators, chat, media, admission, settings, matches } = this
    return {
      ...{ ...members.handlers, ...choices.handlers, ...spectators.handlers, ...chat.handlers, ...media.handlers },
      ...{ ...admission.handlers, ...settings.handlers, ...matches.handlers },
      beat: (message) => this.migration?.hear(message) ?? true,
      election: (message) => this.migration?.hear(message) ?? true,
      heirs: (message) => this.migration?.hear(message) ?? true,
      heirKey: (message) => this.migration?.hear(message) ?? false,
      fromPeer: (message) => this.migration?.hear(message) ?? false,
      handover: (message) => this.migration?.hear(message) ?? false,
      code: ({ code, state }) => {
        // The next dial uses the new code, and so does a reloaded page.
        this.options.codeChanged?.(code)
        this.keepToken()
        this.lobby.setCode(code, state)
        return true
      },
    }
  }

  get connection(): ConnectionReport | null {
    return this.options.connection?.() ?? null
  }

  get me(): PlayerId {
    return this.members.me
  }

  begin(): void {
    this.lobby.setAdmission(this.welcome.admission)
    this.lobby.setSettings(this.welcome.settings)
    this.members.show()
    this.lobby.files.use(this.fileRoute)
    this.lobby.files.resume()
    // A page that hosted may have come back to another seat than the one that it plays in.
    this.matches.goOn(this.welcome, this.lobby.match?.client?.session.me ?? this.me)
    if (this.migration) this.stopListening = this.options.platform.onPageGone(() => this.pageGone())
  }

  /** A page cannot tell its reload from its end, so it never says that it leaves for good. */
  private pageGone(): void {
    const { link } = this.host as { readonly link: Link & { closeAtOnce?(reason: LinkCloseReason): void } }
    link.closeAtOnce?.('away')
  }

  release(): void {
    this.migration?.stop()
    this.stopListening()
    this.spectators.end('ended')
    this.stopRedial()
    this.lobby.files.use(null)
    this.members.stop()
    this.choices.end('not-allowed')
    this.host.mute()
    if (!this.isLinkGone) this.host.link.close('away')
  }

  // The link to the host.

  private listenTo(link: Link): HostLink {
    return new HostLink(link, this.options.game.tickRate, this.options.platform, {
      message: (message) => this.hear(message),
      file: (bytes) => this.lobby.files.hear(null, bytes),
      heir: (bytes) => void this.migration?.hearStream(bytes),
      packet: (bytes) => {
        if (this.migration?.hearsHost() ?? true) this.matches.receive(bytes)
      },
      flood: () => this.matches.countFlood(),
      liveness: (liveness) => this.members.setHostPresence(liveness === 'alive' ? 'here' : 'late'),
      closed: (reason) => this.closed(reason),
    })
  }

  private hear(message: HostMessage): void {
    if (this.migration?.takes(message) === false) return
    const { kind } = message
    if (message.kind === 'welcome') return this.hearWelcome(message)
    const hear = this.handlers[kind as keyof HostMessageHandlers] as ((message: HostMessage) => boolean) | undefined
    if (!hear?.(message)) this.host.countNonsense()
  }

  /** False: it could not be sent. */
  private tell(message: GuestMessage): boolean {
    return this.host.link.send('bulk', encodeMessage(message)) === 'sent'
  }

  private closed(reason: LinkCloseReason): void {
    // `away`: this page was hidden for good (pagehide). When the back/forward cache restores it, it dials the host.
    const lost = reason === 'lost' || reason === 'away'
    if (!lost || !this.canReturn || this.lobby.state === 'ended') this.end(reasonOf[reason], reason)
    else if (this.redial) this.redial.failed(new StarwireError('host-silent', 'the new connection was lost, too'))
    else this.reconnect()
  }

  // The seat, and the way back to it.

  private get canReturn(): boolean {
    return this.welcome.resume.seconds > 0 && this.options.dial != null
  }

  private keepToken(): void {
    const { token } = this.welcome.resume
    // The host before knows nothing of a fork.
    this.tokens = withNewest(token, this.tokensBefore ? [] : this.tokens)
    const ticket = this.options.ticket?.() ?? null
    this.resumeToken = this.canReturn ? writeResume({ token, ticket }) : null
  }

  /** The host has given this guest another seat. */
  private takeSeat({ you, spectator, tick, token }: GivenSeat): void {
    const { resume } = this.welcome
    this.welcome = { ...this.welcome, you, resume: { ...resume, token } }
    this.keepToken()
    const { me: before } = this
    this.members.reseat(you, spectator)
    this.lobby.match?.client?.reseat({ me: you, spectating: spectator, tick })
    this.lobby.media.reseated()
    this.lobby.files.reseated(before)
    this.migration?.reseated()
    this.members.show()
  }

  private get greeting(): Greeting {
    const { game, name, platform } = this.options
    const [resume, ...earlier] = this.tokens
    return { game, name, resume, earlier, password: null, spectate: false, platform }
  }

  /** Another page hosts from this epoch on. This page goes there, over `link` where it has one. */
  private follow(epoch: number, link: Link | null): void {
    if (this.lobby.state === 'ended') return
    this.leastEpoch = Math.max(this.leastEpoch, epoch)
    if (this.tokensBefore) this.tokens = withNewest(this.tokens[0], this.tokensBefore)
    this.tokensBefore = isForkEpoch(epoch) ? (this.tokensBefore ?? this.tokens) : null
    this.host.mute()
    this.host.link.close('away')
    this.members.setHostPresence('late')
    if (!link?.open) return this.reconnect()
    // One way back at a time: the second welcome would take the seat from the first. The link that is there is quicker than a new one.
    this.stopRedial()
    this.giveUpDial()
    // The match goes on meanwhile: this page's player by prediction, the others as they were last known.
    this.lobby.match?.client?.follow(link, epoch)
    this.following = greet(
      link,
      { ...this.greeting, vouched: true },
      {
        welcomed: (welcome) => this.seatedAgain(link, welcome),
        failed: () => {
          if (!this.following) return
          this.following = null
          this.reconnect()
        },
      },
    )
  }

  private reconnect(): void {
    const { dial, platform } = this.options
    if (!dial || this.redial) return
    this.lobby.match?.suspend()
    const redial = new Redial({
      seconds: this.welcome.resume.seconds,
      platform,
      dial,
      opened: (link) => {
        this.giveUpDial = greet(link, this.greeting, {
          welcomed: (welcome) => this.seatedAgain(link, welcome),
          failed: (error) => {
            if (error.reason !== 'seat-lost' || !this.leavesFork()) redial.failed(error)
          },
        })
      },
      told: (lost) => this.tellLost(lost),
      over: ({ reason, detail, hostText }, answered) => {
        this.admission.hostText = hostText
        if (this.end(reason, detail, answered)) this.host.link.close('left')
      },
    })
    this.redial = redial
    this.members.setHostPresence('away')
    this.lobby.enter('reconnecting')
  }

  private tellLost(lost: Lost): void {
    this.lost = lost
    this.lobby.setReconnecting({ ...lost, mayPlayOn: this.mayPlayOn })
  }

  /** Goes on without the others, as their host, until they are met again. */
  playOn(): Outcome {
    return this.redial && this.migration?.playOn() ? null : 'not-ready'
  }

  /** Why the host's welcome does not lead back to where this guest was; null: it does. */
  private notBack({ you, epoch }: Welcome): StarwireError | null {
    // Another seat is right only when it was asked for and the answer was lost with the link.
    const isSame = epoch <= this.lobby.epoch
    if (you !== this.me && isSame && !this.spectators.isUnderWay)
      return new StarwireError('seat-lost', 'another seat was given')
    // An earlier host, which does not know yet that another page took over.
    return epoch < Math.max(this.lobby.epoch, this.leastEpoch)
      ? new StarwireError('host-silent', 'a host of an earlier epoch answered')
      : null
  }

  private seatedAgain(link: Link, welcome: Welcome): void {
    // Left meanwhile.
    if (!this.redial && !this.following) return link.close('left')
    const fault = this.notBack(welcome)
    if (fault) {
      if (this.leavesFork()) return link.close('away')
      this.redial?.failed(fault)
      if (this.following) {
        this.following = null
        this.reconnect()
      }
      return link.close(fault.reason === 'seat-lost' ? 'left' : 'away')
    }
    this.host.mute()
    this.host = this.listenTo(link)
    this.goOn(welcome)
  }

  /** The host of before answers, or one that was voted for: the fork that this page followed is over, and so is its match. False: it followed none. */
  private leavesFork(): boolean {
    const { tokensBefore: tokens, lobby, me, welcome } = this
    const { change } = this.options
    if (tokens === null || !change) return false
    this.tokensBefore = null
    this.stopRedial()
    lobby.matchIsOver()
    change.guest(lobby, { me, tokens, link: null, epoch: 0, resumeSeconds: welcome.resume.seconds })
    return true
  }

  /** The host goes on in a higher epoch, and has seated this guest anew over the same link. */
  private hearWelcome(told: Welcome): void {
    const welcome = readWelcome(this.options.game, told)
    const fits = welcome !== null && welcome.epoch > this.lobby.epoch && welcome.you === this.me
    if (!fits || this.redial || this.following) return this.host.countNonsense()
    this.goOn(welcome)
  }

  /** In the lobby as the host's welcome tells it. */
  private goOn(welcome: Welcome): void {
    const { lobby, me: before } = this
    this.welcome = welcome
    this.keepToken()
    lobby.setAdmission(welcome.admission)
    this.members.resume(welcome.you, welcome.roster)
    this.choices.sendFirst()
    this.stopRedial()
    lobby.setReconnecting(null)
    lobby.setSettings(welcome.settings)
    this.members.show()
    const isReseated = this.me !== before
    // A request for another seat ends here, granted or lost with the link: before a match begins, which would wait for its answer.
    this.spectators.end(isReseated ? null : 'reconnecting')
    this.matches.goOn(welcome, before)
    if (isReseated) {
      lobby.media.reseated()
      lobby.files.reseated(before)
      this.migration?.reseated()
    } else lobby.media.relinked()
    lobby.files.resume()
    this.migration?.seated()
  }

  private stopRedial(): void {
    this.following = null
    this.redial?.stop()
    this.redial = null
  }

  // The end.

  /** `seatIsGone`: false when nobody answered: a host that slept may still keep the seat, so the token stays. */
  private end(reason: Reason | null, detail?: string, seatIsGone = true): boolean {
    this.stopRedial()
    this.members.stop()
    this.migration?.stop()
    this.stopListening()
    if (seatIsGone) this.resumeToken = null
    const isOver = this.lobby.end(reason, detail, this.admission.hostText)
    this.choices.end('ended')
    this.spectators.end('ended')
    return isOver
  }

  leave(): void {
    const unheard = this.redial !== null && !this.host.link.open
    const { following } = this
    if (!this.end(null)) return
    following?.()
    this.host.link.close('left')
    if (unheard) this.giveSeatBack()
  }

  /** Dials once more to say goodbye, so that the host does not keep the seat for nobody. */
  private giveSeatBack(): void {
    this.options.dial?.({ stage: () => {}, hostAway: () => {} }).then(
      (link) => greet(link, this.greeting, { welcomed: () => link.close('left'), failed: () => {} }),
      () => {},
    )
  }
}

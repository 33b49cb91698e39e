/**
 * The role of a page that hosted and comes back to its seat as a guest of another host. In goes a link to the new host, or none; then it
 * dials the code. Out comes a guest's role, or the end of the lobby for this page.
 */
import { StarwireError } from '../../errors/starwire-error.ts'
import type { Link } from '../../transport/link.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { Welcome } from '../game-values.ts'
import { type Greeting, greet } from '../guest/greet.ts'
import { GuestRole, type GuestRoleOptions } from '../guest/guest-role.ts'
import { Redial } from '../guest/redial.ts'
import type { LobbyObject } from '../lobby.ts'
import type { RosterEntry } from '../messages.ts'
import type { Role } from '../role.ts'
import type { SteppedDown } from './role-change.ts'

const awaits = async (): Promise<'reconnecting'> => 'reconnecting'

export class ReturningRole<G extends GameShape> implements Role {
  readonly hosting = false
  readonly powers = null
  readonly me: PlayerId
  readonly members = { setReady: () => 'reconnecting' as const, setMyData: () => 'reconnecting' as const }
  readonly choices = { choose: awaits }
  readonly spectators = { spectate: awaits }
  readonly chat = { say: () => 'reconnecting' as const }
  readonly media = { say: () => false }
  private readonly lobby: LobbyObject<G>
  private readonly options: Omit<GuestRoleOptions<G>, 'link'>
  private readonly back: SteppedDown
  private redial: Redial | null = null
  private giveUp: () => void = () => {}
  private isOver = false

  constructor(lobby: LobbyObject<G>, options: Omit<GuestRoleOptions<G>, 'link'>, back: SteppedDown) {
    this.lobby = lobby
    this.options = options
    this.back = back
    this.me = back.me
  }

  get resumeToken(): string | null {
    return this.back.tokens[0]
  }

  begin(): void {
    this.showMyself()
    const { link } = this.back
    if (!link?.open) return this.dial()
    this.greet(link, true, () => this.dial())
  }

  /** Until a host tells its roster: this page hosts no more, and sits nowhere yet. */
  private showMyself(): void {
    const { lobby, me } = this
    const members = lobby.roster as readonly RosterEntry[]
    lobby.setRoster(members.map((entry) => (entry.id === me ? { ...entry, host: false, presence: 'away' } : entry)))
  }

  /** `vouched`: over a link to an heir of this page, which knows whose it is. */
  private greet(link: Link, vouched: boolean, failed: (error: StarwireError) => void): void {
    const { game, name, platform } = this.options
    const [resume, ...earlier] = this.back.tokens
    const greeting: Greeting = { game, name, resume, earlier, vouched, password: null, spectate: false, platform }
    this.giveUp = greet(link, greeting, {
      welcomed: (welcome) => this.welcomed(link, welcome, failed),
      failed: (error) => {
        if (!this.isOver) failed(error)
      },
    })
  }

  private welcomed(link: Link, welcome: Welcome, failed: (error: StarwireError) => void): void {
    if (this.isOver) return link.close('away')
    if (welcome.epoch < this.back.epoch) {
      link.close('away')
      return failed(new StarwireError('host-silent', 'a host of an earlier epoch answered'))
    }
    const { lobby, back } = this
    lobby.become((same) => new GuestRole<G>(same, { ...this.options, link, tokens: back.tokens }, welcome))
    lobby.setReconnecting(null)
    if (welcome.you === this.me) return lobby.media.relinked()
    lobby.media.reseated()
    lobby.files.reseated(this.me)
  }

  private dial(): void {
    const { dial, platform } = this.options
    if (!dial || this.isOver) return
    this.lobby.match?.suspend()
    const redial = new Redial({
      seconds: this.back.resumeSeconds,
      platform,
      dial,
      opened: (link) => this.greet(link, false, (error) => redial.failed(error)),
      told: (lost) => this.lobby.setReconnecting({ ...lost, mayPlayOn: false }),
      over: ({ reason, detail }) => {
        this.stop()
        this.lobby.end(reason, detail)
      },
    })
    this.redial = redial
    this.lobby.enter('reconnecting')
  }

  private stop(): void {
    this.isOver = true
    this.redial?.stop()
  }

  release(): void {
    this.stop()
  }

  leave(): void {
    this.stop()
    this.giveUp()
    this.lobby.end(null)
  }
}

/** A page's dials to the host of a lobby, by its code: the first, and those after a lost link or a change of host. */
import type { ConnectionReport } from '../../errors/connection-report.ts'
import { type Platform, thisPage } from '../../platform/platform.ts'
import { type GuestStar, type JoinStarOptions, joinStar } from '../../star/join-star.ts'
import type { Link } from '../../transport/link.ts'
import type { AnyGame } from '../../world/game.ts'
import { browserName, withBrowser } from '../admission/browser-mark.ts'
import { type ConnectOptions, signalingOf, starOptions } from '../connect-options.ts'
import { explainRefusal, type JoinKind, joinNote } from '../join-note.ts'
import type { DialWatch } from './redial.ts'

export interface DialerOptions {
  readonly game: AnyGame
  readonly connect: ConnectOptions
  /** As the player typed it, or as signalling gave it to the host. */
  readonly code: string
  /** Of an earlier visit to the lobby of this code. */
  readonly ticket: string | null
}

export class Dialer {
  /** From signalling, for the next dial into the lobby of `code`. */
  ticket: string | null
  iceServers: readonly RTCIceServer[] = []
  private star: GuestStar | null = null
  private code: string
  private readonly options: DialerOptions
  private readonly platform: Platform

  constructor(options: DialerOptions) {
    this.options = options
    this.code = options.code
    this.ticket = options.ticket
    this.platform = options.connect.platform ?? thisPage
  }

  async dial(kind: JoinKind, how: JoinStarOptions): Promise<{ readonly link: Link; readonly code: string }> {
    const { game, connect, code: typedCode } = this.options
    const star = await joinStar(signalingOf(connect), this.code, {
      // Another code may have taken the place of the typed one; the browser keeps its name under that.
      info: withBrowser(joinNote(game, kind), browserName(typedCode, this.platform)),
      ticket: this.ticket,
      ...starOptions(connect),
      ...how,
    }).catch((error: unknown) => {
      throw explainRefusal(error, game)
    })
    this.ticket = star.ticket
    this.iceServers = star.iceServers
    this.star = star
    return star
  }

  /** How the page is connected; null while the link of its last dial is lost, or another one took its place. */
  get connection(): ConnectionReport | null {
    return this.star?.link.open ? this.star.report() : null
  }

  /** One try to come back. */
  async redial({ stage, hostAway }: DialWatch): Promise<Link> {
    return (await this.dial('returner', { onProgress: stage, onHostAway: hostAway })).link
  }

  codeChanged(renewed: string): void {
    // The ticket is for the lobby of the old code.
    if (renewed !== this.code) this.ticket = null
    this.code = renewed
  }
}

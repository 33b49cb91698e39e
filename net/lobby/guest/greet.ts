/**
 * The greeting over an open link, on the guest's side. The guest says hello. The host answers with a welcome or a refusal. Before that
 * it may ask a newcomer for the password, and for the names of their browser under former codes. Each answer of the host has 5 s.
 */
import { StarwireError } from '../../errors/starwire-error.ts'
import type { Cancel, Platform } from '../../platform/platform.ts'
import type { Link, LinkCloseReason } from '../../transport/link.ts'
import type { Reason } from '../../wire/reasons.ts'
import { WIRE_VERSION } from '../../wire/version.ts'
import type { PlainValues } from '../../world/complete-values.ts'
import type { AnyGame } from '../../world/game.ts'
import { namesUnder } from '../admission/browser-mark.ts'
import { readWelcome, type Welcome } from '../game-values.ts'
import { decodeHostMessage, encodeMessage, type GuestMessage, type Hello, type HostMessage } from '../messages.ts'
import { cleanName } from '../names.ts'
import { MAX_PASSWORD } from '../options.ts'

/** A host's page that is awake answers a hello at once; one that takes longer is asleep. */
const WELCOME_DEADLINE_MS = 5000
/** How often a host may ask for the password: again each time it changes meanwhile. More often is hostile. */
const MAX_ASKED = 3

export interface Greeting {
  readonly game: AnyGame
  readonly name: string
  /** What a new guest chooses. Default: nothing. */
  readonly choice?: PlainValues
  /** The token of the seat that this guest had; null when they are new. */
  readonly resume: string | null
  /** Those before it, newest first. Default: none. */
  readonly earlier?: readonly string[]
  /** The link was there before the host changed, so it tells whose seat is asked for: the token is not shown. Default false. */
  readonly vouched?: boolean
  /** For a host that asks for one, which it never does of a guest with a token; null: none. */
  readonly password: string | null
  /** Whether a guest without a token comes to watch. */
  readonly spectate: boolean
  readonly platform: Pick<Platform, 'after' | 'startClock' | 'storage'>
}

export interface GreetHandlers {
  /** The guest sits. Listen to the link in here: the next message may follow at once. */
  welcomed(welcome: Welcome): void
  /** The link is closed. */
  failed(error: StarwireError): void
}

/** Why a guest's lobby ended, by the reason with which its link was closed. */
export const reasonOf: Record<LinkCloseReason, Reason> = {
  left: 'host-left',
  lost: 'host-left',
  away: 'host-left',
  'host-left': 'host-left',
  kicked: 'kicked',
  banned: 'banned',
  'rules-failed': 'rules-failed',
  replaced: 'replaced',
}

/** Returns a function that gives up: it closes the link, and no handler is called. */
export function greet(link: Link, greeting: Greeting, handlers: GreetHandlers): () => void {
  const greeter = new Greeter(link, greeting, handlers)
  greeter.begin()
  return () => greeter.giveUp()
}

class Greeter {
  private readonly link: Link
  private readonly greeting: Greeting
  private readonly handlers: GreetHandlers
  private done = false
  private timesAsked = 0
  private isAskedFormerly = false
  private stopTimer: Cancel = () => {}

  constructor(link: Link, greeting: Greeting, handlers: GreetHandlers) {
    this.link = link
    this.greeting = greeting
    this.handlers = handlers
  }

  begin(): void {
    const { link } = this
    this.awaitAnswer()
    link.listen({
      message: (lane, bytes) => lane === 'bulk' && !this.done && this.hear(decodeHostMessage(bytes)),
      closed: (reason) => this.fail(new StarwireError(isSilence(reason) ? 'host-silent' : reasonOf[reason], reason)),
    })
    this.say(this.hello)
  }

  private get hello(): Hello {
    const { game, name, resume, earlier = [], vouched = false, spectate, choice } = this.greeting
    // The host would drop a hello with a name that is too long.
    const hello = { kind: 'hello', protocol: WIRE_VERSION, name: cleanName(name), hash: game.hash } as const
    if (vouched) return { ...hello, vouched }
    return resume !== null
      ? { ...hello, resume, ...(earlier.length > 0 && { earlier: [...earlier] }) }
      : { ...hello, ...(choice && { choice }), ...(spectate && { spectate }) }
  }

  giveUp(): void {
    this.finish(() => {})
  }

  private say(message: GuestMessage): void {
    this.link.send('bulk', encodeMessage(message))
  }

  private awaitAnswer(): void {
    this.stopTimer()
    this.stopTimer = this.greeting.platform.after(WELCOME_DEADLINE_MS, () =>
      this.fail(new StarwireError('host-silent', 'no welcome')),
    )
  }

  private hear(message: HostMessage | null): void {
    if (message?.kind === 'refused') this.fail(refusalError(message))
    else if (message?.kind === 'ask') this.guess(message.salt)
    else if (message?.kind === 'formerly') this.tellFormerly(message.codes)
    else if (message?.kind === 'welcome') this.enter(readWelcome(this.greeting.game, message))
  }

  private enter(welcome: Welcome | null): void {
    if (!welcome) return this.fail(new StarwireError('host-silent', 'a welcome that does not fit this game'))
    this.done = true
    this.stopTimer()
    this.handlers.welcomed(welcome)
  }

  /** The host asks for this browser's names under former codes. An honest one asks newcomers only, and once. */
  private tellFormerly(codes: readonly string[]): void {
    if (this.isAskedFormerly || this.greeting.resume !== null)
      return this.fail(new StarwireError('host-silent', 'asked for former names again'))
    this.isAskedFormerly = true
    this.awaitAnswer()
    this.say({ ...this.hello, formerly: namesUnder(codes, this.greeting.platform) })
  }

  /** The host asks for the password. Its work is bounded, so that a hostile host cannot keep this page busy. */
  private guess(salt: string): void {
    const { password, platform } = this.greeting
    if (password === null || password.length < 1 || password.length > MAX_PASSWORD)
      return this.fail(new StarwireError('wrong-password', password ? 'too long' : 'none was given'))
    if (++this.timesAsked > MAX_ASKED)
      return this.fail(new StarwireError('host-silent', 'asked for it again and again'))
    const round = this.timesAsked
    this.stopTimer()
    import('../admission/password-key.ts')
      .then(({ passwordKey }) => passwordKey(password, salt, platform, () => this.done || round !== this.timesAsked))
      .then(
        (key) => {
          if (key === null || this.done) return
          this.awaitAnswer()
          this.say({ kind: 'guess', salt, key })
        },
        (error: unknown) => this.fail(new StarwireError('host-silent', `the password's code: ${error}`)),
      )
  }

  private fail(error: StarwireError): void {
    this.finish(() => this.handlers.failed(error))
  }

  private finish(tell: () => void): void {
    if (this.done) return
    this.done = true
    this.stopTimer()
    tell()
    // A host that slept reads hello and goodbye in one moment. `away` makes it keep the seat that the hello asked for.
    this.link.close(this.greeting.resume === null ? 'left' : 'away')
  }
}

type Refused = Extract<HostMessage, { kind: 'refused' }>

function refusalError({ reason, text, retryAfterSeconds, canSpectate }: Refused): StarwireError {
  const protocol = reason === 'version-mismatch' ? `; this page speaks Starwire's protocol ${WIRE_VERSION}` : ''
  return new StarwireError(reason, `refused by the host${protocol}`, retryAfterSeconds ?? null, {
    hostText: text ?? null,
    canSpectate: canSpectate === true,
  })
}

function isSilence(reason: LinkCloseReason): boolean {
  return reason === 'left' || reason === 'lost' || reason === 'away'
}

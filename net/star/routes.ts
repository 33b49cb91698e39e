/**
 * Which route carries a new link: the direct connection, or a relay through signalling. Both are tried side by side where waiting costs
 * time. The link begins on the first that both sides can use, and moves to the direct one when that opens later.
 *
 * In: two pipes, each of which opens or fails when it likes. Out: one link, or one failure. Invariants: both sides begin on the same pipe. The
 * guest chooses: it starts the relay while its direct pipe is not open. The host refuses the relay when it has begun on the direct
 * pipe; then the guest's direct pipe opens, too, or the attempt fails. After the end there is no pipe, link or timer.
 *
 * When the relay dies after the guest has started it, the guest cannot know whether the host began there. The host's first word over the
 * direct pipe tells: a host that began on the relay says first where it goes on.
 */
import type { ConnectionFacts } from '../errors/connection-report.ts'
import type { Cancel, Platform } from '../platform/platform.ts'
import type { OpenRelay } from '../signaling/signals.ts'
import { isResumeFrame } from '../transport/bulk-frames.ts'
import { HeldPipe } from '../transport/held-pipe.ts'
import type { LaneLink } from '../transport/lane-link.ts'
import type { Pipe } from '../transport/pipe.ts'
import type { RelayPipe } from '../transport/relay/relay-pipe.ts'

/**
 * A direct connection opens in 0.1 to 0.5 s (attempt.ts). Then most joins never ask for a relay, and where UDP is blocked the relay is
 * there a second after the join began.
 */
export const RELAY_AFTER_MS = 500

/** From both sides at the relay to both started: a round trip through the server, on the slowest phone. */
const START_WITHIN_MS = 3000

/** A host whose direct connection failed waits so long for a relay: its guest asks for one after `RELAY_AFTER_MS`, over a slow phone. */
export const WAIT_FOR_RELAY_MS = 5000

/** Most joins need no relay, so its code is loaded when one is asked for. */
let loading: Promise<typeof RelayPipe> | null = null
export function relayCode(): Promise<typeof RelayPipe> {
  loading ??= import('../transport/relay/relay-pipe.ts').then(
    (code) => code.RelayPipe,
    (error: unknown) => {
      loading = null
      throw error
    },
  )
  return loading
}

const NO_RELAY = 'no relay'

export interface RoutesOptions {
  readonly platform: Pick<Platform, 'after' | 'now'>
  /** The direct route; null where this side wants none. */
  readonly direct: Pipe | null
  /** Neither opens within so many ms: failed. */
  readonly timeoutMs: number
  /** Whether this side is the guest, who chooses. */
  readonly isGuest: boolean
  /** Of a guest: asks for a relay, and `relay` of the routes hears the answer. Null: there is none to be had, or this is the host. */
  readonly askForRelay: (() => void) | null
  /** Asks so many ms after the beginning, unless the direct route has failed before. Default `RELAY_AFTER_MS`. */
  readonly relayAfterMs?: number | undefined
  /** A link over the pipe that was chosen; it is open. `resumes`: the other side's end of the link began on another pipe. */
  link(pipe: Pipe, resumes: boolean): LaneLink
  /** The link is there. */
  chosen(link: LaneLink): void
  /** No link came of it. Called once, last. */
  failed(detail: string): void
  /** No other route is tried any more: signals are of no use. Called once, after `chosen`. */
  settled(): void
}

/** `choosing`: no link. `linked`: there is one; the direct pipe may still open. `over`: final. */
type State = 'choosing' | 'linked' | 'over'

export class Routes {
  readonly #options: RoutesOptions
  #state: State = 'choosing'
  #direct: HeldPipe | null
  #relay: { readonly pipe: RelayPipe; readonly held: HeldPipe; hasStarted: boolean } | null = null
  /** `none`: not asked for. `asked`: the server has not answered. `here`: there is a pipe. `gone`: none, or it failed. */
  #relayState: 'none' | 'asked' | 'here' | 'gone' = 'none'
  /** The relay died after this guest had started it: the host's first word over the direct pipe tells where the host is. */
  #awaitsFirstWord = false
  #detail = ''
  #relayDetail = ''
  #cancelAsking: Cancel = () => {}
  /** The link uses the direct pipe, or will when that opens. */
  #hasMoved = false
  #cancelStart: Cancel = () => {}
  #isWaiting = false
  #usesRelay = false
  #cancelWaiting: Cancel = () => {}
  readonly #cancelTimeout: Cancel

  constructor(options: RoutesOptions) {
    const { platform, direct, timeoutMs, askForRelay, relayAfterMs = RELAY_AFTER_MS } = options
    this.#options = options
    this.#direct =
      direct &&
      new HeldPipe(direct, {
        opened: () => this.#directOpened(),
        failed: (why) => this.#directFailed(why),
        heard: () => this.#awaitsFirstWord && this.#beginDirect(),
      })
    this.#cancelTimeout = platform.after(timeoutMs, () => this.#fail(`nothing within ${Math.round(timeoutMs)} ms`))
    if (askForRelay) this.#cancelAsking = platform.after(direct ? relayAfterMs : 0, () => this.#ask())
  }

  /** The guest's relay, or for the guest the answer to its question: null, there is none. */
  relay(open: OpenRelay | null): void {
    const isAwaited = this.#options.isGuest ? this.#relayState === 'asked' : this.#relayState !== 'here'
    if (this.#state !== 'choosing' || !isAwaited) return
    if (open === null) return this.#relayFailed(NO_RELAY)
    this.#relayState = 'here'
    this.#isWaiting = false
    this.#cancelWaiting()
    this.#openRelay(open).catch((error: unknown) => this.#relayFailed(`the relay's code cannot be loaded: ${error}`))
  }

  async #openRelay(open: OpenRelay): Promise<void> {
    const Pipe = await relayCode()
    if (this.#state !== 'choosing') return
    const stream = await open()
    if (this.#state !== 'choosing') return stream.close()
    const { isGuest, platform } = this.#options
    const pipe = new Pipe(stream, {
      platform,
      paired: () => isGuest && this.#relayPaired(),
      askedToStart: () => !isGuest && this.#startRelay(),
    })
    const held = new HeldPipe(pipe, { opened: () => this.#relayOpened(), failed: (why) => this.#relayFailed(why) })
    this.#relay = { pipe, held, hasStarted: false }
  }

  /** What became of the relay, for a report. */
  get relayReport(): ConnectionFacts['relay'] {
    if (this.#usesRelay) return 'used'
    if (this.#relayState === 'none') return 'not-asked'
    if (this.#relayState === 'gone') return this.#relayDetail === NO_RELAY ? 'none' : 'failed'
    return 'asked'
  }

  /** A host's direct connection has failed, and no relay is there yet. */
  get isWaiting(): boolean {
    return this.#isWaiting
  }

  /** Gives everything up that is not the link. */
  close(): void {
    if (this.#state === 'over') return
    const wasLinked = this.#state === 'linked'
    this.#state = 'over'
    this.#stopTimers()
    if (!wasLinked || !this.#hasMoved) this.#direct?.close()
    if (!wasLinked) this.#relay?.held.close()
    this.#direct = null
    this.#relay = null
  }

  #stopTimers(): void {
    this.#cancelAsking()
    this.#cancelStart()
    this.#cancelWaiting()
    this.#cancelTimeout()
  }

  #ask(): void {
    this.#cancelAsking()
    const { askForRelay } = this.#options
    if (this.#state !== 'choosing' || this.#relayState !== 'none' || !askForRelay) return
    this.#relayState = 'asked'
    // A failure is told when the relay is there.
    relayCode().catch(() => {})
    askForRelay()
  }

  #directOpened(): void {
    if (this.#state === 'linked') return this.#hasMoved ? this.#settle() : undefined
    // The host may have begun on the relay by now: its answer is on the way.
    const isUndecided = this.#relay?.hasStarted || this.#awaitsFirstWord
    if (this.#state === 'choosing' && !isUndecided) this.#beginDirect()
  }

  #directFailed(detail: string): void {
    this.#direct = null
    this.#detail = detail
    if (this.#state === 'linked') return this.#settle()
    if (this.#state !== 'choosing') return
    this.#ask()
    if (this.#relayState === 'gone') return this.#fail(this.#bothFailed(detail))
    // The guest asks for a relay by itself: its side may have failed, too, or has not and waits.
    if (this.#relayState !== 'none') return
    if (this.#options.isGuest) return this.#fail(detail)
    this.#isWaiting = true
    this.#cancelWaiting = this.#options.platform.after(WAIT_FOR_RELAY_MS, () => this.#fail(detail))
  }

  #bothFailed(detail: string): string {
    return this.#relayDetail ? `${detail}; ${this.#relayDetail}` : detail
  }

  #relayPaired(): void {
    if (this.#state === 'choosing' && !this.#direct?.open) this.#startRelay()
  }

  #startRelay(): void {
    const relay = this.#relay
    if (this.#state !== 'choosing' || !relay || relay.hasStarted) return
    relay.hasStarted = true
    this.#cancelStart = this.#options.platform.after(START_WITHIN_MS, () => {
      relay.held.close()
      this.#relayFailed('the other side did not start')
    })
    relay.pipe.start()
  }

  #relayOpened(): void {
    const relay = this.#relay
    if (this.#state !== 'choosing' || !relay) return
    const direct = this.#direct
    this.#relay = null
    this.#usesRelay = true
    const link = this.#begin(relay.held)
    if (!direct) return this.#settle()
    link.afterSwitch(() => this.#move(link))
  }

  /** The link is on the relay, and goes on by the direct pipe as soon as that is open. */
  #move(link: LaneLink): void {
    const direct = this.#direct
    if (this.#state !== 'linked' || !direct) return
    this.#hasMoved = true
    link.switchTo(direct)
    direct.release()
    if (direct.open) this.#settle()
  }

  #relayFailed(detail: string): void {
    const hadStarted = this.#relay?.hasStarted ?? false
    this.#relay = null
    this.#relayState = 'gone'
    this.#relayDetail = detail
    this.#cancelStart()
    if (this.#state !== 'choosing') return
    this.#awaitsFirstWord = hadStarted && this.#options.isGuest
    if (this.#direct?.open && !(this.#awaitsFirstWord && this.#direct.first === null)) return this.#beginDirect()
    if (!this.#direct) this.#fail(this.#detail ? `${this.#detail}; ${detail}` : detail)
  }

  #beginDirect(): void {
    const direct = this.#direct
    if (!direct) return
    this.#relay?.held.close()
    this.#relay = null
    const { first } = direct
    this.#begin(direct, this.#awaitsFirstWord && first?.lane === 'bulk' && isResumeFrame(first.data))
    this.#settle()
  }

  #begin(pipe: HeldPipe, resumes = false): LaneLink {
    this.#state = 'linked'
    this.#stopTimers()
    const link = this.#options.link(pipe, resumes)
    this.#options.chosen(link)
    pipe.release()
    return link
  }

  #settle(): void {
    if (this.#state !== 'linked') return
    this.#state = 'over'
    this.#direct = null
    this.#options.settled()
  }

  #fail(detail: string): void {
    if (this.#state !== 'choosing') return
    this.close()
    this.#options.failed(detail)
  }
}

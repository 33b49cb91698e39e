/**
 * A {@link Pipe} over an ordered, reliable stream through a server: the last route, where no packet passes between the pages.
 *
 * In: frames of the link, messages of the other side. Out: messages on the stream. It begins `pairing`; once both sides are on the
 * stream it is `paired`. A side that wants to use the route calls `start`. The pipe is `open` when both sides have started, so
 * no side sends on a route that the other does not want.
 *
 * Invariants: at most two state frames are out that the other page has not read, and not one right behind the other; more are skipped (state-credit.ts). Bulk frames go out in order; how many are under way the link decides, by the other side's
 * acknowledgements. Remote bytes never throw.
 */
import { type Platform, thisPage } from '../../platform/platform.ts'
import type { Lane } from '../../wire/lanes.ts'
import type { SendOutcome } from '../link.ts'
import type { Pipe, PipeEvents, PipeFrame, PipeReport } from '../pipe.ts'
import type { MessageStream } from './message-stream.ts'
import { creditMessage, decodeRelayed, encodeRelayed, type RelayMessage, startMessage } from './relay-frames.ts'
import { StateCredit } from './state-credit.ts'

export interface RelayPipeOptions {
  /** Whose time it goes by. Default: this page's. */
  readonly platform?: Pick<Platform, 'now'>
  /** Both sides are on the stream. Called once, if ever. Default: the pipe starts by itself. */
  paired?(): void
  /** The other side has started, and this one has not. Called once, if ever. Default: nothing. */
  askedToStart?(): void
}

type State = 'pairing' | 'paired' | 'open' | 'closed'

export class RelayPipe implements Pipe {
  /** The credit skips what would wait on the state lane. */
  readonly skipsStale = true
  readonly #stream: MessageStream
  readonly #options: RelayPipeOptions
  readonly #credit = new StateCredit()
  #state: State = 'pairing'
  #hasStarted = false
  #otherHasStarted = false
  #events: PipeEvents | null = null

  constructor(stream: MessageStream, options: RelayPipeOptions = {}) {
    this.#stream = stream
    this.#options = options
    stream.attach({
      paired: () => this.#paired(),
      message: (data) => this.#hear(data),
      drained: () => this.#events?.drained(),
      ending: () => this.#events?.ending?.(),
      failed: (detail, isRouteOnly) => this.#fail(detail, isRouteOnly),
    })
  }

  get open(): boolean {
    return this.#state === 'open'
  }

  attach(events: PipeEvents): void {
    this.#events = events
  }

  /** This side wants to use the route. It opens once the other side wants it, too. */
  start(): void {
    if (this.#state !== 'paired' || this.#hasStarted) return
    this.#hasStarted = true
    this.#stream.send(startMessage)
    if (this.#otherHasStarted) this.#opens()
  }

  send(lane: Lane, frame: PipeFrame): SendOutcome {
    if (this.#state !== 'open') return 'closed'
    const message = encodeRelayed(lane, frame)
    if (message === null) return 'skipped'
    if (lane === 'state' && !this.#credit.take(message.length, this.#now())) return 'skipped'
    this.#stream.send(message)
    return 'sent'
  }

  get isStateHeld(): boolean {
    return this.#state === 'open' && this.#credit.isHeld(this.#now())
  }

  /** On the state lane what the other page has to read before more may go out. */
  waiting(lane: Lane): number {
    if (this.#state !== 'open') return 0
    return lane === 'state' ? this.#credit.blockingBytes : this.#stream.bufferedBytes
  }

  close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#events = null
    this.#stream.close()
  }

  describe(): PipeReport {
    const { unread, skipped } = this.#credit
    const { bufferedBytes } = this.#stream
    return {
      kind: 'relay',
      route: 'relayed',
      lanes: { state: { unread, skipped }, bulk: { bufferedBytes } },
    }
  }

  #now(): number {
    return (this.#options.platform ?? thisPage).now()
  }

  #paired(): void {
    if (this.#state !== 'pairing') return
    this.#state = 'paired'
    if (this.#options.paired) this.#options.paired()
    else this.start()
  }

  #opens(): void {
    this.#state = 'open'
    this.#events?.opened()
  }

  #fail(detail: string, isRouteOnly = false): void {
    if (this.#state === 'closed') return
    const events = this.#events
    this.close()
    events?.failed(detail, isRouteOnly)
  }

  #hear(data: unknown): void {
    const message = decodeRelayed(data)
    if (message?.kind === 'start') return this.#hearStart()
    // Before both have started, nothing else is said. Such a peer is of no use.
    if (this.#state === 'pairing' || this.#state === 'paired') return this.#fail('the other side spoke out of turn')
    if (this.#state === 'closed') return
    if (message === null) this.#events?.refused()
    else if (message.kind === 'credit') this.#hearCredit()
    else this.#hearFrame(message)
  }

  #hearStart(): void {
    if (this.#otherHasStarted) return this.#events?.refused()
    this.#otherHasStarted = true
    // The other side may have heard first that both are there.
    if (this.#state === 'pairing') this.#paired()
    if (this.#state !== 'paired') return
    if (this.#hasStarted) this.#opens()
    else this.#options.askedToStart?.()
  }

  #hearCredit(): void {
    if (this.#credit.credited(this.#now())) this.#events?.drained()
    else this.#events?.refused()
  }

  #hearFrame({ kind: lane, frame }: Extract<RelayMessage, { kind: Lane }>): void {
    this.#events?.frame(lane, frame)
    // After the link has taken it: a page that does not keep up is sent less.
    if (lane === 'state') this.#stream.send(creditMessage)
  }
}

/**
 * One look at the public list over a socket of its own: asks for a page, and measures how far the hosts of its first
 * lobbies are. It ends within a deadline, with the page or with a reason; then the socket is closed.
 *
 * How a way is measured. This page sends the server echoes and takes the quickest: its own way there and back. The server
 * does the same with the host's page. The sum is the way of a packet that goes through the server.
 */
import { StarwireError } from '../errors/starwire-error.ts'
import { onAbort } from '../platform/abort.ts'
import type { Cancel } from '../platform/platform.ts'
import { cleanTexts, type ListedEntry } from './listing.ts'
import {
  type ListingAnswer,
  type ListingRequest,
  type ListQuery,
  MAX_MEASURED,
  parseListingAnswer,
} from './listing-messages.ts'
import { PROTOCOL_VERSION, type ServerMessage } from './protocol.ts'
import { reasonOfError } from './refusals.ts'
import type { PageSocketOptions } from './server-options.ts'
import { openSocket, type SignalingSocket } from './socket.ts'

/** From the call until the page of the list is here, in ms: a socket that opens, and one answer. */
const FIND_WITHIN_MS = 8_000

/** Own echoes: one while the list is asked for, two more while the hosts are. The quickest had no queue before it. */
const ECHOES = 3

export interface FindRequest {
  readonly query: ListQuery
  /** How many of the first lobbies that can be joined are measured, 0 to 10. */
  readonly measure: number
  /** How long the measurement may take beside finding, in ms. */
  readonly measureWithinMs: number
  readonly signal?: AbortSignal
}

export interface FoundPage {
  readonly lobbies: readonly ListedEntry[]
  readonly cursor: string | null
  /** Of those that answered, by code: this page to the server and back, and the server to the host's page and back, in ms. */
  readonly ways: ReadonlyMap<string, { readonly ownMs: number; readonly hostMs: number }>
}

/** @throws (rejects) StarwireError; with the signal's reason when it aborts. */
export function findOverSocket(options: PageSocketOptions, request: FindRequest): Promise<FoundPage> {
  if (request.signal?.aborted) return Promise.reject(request.signal.reason)
  return new Promise((resolve, reject) => new Look(options, request, resolve, reject))
}

type Found = Extract<ListingAnswer, { type: 'found' }>

class Look {
  readonly #options: PageSocketOptions
  readonly #request: FindRequest
  readonly #resolve: (page: FoundPage) => void
  readonly #reject: (reason: unknown) => void
  readonly #socket: SignalingSocket
  readonly #stopAborting: Cancel
  #cancelDeadline: Cancel
  #found: Pick<FoundPage, 'lobbies' | 'cursor'> | null = null
  /** Codes whose hosts have not been measured yet. */
  readonly #unmeasured = new Set<string>()
  readonly #hostMs = new Map<string, number>()
  /** When each echo that is under way was sent. */
  readonly #echoes = new Map<string, number>()
  #echoed = 0
  #ownMs = Number.POSITIVE_INFINITY

  constructor(
    options: PageSocketOptions,
    request: FindRequest,
    resolve: (page: FoundPage) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#options = options
    this.#request = request
    this.#resolve = resolve
    this.#reject = reject
    this.#stopAborting = onAbort(request.signal, (reason) => this.#end(() => reject(reason)))
    this.#cancelDeadline = options.platform.after(FIND_WITHIN_MS, () =>
      this.#fail(new StarwireError('signaling-down', `no list of the server within ${FIND_WITHIN_MS / 1000} s`)),
    )
    this.#socket = openSocket(options, {
      open: () => {
        this.#echo()
        this.#say({ type: 'find', protocol: PROTOCOL_VERSION, query: request.query })
      },
      message: (message) => this.#hear(message),
      other: (text) => this.#hearOfList(text),
      closed: (detail) => this.#fail(new StarwireError('signaling-down', detail)),
    })
  }

  #say(message: ListingRequest): void {
    this.#socket.send(message)
  }

  #echo(): void {
    const nonce = String(this.#echoes.size + this.#echoed)
    this.#echoes.set(nonce, this.#options.platform.now())
    this.#say({ type: 'echo', nonce })
  }

  #hear(message: ServerMessage): void {
    if (message.type !== 'error') return
    // An older server does not know the list.
    const reason = message.code === 'bad-message' ? 'signaling-down' : reasonOfError(message.code)
    // Refused in the middle of measuring: the list itself is here.
    if (reason !== null && this.#found) this.#finish()
    else if (reason !== null) this.#fail(new StarwireError(reason, message.message, message.retryAfterSeconds))
  }

  #hearOfList(text: string): void {
    const answer = parseListingAnswer(text)
    switch (answer?.type) {
      case 'found':
        if (!this.#found) this.#begin(answer)
        return
      case 'measured':
        if (answer.hostMs !== null && this.#unmeasured.has(answer.code)) this.#hostMs.set(answer.code, answer.hostMs)
        this.#unmeasured.delete(answer.code)
        return this.#finishIfMeasured()
      case 'echoed':
        return this.#hearEchoed(answer.nonce)
    }
  }

  #hearEchoed(nonce: string): void {
    const sentAt = this.#echoes.get(nonce)
    if (sentAt === undefined) return
    this.#echoes.delete(nonce)
    this.#echoed++
    this.#ownMs = Math.min(this.#ownMs, this.#options.platform.now() - sentAt)
    this.#finishIfMeasured()
  }

  /** The page of the list is here: the measuring begins. */
  #begin({ lobbies, cursor }: Found): void {
    // The server has cleaned them; this page relies on nobody for that.
    const clean = lobbies.flatMap((lobby) => {
      const texts = cleanTexts(lobby)
      return texts ? { ...lobby, ...texts } : []
    })
    this.#found = { lobbies: clean, cursor }
    const { measure, measureWithinMs } = this.#request
    const codes = clean.filter(({ obstacle }) => obstacle === null).map(({ code }) => code)
    for (const code of codes.slice(0, Math.min(measure, MAX_MEASURED))) this.#unmeasured.add(code)
    if (this.#unmeasured.size === 0) return this.#finish()
    this.#cancelDeadline()
    this.#cancelDeadline = this.#options.platform.after(measureWithinMs, () => this.#finish())
    this.#say({ type: 'measure', codes: [...this.#unmeasured] })
    for (let i = 1; i < ECHOES; i++) this.#echo()
  }

  #finishIfMeasured(): void {
    if (this.#found && this.#unmeasured.size === 0 && this.#echoed === ECHOES) this.#finish()
  }

  #finish(): void {
    const found = this.#found
    if (!found) return
    const ownMs = this.#ownMs
    const measured = Number.isFinite(ownMs) ? [...this.#hostMs] : []
    const ways = new Map(measured.map(([code, hostMs]) => [code, { ownMs, hostMs }]))
    this.#end(() => this.#resolve({ ...found, ways }))
  }

  #fail(error: StarwireError): void {
    if (this.#found) this.#finish()
    else this.#end(() => this.#reject(error))
  }

  #end(settle: () => void): void {
    this.#cancelDeadline()
    this.#stopAborting()
    this.#socket.close()
    settle()
  }
}

/**
 * Messages to the sockets of other processes, over one socket from this process to each of them: a line. So the store carries none of
 * the five messages of a join: it is one core for the whole service, and the first that is full.
 *
 * In: messages, and what opens a line. Out: messages on lines; the store carries those to processes that have none. Invariants: messages
 * to one process keep their order, also where they change from the store to a line. A message may be lost with its line, as with the
 * store: whoever waits for an answer asks again. Lines go only where a process of this service said that it is reached.
 */
import type { ServerPlatform } from '../server-platform.ts'
import { type Address, type LobbyStore, processOf } from '../store.ts'
import type { Tokens } from '../tokens.ts'
import { isPeerUrl, PEER_TOKEN_MS } from './announcing.ts'

/** An open socket to another process. */
export interface Line {
  /** False when it is not open. */
  send(to: Address, text: string): boolean
  close(): void
}

/** Opens a line; rejects when there is none within `LINE_WITHIN_MS`. `closed` is called once, after it was open. */
export type OpenLine = (url: string, token: string, closed: () => void) => Promise<Line>

/** All processes stand in one network, so a line opens within some ms. Messages wait for it so long, in ms, and then go by the store. */
export const LINE_WITHIN_MS = 500

/** A process that was not reached is tried again after so many ms: the first time, and at most. */
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 60_000

/** Processes without a line that are remembered. Their names come from pages, too: the oldest is forgotten. */
const MAX_UNREACHED = 256

export interface DirectPostOptions {
  readonly store: Pick<LobbyStore, 'send' | 'whereIs'>
  readonly tokens: Pick<Tokens, 'signPeer'>
  readonly platform: Pick<ServerPlatform, 'now'>
  readonly openLine: OpenLine
  warn(sentence: string): void
}

interface Waiting {
  readonly to: Address
  readonly text: string
  resolve(isSent: boolean | Promise<boolean>): void
}

interface Unreached {
  readonly retryAt: number
  readonly retryMs: number
}

export class DirectPost {
  readonly #options: DirectPostOptions
  readonly #lines = new Map<string, Line>()
  /** Messages for processes to which a line is opening, in order. */
  readonly #opening = new Map<string, Waiting[]>()
  /** Processes to which no line opened, the one tried longest ago first. */
  readonly #unreached = new Map<string, Unreached>()
  #isClosed = false

  constructor(options: DirectPostOptions) {
    this.#options = options
  }

  /** Lines that are open. */
  get size(): number {
    return this.#lines.size
  }

  /** Processes that are remembered, because no line opened to them. */
  get unreached(): number {
    return this.#unreached.size
  }

  /** As the store's `send`: false when nobody is there. */
  async send(to: Address, text: string): Promise<boolean> {
    const process = processOf(to)
    if (this.#lines.get(process)?.send(to, text)) return true
    const opening = this.#opening.get(process)
    if (opening === undefined && this.#isUnreached(process)) return this.#options.store.send(to, text)
    return new Promise((resolve) => {
      const waiting = { to, text, resolve }
      if (opening) return void opening.push(waiting)
      this.#opening.set(process, [waiting])
      void this.#open(process)
    })
  }

  close(): void {
    this.#isClosed = true
    for (const line of this.#lines.values()) line.close()
    this.#lines.clear()
  }

  #isUnreached(process: string): boolean {
    const known = this.#unreached.get(process)
    return this.#isClosed || (known !== undefined && this.#options.platform.now() < known.retryAt)
  }

  async #open(process: string): Promise<void> {
    const line = await this.#tryLine(process)
    const waiting = this.#opening.get(process) ?? []
    this.#opening.delete(process)
    if (line === null || this.#isClosed) {
      line?.close()
      this.#remember(process)
    } else {
      this.#unreached.delete(process)
      this.#lines.set(process, line)
    }
    const { store } = this.#options
    for (const { to, text, resolve } of waiting) resolve(line?.send(to, text) || store.send(to, text))
  }

  /** Null when there is none: the process says nothing of where it is, is gone, or is not reached there. */
  async #tryLine(process: string): Promise<Line | null> {
    const { store, tokens, platform, openLine, warn } = this.#options
    try {
      const url = await store.whereIs(process)
      if (url === null || !isPeerUrl(url)) return null
      const token = tokens.signPeer({ process, from: 'process', expiresAt: Math.round(platform.now() + PEER_TOKEN_MS) })
      return await openLine(url, token, () => this.#lines.delete(process))
    } catch (error) {
      warn(
        `Another process is not reached where it says (STARWIRE_PEER_URL), so the store carries what is for it: ${codeOf(error)}`,
      )
      return null
    }
  }

  #remember(process: string): void {
    const { retryMs = FIRST_RETRY_MS / 2 } = this.#unreached.get(process) ?? {}
    this.#unreached.delete(process)
    const next = Math.min(LONGEST_RETRY_MS, 2 * retryMs)
    this.#unreached.set(process, { retryAt: this.#options.platform.now() + next, retryMs: next })
    for (const oldest of this.#unreached.keys()) {
      if (this.#unreached.size <= MAX_UNREACHED) break
      this.#unreached.delete(oldest)
    }
  }
}

/** An error's code says what happened; its message would name an address. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
}

/** Two pages that send each other files over a link inside this process, and a stranger who speaks to one of them. */
import { type ExchangeOptions, FileExchange } from '../../../net/files/exchange.ts'
import { FileLane } from '../../../net/files/file-lane.ts'
import { decodeFileMessage, encodeFileMessage, type FileMessage } from '../../../net/files/messages.ts'
import type { FileOffer } from '../../../net/files/types.ts'
import type { Link } from '../../../net/transport/link.ts'
import { loopbackPair } from '../../../net/transport/loopback.ts'
import { HandClock, settle } from '../lobby/support.ts'

export { settle }

/** Loading the code of files takes seconds on a busy machine. */
const GIVE_UP_MS = 30_000

/** Waits for what happens by itself: reads of files and messages. */
export async function until(isSo: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + GIVE_UP_MS
  while (!isSo()) {
    if (performance.now() > giveUpAt) throw new Error('what was waited for never came')
    await settle()
  }
}

/** A link whose messages take a task each: a microtask each, and a whole file would pass before a test looks again. */
export const pair = (): [Link, Link] => loopbackPair({ defer: (deliver) => void setImmediate(deliver) })

function bytesOf(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  for (let i = 0; i < size; i++) bytes[i] = Math.imul(i, 2654435761) >>> 24
  return bytes
}

/** Bytes that differ everywhere. */
export const blobOf = (size: number, type = 'application/octet-stream'): Blob => new Blob([bytesOf(size)], { type })

/** The same for virtual time: a part of it is read at once, where a real Blob takes real time. */
export function quickBlobOf(size: number): Blob {
  const bytes = bytesOf(size)
  return Object.assign(new Blob([bytes]), {
    slice: (from: number, to: number) => ({ arrayBuffer: async () => bytes.slice(from, to).buffer }),
  })
}

export async function isSame(a: Blob | null, b: Blob): Promise<boolean> {
  return a !== null && Buffer.from(await a.arrayBuffer()).equals(Buffer.from(await b.arrayBuffer()))
}

export interface Page {
  readonly exchange: FileExchange
  readonly offers: FileOffer[]
  nonsense: number
  link: Link
  /** Goes over another link from now on. */
  use(link: Link): void
}

export function newPage(clock: HandClock, link: Link, options: Partial<ExchangeOptions> = {}): Page {
  const offers: FileOffer[] = []
  let lane = new FileLane(link)
  const exchange = new FileExchange({
    platform: clock.platform,
    lane: () => lane,
    tag: (peer) => peer,
    offered: (offer) => offers.push(offer) > 0,
    forbids: () => null,
    ...options,
  })
  const page: Page = {
    ...{ exchange, offers, link, nonsense: 0 },
    use(next) {
      page.link = next
      lane = new FileLane(next)
      next.listen({
        message: (_lane, bytes) => {
          const message = decodeFileMessage(bytes)
          if (!message || !exchange.hear(message.peer, message)) page.nonsense++
        },
        closed: () => {},
      })
    },
  }
  page.use(link)
  return page
}

export function twoPages(options: Partial<ExchangeOptions> = {}) {
  const clock = new HandClock()
  const [one, other] = pair()
  return { clock, ann: newPage(clock, one, options), bea: newPage(clock, other, options) }
}

/** A page, and a stranger at the other end of its link, who says anything. */
export function withStranger(options: Partial<ExchangeOptions> = {}) {
  const clock = new HandClock()
  const [end, strangers] = loopbackPair()
  const page = newPage(clock, end, options)
  const heard: FileMessage[] = []
  strangers.listen({
    message: (_lane, bytes) => {
      const message = decodeFileMessage(bytes)
      if (message) heard.push(message)
    },
    closed: () => {},
  })
  const say = async (...messages: FileMessage[]): Promise<void> => {
    for (const message of messages) strangers.send('bulk', encodeFileMessage(message))
    await settle()
  }
  return { clock, page, heard, say, link: strangers }
}

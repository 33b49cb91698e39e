/** Files over one link, for developers who bring their own netcode: they make the link and listen to it. */
import { type Platform, thisPage } from '../platform/platform.ts'
import type { Link } from '../transport/link.ts'
import type { Lane } from '../wire/lanes.ts'
import { checkKinds, checkNames, describeGiven } from '../world/given.ts'
import { FileExchange } from './exchange.ts'
import { FileLane } from './file-lane.ts'
import { isFileMessage } from './kinds.ts'
import { decodeFileMessage } from './messages.ts'
import type { FileOffer, FileTransfer, ShareOptions } from './types.ts'

/** Messages of the other side are no longer read after so many that no honest side sends. */
const MAX_REJECTED = 100

export interface LinkFilesOptions {
  /** The other side offers a file. Default: all are declined. */
  readonly onOffer?: (offer: FileOffer) => void
  /** Whose time and chance it goes by. Default: this page's. */
  readonly platform?: Platform
}

/** Stands for the other side, of which a link has one. */
const OTHER = 0

export interface LinkFiles {
  /**
   * Offers a file to the other side, and sends it once it is accepted. What keeps it from that is told as its `end`.
   * @throws TypeError when `file` is no Blob or File.
   */
  share(file: Blob, options?: ShareOptions): FileTransfer
  /**
   * Give it every message of the link. True: it was about a file, and is none of yours. Your own messages on the bulk lane must not begin
   * with the byte 0x94 and then one from 0x40 to 0x46.
   */
  hear(lane: Lane, bytes: Uint8Array): boolean
  /** Goes on over another link, when the first was lost and this page and the other are connected again: every file from where it is. */
  resume(link: Link): void
  /** Ends all transfers, and keeps nothing. The link stays. */
  close(): void
  /** Messages about files that no honest side sends. After 100 no more are read: close the link. */
  readonly rejected: number
}

/**
 * Sends and takes files over a link of a star, on its bulk lane, beside your own messages. Both sides call it when the link is open,
 * and give it what they hear:
 *
 * ```ts
 * const files = filesOver(link, { onOffer: (offer) => show(offer.accept({ maxBytes: 1e6 })) })
 * link.listen({ message: (lane, bytes) => files.hear(lane, bytes) || play(lane, bytes), closed: () => files.close() })
 * const sending = files.share(file)
 * ```
 *
 * It yields to the state lane. A host that wants to pass files on does so by itself: it takes one and shares it.
 * @throws TypeError for an option that there is not or that is of a wrong kind.
 */
export function filesOver(link: Link, options: LinkFilesOptions = {}): LinkFiles {
  checkNames('filesOver', options, ['onOffer', 'platform'])
  checkKinds('filesOver', options, { onOffer: 'function' })
  return new FilesOverLink(link, options)
}

class FilesOverLink implements LinkFiles {
  rejected = 0
  readonly #exchange: FileExchange
  #lane: FileLane

  constructor(link: Link, { onOffer, platform = thisPage }: LinkFilesOptions) {
    this.#lane = new FileLane(link)
    this.#exchange = new FileExchange({
      platform,
      lane: () => this.#lane,
      tag: () => OTHER,
      forbids: () => null,
      offered(offer) {
        onOffer?.(offer)
        return onOffer !== undefined
      },
    })
  }

  share(file: Blob, options: ShareOptions = {}): FileTransfer {
    if (!(file instanceof Blob))
      throw new TypeError(`share was given ${describeGiven(file)}. Give it a Blob or a File.`)
    checkNames('share', options, ['name'])
    checkKinds('share', options as { name?: string }, { name: 'string' })
    const { name = file instanceof File ? file.name : '' } = options
    return this.#exchange.share(file, OTHER, name)
  }

  hear(lane: Lane, bytes: Uint8Array): boolean {
    if (lane !== 'bulk' || !isFileMessage(bytes)) return false
    const message = this.rejected < MAX_REJECTED ? decodeFileMessage(bytes) : null
    if (!message || !this.#exchange.hear(OTHER, message)) this.rejected++
    return true
  }

  resume(link: Link): void {
    this.#lane = new FileLane(link)
    this.#exchange.resume()
  }

  close(): void {
    this.#exchange.close()
  }
}

/**
 * Voice and video of this page's lobby, the part that every lobby has: who takes part, what this page asked for, and the faces for the
 * developer. The rest is loaded when it is first used (`media-engine.ts`).
 *
 * Invariants: this page counts as a participant only while it asked to be one and the host says that it is. What the host or
 * others send never throws.
 */
import { TokenBucket } from '../congestion/token-bucket.ts'
import type { Cancel } from '../platform/platform.ts'
import type { PlayerId } from '../world/ids.ts'
import type { MediaContext, MediaKind } from './media-context.ts'
import {
  MAX_PARTICIPANTS,
  NOBODY,
  type Participants,
  type ParticipantsNews,
  type SignalNews,
} from './media-messages.ts'
import type { LoadedMedia, OwnMedia } from './media-parts.ts'
import type { MediaRefusal } from './types.ts'
import { VideoFace } from './video-face.ts'
import { VoiceFace } from './voice-face.ts'

/** The host answers within a round trip. A link that is lost shows after 5 s. */
const ANSWER_MS = 8000

/**
 * Requests of this page to the host. At half of what a host takes from a guest, a player who hammers on the button is no flood. Beyond
 * it, the newest request waits.
 */
const REQUEST_BURST = 8
const REQUESTS_PER_SECOND = 5

interface Waiting {
  readonly answer: (refusal: MediaRefusal | null) => void
  readonly cancel: Cancel
}

export class LobbyMedia implements OwnMedia {
  readonly voice: VoiceFace
  readonly video: VideoFace
  readonly context: MediaContext
  /** As the host said last. */
  told: Participants = NOBODY
  private readonly asked: Record<MediaKind, boolean> = { voice: false, video: false }
  private readonly waiting: Record<MediaKind, Waiting | null> = { voice: null, video: null }
  private readonly budget = new TokenBucket(REQUESTS_PER_SECOND, REQUEST_BURST)
  private cancelRequest: Cancel | null = null
  private loading: Promise<LoadedMedia | null> | null = null
  engine: LoadedMedia | null = null

  constructor(context: MediaContext) {
    this.context = context
    this.voice = new VoiceFace(this)
    this.video = new VideoFace(this)
  }

  /** Who takes part, of those in the roster. This page leaves the lists at once when it leaves. */
  get participants(): Participants {
    const { me } = this.context
    const shown = (kind: MediaKind): PlayerId[] =>
      this.told[kind].filter((player) => (player === me ? this.asked[kind] : this.context.has(player)))
    return { voice: shown('voice'), video: shown('video') }
  }

  /** Loads the part that is loaded on demand. Null: it cannot be loaded, or the lobby is over. */
  load(): Promise<LoadedMedia | null> {
    this.loading ??= import('./media-engine.ts').then(
      ({ MediaEngine }) => {
        if (!this.context.ended) this.engine = new MediaEngine(this)
        return this.engine
      },
      () => {
        // The network may be back at the next try.
        this.loading = null
        return null
      },
    )
    return this.loading
  }

  /** Asks the host for a place. Resolves to null when this page takes part, else to why not. */
  takePart(kind: MediaKind): Promise<MediaRefusal | null> {
    this.settle(kind, 'left')
    this.asked[kind] = true
    return new Promise((resolve) => {
      const cancel = this.context.platform.after(ANSWER_MS, () => this.refused(kind, 'not-here'))
      this.waiting[kind] = { answer: resolve, cancel }
      if (!this.request()) this.refused(kind, 'not-here')
    })
  }

  leave(kind: MediaKind): void {
    if (!this.asked[kind]) return
    this.asked[kind] = false
    this.settle(kind, 'left')
    this.request()
    this.changed()
  }

  hear(message: ParticipantsNews | SignalNews): void {
    if (message.kind === 'signalled') return this.engine?.hear(message.from, message.text)
    const { voice, video } = message
    this.told = { voice: [...new Set(voice)], video: [...new Set(video)] }
    this.compare('voice')
    this.compare('video')
    this.changed()
  }

  /** The guest has a new link to the host. The host may have forgotten this page, and signals were lost. */
  relinked(): void {
    if (this.asked.voice || this.asked.video) this.request()
    this.engine?.wake()
  }

  /** This page has another seat. Connections are by player, so it takes part no more until it asks again. */
  reseated(): void {
    this.leave('voice')
    this.leave('video')
    this.engine?.end()
    this.engine = null
    this.loading = null
    this.changed()
  }

  /** Somebody came or went, or this page mutes others than before. */
  changed(): void {
    this.engine?.update()
    this.voice.changed()
    this.video.changed()
  }

  /** The lobby is over for this page. */
  end(): void {
    this.told = NOBODY
    this.asked.voice = this.asked.video = false
    this.cancelRequest?.()
    this.settle('voice', 'ended')
    this.settle('video', 'ended')
    this.engine?.end()
    this.engine = null
    this.changed()
  }

  /** Compares the host's list with what this page asked for, and settles or repeats the request. */
  private compare(kind: MediaKind): void {
    const { me } = this.context
    const isListed = me !== null && this.told[kind].includes(me)
    if (isListed === this.asked[kind]) return isListed ? this.settle(kind, null) : undefined
    // Listed without having asked: from before a reload, or a request to leave is on its way.
    if (isListed) this.request()
    else if (this.told[kind].length >= MAX_PARTICIPANTS) this.refused(kind, 'full')
    // The host has forgotten this page, as a new host may.
    else if (!this.waiting[kind]) this.request()
  }

  private refused(kind: MediaKind, refusal: MediaRefusal): void {
    this.asked[kind] = false
    if (this.waiting[kind]) this.settle(kind, refusal)
    else this.engine?.lostPlace(kind)
  }

  private settle(kind: MediaKind, refusal: MediaRefusal | null): void {
    const waiting = this.waiting[kind]
    this.waiting[kind] = null
    waiting?.cancel()
    waiting?.answer(refusal)
  }

  /** Sends what this page asks for, now or as soon as the budget allows. False: the host cannot be reached. */
  private request(): boolean {
    if (this.cancelRequest) return true
    const { platform } = this.context
    if (this.budget.take(platform.now())) {
      return this.context.send({ kind: 'media', ...this.asked })
    }
    this.cancelRequest = platform.after(1000 / REQUESTS_PER_SECOND, () => {
      this.cancelRequest = null
      this.request()
    })
    return true
  }
}

/** What `lobby.voice` and `lobby.video` have in common: taking part, step by step, and giving up at any of them. */
import type { MediaKind } from './media-context.ts'
import type { LoadedMedia, OwnMedia } from './media-parts.ts'
import type { MediaRefusal, MediaState } from './types.ts'

export abstract class MediaFace {
  state: MediaState = 'off'
  protected readonly media: OwnMedia
  private readonly kind: MediaKind
  /** Of the newest `join` or `leave`: an older join ends. */
  private turn = 0

  constructor(media: OwnMedia, kind: MediaKind) {
    this.media = media
    this.kind = kind
  }

  /** Shows the members as they are now. */
  abstract changed(): void
  protected abstract tellState(state: MediaState): void

  leave(): void {
    this.turn++
    this.stop()
    this.changed()
  }

  /** This page's place is gone. */
  dropped(): void {
    if (this.state !== 'off') this.leave()
  }

  /** Takes part. `begin`: what the loaded part does for it. Whatever comes of it, nothing half done stays. */
  protected async takePart(begin: (engine: LoadedMedia) => Promise<MediaRefusal | null>): Promise<MediaRefusal | null> {
    const { context } = this.media
    if (context.ended) return 'ended'
    if (context.me === null) return 'no-player'
    if (this.state === 'on') return null
    const turn = ++this.turn
    this.enter('joining')
    let refusal: MediaRefusal | null = 'left'
    try {
      const engine = await this.media.load()
      if (turn === this.turn) refusal = engine ? await begin(engine) : 'load-failed'
      // No part is loaded for a lobby that ended meanwhile.
      if (refusal === 'load-failed' && context.ended) refusal = 'ended'
    } finally {
      if (turn === this.turn) {
        if (refusal) this.stop()
        else this.enter('on')
        this.changed()
      }
    }
    if (turn === this.turn) return refusal
    return context.ended ? 'ended' : 'left'
  }

  private stop(): void {
    this.media.engine?.[this.kind].stop()
    this.media.leave(this.kind)
    this.enter('off')
  }

  private enter(state: MediaState): void {
    if (this.state === state) return
    this.state = state
    this.tellState(state)
  }
}

/** Whether two lists say the same of the same members, in the same order. */
export function sameMembers<T extends object>(a: readonly T[], b: readonly T[]): boolean {
  const same = (member: T, other: T | undefined): boolean =>
    other !== undefined && Object.entries(member).every(([key, value]) => other[key as keyof T] === value)
  return a.length === b.length && a.every((member, i) => same(member, b[i]))
}

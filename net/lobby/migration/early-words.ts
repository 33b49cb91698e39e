/**
 * What guests say while the code of the host's migration loads. In go their messages, out they come once, in their order. Each guest has
 * room of their own: one who floods takes none from the others, whose pages say once what they are like.
 */
import type { PlayerId } from '../../world/ids.ts'

/** Messages of one guest: what their page is like, five beats a second, and signals of links to the heirs. */
const MAX_EACH = 64

export class EarlyWords<Message> {
  private words: (readonly [PlayerId, Message])[] = []
  private readonly counts = new Map<PlayerId, number>()

  /** What is more than an honest guest says is dropped. */
  hold(from: PlayerId, message: Message): void {
    const count = this.counts.get(from) ?? 0
    if (count >= MAX_EACH) return
    this.counts.set(from, count + 1)
    this.words.push([from, message])
  }

  take(): readonly (readonly [PlayerId, Message])[] {
    this.counts.clear()
    return this.words.splice(0)
  }
}

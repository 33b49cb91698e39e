/**
 * The chat as this page shows it: the history, and whom this page mutes. Muting never goes over the wire.
 */
import type { PlayerId } from '../../world/ids.ts'
import { ChatHistory } from './chat-history.ts'
import type { ChatMessage } from './types.ts'

export class LobbyChat {
  readonly history = new ChatHistory()
  /** Players whom this page mutes: their texts are not shown. */
  readonly muted = new Set<PlayerId>()
  private shownMessages: readonly ChatMessage[] | null = null

  /** What the page shows, oldest first: the history without the texts of those who are muted. */
  get shown(): readonly ChatMessage[] {
    this.shownMessages ??= this.history.messages.filter((message) => this.isShown(message))
    return this.shownMessages
  }

  /** Messages of the host, in order. Returns those that are new on this page and are shown. */
  hear(messages: readonly ChatMessage[]): ChatMessage[] {
    const added = messages.filter((message) => isWhole(message) && this.history.add(message))
    this.shownMessages = null
    return added.filter((message) => this.isShown(message))
  }

  mute(player: PlayerId, isMuted: boolean): void {
    if (isMuted) this.muted.add(player)
    else this.muted.delete(player)
    this.shownMessages = null
  }

  private isShown(message: ChatMessage): boolean {
    return message.kind === 'system' || !this.muted.has(message.player)
  }
}

/** A hostile host may send a text of which nothing is left. */
function isWhole(message: ChatMessage): boolean {
  return message.kind === 'system' || message.text !== ''
}

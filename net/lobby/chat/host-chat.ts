/**
 * The chat on the host's page. It takes what players say, asks the game's filter, gives each message its id and time, and tells
 * everybody. So all pages have the same messages in the same order.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import { showError } from '../../platform/show-error.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { GuestMessageHandlers } from '../host/guest-message-handlers.ts'
import type { HostContext } from '../host/host-context.ts'
import type { HostMessage } from '../messages.ts'
import type { ChatHistory } from './chat-history.ts'
import { cleanChat } from './chat-text.ts'
import { SAY_BURST, SAYS_PER_SECOND } from './talk-limits.ts'
import type { ChatMessage, ChatNews, ChatRefusal, VetChat } from './types.ts'

/** Texts of one player that the host takes at once. A link that stalled for up to 5 s delivers what was said meanwhile in one moment. */
const MEMBER_BURST = SAY_BURST + 7

/** Texts of all players together: 64 who type all the time must not flood the pages of the others. */
const LOBBY_BURST = 60
const LOBBY_PER_SECOND = 20

/**
 * How many ids a page that takes over skips: the host before may have given them to messages that other pages have and this one does
 * not.
 */
const SKIPPED_IDS = 1000

export interface HostChatOptions {
  /** The lobby's own; it is empty unless this page was a guest before. */
  readonly history: ChatHistory
  /** The game's own filter; null: there is none. */
  readonly vet: VetChat | null
  /** This page shows a message. */
  show(message: ChatMessage): void
}

export class HostChat {
  readonly handlers = {
    say: ({ peer, player }, { text }) => {
      const refusal = this.take(player, text)
      // An honest page sends no empty text.
      if (refusal === 'empty') return false
      if (refusal !== null) peer.tell({ kind: 'unsaid', text, refusal })
      return true
    },
  } satisfies Partial<GuestMessageHandlers>
  private readonly context: HostContext
  private readonly options: HostChatOptions
  private nextId: number
  private readonly ofMembers = new Map<PlayerId, TokenBucket>()
  private readonly ofAll = new TokenBucket(LOBBY_PER_SECOND, LOBBY_BURST)

  constructor(context: HostContext, options: HostChatOptions) {
    const { lastId } = options.history
    this.context = context
    this.options = options
    this.nextId = lastId === 0 ? 1 : lastId + SKIPPED_IDS
  }

  /** The host's own player says something. */
  say(text: string): ChatRefusal | null {
    const { me } = this.context.members
    return me === null ? 'no-player' : this.take(me, text)
  }

  /** A player says something. Null: all have it. */
  private take(player: PlayerId, text: string): 'empty' | 'too-fast' | 'vetoed' | null {
    const clean = cleanChat(text)
    if (clean === '') return 'empty'
    if (!this.mayTalk(player)) return 'too-fast'
    const name = this.context.members.nameOf(player)
    const vetted = this.vetted({ player, name, text: clean })
    if (vetted === '') return 'vetoed'
    this.tell({ kind: 'text', ...this.stamp(), player, name, text: vetted })
    return null
  }

  /** Tells all with a system line. Several changes of the settings in a row, as of a slider, are one line. */
  announce(what: ChatNews, player: PlayerId | null = null): void {
    const last = this.options.history.messages.at(-1)
    if (what === 'settings-changed' && last?.kind === 'system' && last.what === what) return
    const name = player === null ? '' : this.context.members.nameOf(player)
    this.tell({ kind: 'system', ...this.stamp(), what, player, name })
  }

  /** The history, for a guest who comes or comes back; null when it is empty. */
  get past(): HostMessage | null {
    const { messages } = this.options.history
    return messages.length > 0 ? { kind: 'chat', messages: [...messages] } : null
  }

  /** The player's seat is free: the next one in it is somebody else. */
  forget(player: PlayerId): void {
    this.ofMembers.delete(player)
  }

  private mayTalk(player: PlayerId): boolean {
    const now = this.context.platform.now()
    const own = this.ofMembers.get(player) ?? new TokenBucket(SAYS_PER_SECOND, MEMBER_BURST)
    this.ofMembers.set(player, own)
    if (own.available(now) < 1 || this.ofAll.available(now) < 1) return false
    own.spend(1)
    this.ofAll.spend(1)
    return true
  }

  /** The text as the game's filter returns it. Empty: the game does not want it, or its filter threw, which must not end the host. */
  private vetted(message: Parameters<VetChat>[0]): string {
    const { vet } = this.options
    if (!vet) return message.text
    try {
      const text: unknown = vet(message)
      return typeof text === 'string' ? cleanChat(text) : ''
    } catch (error) {
      showError(error)
      return ''
    }
  }

  private tell(message: ChatMessage): void {
    this.context.seating.tellAll({ kind: 'chat', messages: [message] })
    this.options.show(message)
  }

  private stamp(): { id: number; time: number } {
    return { id: this.nextId++, time: Math.max(1, Math.floor(this.context.platform.wallTime())) }
  }
}

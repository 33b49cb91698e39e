/** Chat as the developer sees it. */
import type { PlayerId } from '../../world/ids.ts'

/** What a player said. */
export interface ChatText {
  readonly kind: 'text'
  /** Counts the messages of a lobby upwards. Unique in the lobby, the same on every page, and never given twice. */
  readonly id: number
  /** When the host took it: ms since 1970 by the clock of the host's device, which may be wrong. For showing only. */
  readonly time: number
  readonly player: PlayerId
  /** The player's name at that time. The player may have left since. */
  readonly name: string
  /**
   * 1 to 500 UTF-16 units in at most 8 lines, without control characters and without what turns the reading direction. It is
   * plain text of a stranger, links included: set it as `textContent`, never as HTML.
   */
  readonly text: string
}

/**
 * What happened in the lobby. The page words it, in its player's language:
 * - `joined`, `left`, `kicked`: a person came or went, never a bot. Who comes back to their own seat neither leaves nor joins.
 * - `match-started`, `match-over`, `settings-changed`: by the host; no player is named.
 */
export type ChatNews = 'joined' | 'left' | 'kicked' | 'match-started' | 'match-over' | 'settings-changed'

/** Told by the host's page, between what players say. */
export interface ChatSystem {
  readonly kind: 'system'
  /** As of a text. */
  readonly id: number
  readonly time: number
  readonly what: ChatNews
  /** Whom it is about; null when it is about no single player. */
  readonly player: PlayerId | null
  /** Their name at that time; empty without a player. */
  readonly name: string
}

export type ChatMessage = ChatText | ChatSystem

/**
 * The game's own filter, on the host's page: given what a player said, it returns the text that all will see, or null for none.
 * It gets clean text, and what it returns is cleaned as well.
 */
export type VetChat = (message: Pick<ChatText, 'player' | 'name' | 'text'>) => string | null

/**
 * Why a text was not said:
 * - `empty`: nothing of it can be shown.
 * - `too-fast`: more than a few at once, or more than one a second after that.
 * - `reconnecting`: the link to the host is lost, and this page dials.
 * - `vetoed`: the game's own filter does not want it. A guest hears of it later, by the event `unsaid`.
 * - `ended`: the lobby is over for this page.
 * - `no-player`: this page hosts without a player of its own.
 */
export type ChatRefusal = 'empty' | 'too-fast' | 'reconnecting' | 'vetoed' | 'ended' | 'no-player'

/** A text of this page's player that nobody hears, as the host says later. The text is as it was sent: clean. */
export interface UnsaidText {
  readonly text: string
  readonly refusal: 'vetoed' | 'too-fast'
}

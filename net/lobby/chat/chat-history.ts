/**
 * The last messages of a lobby, on every page, in the order that the host gave them. Plain data: a page that takes the
 * host's place goes on from what it has. Pure.
 *
 * Invariants: ids rise. At most 50 messages, 20 system lines and 16,384 UTF-16 units are kept; the oldest go first.
 */
import type { ChatMessage } from './types.ts'

export const MAX_HISTORY = 50

/** Players who come and go all the time must not push out what was said. */
const MAX_SYSTEM_LINES = 20

/** Of texts and names: at most 48 kB in UTF-8, which a newcomer gets at once. 50 texts of common length are far below. */
const MAX_HISTORY_UNITS = 16_384

export class ChatHistory {
  messages: readonly ChatMessage[] = []
  /** The newest id that was added; 0 before the first. */
  lastId = 0

  /** Adds a message. False: it is not newer than the last one, so this page has had it before. */
  add(message: ChatMessage): boolean {
    if (message.id <= this.lastId) return false
    this.lastId = message.id
    this.messages = bounded([...this.messages, message])
    return true
  }
}

function bounded(all: readonly ChatMessage[]): ChatMessage[] {
  const kept: ChatMessage[] = []
  let systemLines = 0
  let units = 0
  for (const message of [...all].reverse()) {
    if (message.kind === 'system' && ++systemLines > MAX_SYSTEM_LINES) continue
    units += unitsOf(message)
    if (kept.length === MAX_HISTORY || units > MAX_HISTORY_UNITS) break
    kept.push(message)
  }
  return kept.reverse()
}

function unitsOf(message: ChatMessage): number {
  return message.name.length + (message.kind === 'text' ? message.text.length : 0)
}

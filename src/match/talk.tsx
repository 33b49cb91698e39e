/**
 * The chat in the match: the newest lines fade over the stage, and Enter or the bar's button opens the log with a field. It lies
 * where the game's display has nothing (playing.css), and above a phone's keyboard.
 */

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ChatMessage } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import type { PageLobby } from '../doors/doors.ts'
import { ChatLine, SayForm, useChat, useNewestInSight } from '../lobby/chat.tsx'

/** How long a line stands: long enough to read two sentences between two shots. */
const STANDS_MS = 9000
/** How many stand at once. */
const LINES = 3
/** How much of the log is shown while one writes. */
const OPEN_LINES = 12

interface TalkProps {
  lobby: PageLobby
  open: boolean
  close(): void
}

export function Talk({ lobby, open, close }: TalkProps) {
  const messages = useChat(lobby)
  const fresh = useFresh(messages)
  const log = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const shown = open ? messages.slice(-OPEN_LINES) : fresh.slice(-LINES)
  useNewestInSight(log, shown, open)
  // At once: what is typed right after Enter is meant for the field.
  useLayoutEffect(() => {
    if (open) field.current?.focus()
  }, [open])

  const heard = (event: KeyboardEvent) => {
    // The match goes on behind it, and its keys are ours now.
    event.stopPropagation()
    if (event.key === 'Escape') close()
  }
  return (
    <section class={open ? 'talk open' : 'talk'} aria-label={texts.chat.title} onKeyDown={heard}>
      <div
        ref={log}
        class="log"
        role="log"
        aria-live="polite"
        aria-label={texts.chat.messages}
        tabIndex={open ? 0 : undefined}
      >
        {shown.map((message) => (
          <ChatLine key={message.id} message={message} />
        ))}
      </div>
      {open && (
        <div class="entry">
          <SayForm lobby={lobby} field={field} said={close} />
        </div>
      )}
    </section>
  )
}

/** What came while this screen was shown, and not long ago. What was said in the lobby before is no news here. */
function useFresh(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const seen = useRef(messages.at(-1)?.id ?? 0)
  const [faded, setFaded] = useState(seen.current)
  useEffect(() => {
    const came = messages.filter(({ id }) => id > seen.current)
    if (came.length === 0) return
    const newest = came.at(-1)?.id ?? 0
    seen.current = newest
    // No clean-up with the next message: each has its own time. A page that is gone hears a call that changes nothing.
    setTimeout(() => setFaded((before) => Math.max(before, newest)), STANDS_MS)
  }, [messages.at(-1)?.id])
  return messages.filter(({ id }) => id > faded)
}

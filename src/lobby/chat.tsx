/** What is said in the lobby: the log, and the field to say something. In the match `talk.tsx` shows the same. */

import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ChatMessage, ChatSystem } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import type { PageLobby } from '../doors/doors.ts'

/** UTF-16 units, as the library cuts a text. */
const MAX_TEXT = 500

/** The messages as they come. Read anew at each drawing: muting somebody changes them without an event. */
export function useChat(lobby: PageLobby): readonly ChatMessage[] {
  const [, setLast] = useState(0)
  useEffect(() => lobby.on('chat', ({ id }) => setLast(id)), [lobby])
  return lobby.chat
}

function newsLine({ what, name }: ChatSystem): ComponentChildren {
  const [before, after] = texts.chat.news[what]
  return (
    <>
      {before}
      {name !== '' && <bdi>{name}</bdi>}
      {after}
    </>
  )
}

/** One message. A text is a stranger's: plain text, links included. */
export function ChatLine({ message }: { message: ChatMessage }) {
  if (message.kind === 'system') return <p class="news">{newsLine(message)}</p>
  return (
    <p class="line">
      <bdi class="who">{message.name}</bdi> <span dir="auto">{message.text}</span>
    </p>
  )
}

export function ChatBox({ lobby }: { lobby: PageLobby }) {
  const messages = useChat(lobby)
  const log = useRef<HTMLDivElement>(null)
  const field = useRef<HTMLInputElement>(null)
  useNewestInSight(log, messages)
  return (
    <section class="chat" aria-labelledby="chat-title">
      <h2 id="chat-title">{texts.chat.title}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keys. */}
      <div ref={log} class="log" role="log" aria-live="polite" aria-label={texts.chat.messages} tabIndex={0}>
        {messages.map((message) => (
          <ChatLine key={message.id} message={message} />
        ))}
      </div>
      <SayForm lobby={lobby} field={field} said={() => field.current?.focus()} />
    </section>
  )
}

interface SayProps {
  lobby: PageLobby
  field: RefObject<HTMLInputElement | null>
  /** It is on its way. */
  said(): void
}

/** The field and its button. What was not said stays in the field, with the reason below. */
export function SayForm({ lobby, field, said }: SayProps) {
  const [refused, setRefused] = useState('')
  const send = (event: Event) => {
    event.preventDefault()
    const input = field.current
    if (!input) return
    const refusal = input.value.trim() === '' ? 'empty' : lobby.say(input.value)
    setRefused(refusal ? texts.chatRefusals[refusal] : '')
    if (refusal && refusal !== 'empty') return
    input.value = ''
    said()
  }
  return (
    <form class="say" onSubmit={send}>
      <input
        ref={field}
        aria-label={texts.chat.message}
        placeholder={texts.chat.say}
        maxLength={MAX_TEXT}
        dir="auto"
        autocomplete="off"
        enterkeyhint="send"
        onInput={() => setRefused('')}
      />
      <button type="submit" class="second">
        {texts.chat.send}
      </button>
      <p class="complaint" role="alert">
        {refused}
      </p>
    </form>
  )
}

/** Scrolls to the newest message, unless the reader has scrolled up to older ones. */
export function useNewestInSight(
  log: RefObject<HTMLElement | null>,
  messages: readonly ChatMessage[],
  open = true,
): void {
  const followed = useRef(true)
  useEffect(() => {
    const box = log.current
    if (!box) return
    const heard = () => {
      followed.current = box.scrollHeight - box.scrollTop - box.clientHeight < 24
    }
    box.addEventListener('scroll', heard, { passive: true })
    return () => box.removeEventListener('scroll', heard)
  }, [])
  const newest = messages.at(-1)?.id
  useLayoutEffect(() => {
    const box = log.current
    if (box && followed.current) box.scrollTop = box.scrollHeight
  }, [newest, open])
}

/** The way in: any match, a new lobby, a public one, or the code of a friend's. Whoever came by a link finds its code filled in. */

import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { cleanName, type FoundLobby, parseCode } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import { PublicLobbies } from '../lobby/public-lobbies.tsx'
import { OptionsButton } from '../options/mount.tsx'
import { Wordmark } from '../parts/wordmark.tsx'
import type { JoinHow } from '../visit/visit.ts'
import { type Note, sentenceOfNote } from '../words/note.ts'

interface StartProps {
  /** The code that the address names, or an empty text. */
  code: string
  /** What is to be said first. */
  note: Note | null
  name: string
  /** Into whatever match there is. */
  quick(name: string): void
  /** Against bots, without a network. */
  practise(name: string): void
  create(name: string): void
  createListed(name: string): void
  find(signal: AbortSignal): Promise<readonly FoundLobby[]>
  join(code: string, name: string, how?: JoinHow): void
}

export function StartScreen(props: StartProps) {
  const invited = props.code !== ''
  const { note } = props
  const [name, setName] = useState(props.name)
  const [code, setCode] = useState(note?.about === 'code' ? note.typed : props.code)
  /** What is wrong with the code as it was typed; null: nothing that is known. */
  const [wrong, setWrong] = useState(note?.about === 'code' ? note : null)
  const complaint = wrong ? sentenceOfNote(wrong) : ''
  const nameField = useRef<HTMLInputElement>(null)
  const codeField = useRef<HTMLInputElement>(null)
  const passwordField = useRef<HTMLInputElement>(null)
  const asked = note?.about === 'password' ? note : null
  const joinButton = useRef<HTMLButtonElement>(null)
  const watchButton = useRef<HTMLButtonElement>(null)
  const createButton = useRef<HTMLButtonElement>(null)

  // Another link pasted into the open tab. Never when nothing was: that would wipe what has just been typed.
  const shownCode = useRef(props.code)
  useLayoutEffect(() => {
    if (shownCode.current === props.code) return
    shownCode.current = props.code
    setCode(props.code)
    setWrong(null)
  }, [props.code])

  useLayoutEffect(() => {
    // What is said stands beside it; a button opens no keyboard.
    if (note?.about === 'own-lobby') return createButton.current?.focus()
    if (asked) return passwordField.current?.focus()
    // On a touch screen the focus would open the keyboard over half of the page.
    if (matchMedia('(pointer: coarse)').matches) return
    if (note?.about === 'code') codeField.current?.select()
    else if (props.name === '') nameField.current?.focus()
    else (invited ? joinButton : codeField).current?.focus()
  }, [])

  const join = (event: SubmitEvent) => {
    event.preventDefault()
    const read = parseCode(code)
    const watch = event.submitter === watchButton.current
    if (read)
      return props.join(read, name, { watch, password: asked ? (passwordField.current?.value ?? '') : undefined })
    setWrong({ about: 'code', typed: code, known: false })
    codeField.current?.focus()
  }
  const create = (event: Event) => {
    event.preventDefault()
    props.create(name)
  }

  const quick = (event: Event) => {
    event.preventDefault()
    props.quick(name)
  }

  const ways = [
    <button key="join" ref={joinButton} type="submit" class={invited && !asked?.watch ? 'main' : 'second'}>
      {texts.start.join}
    </button>,
    <button key="watch" ref={watchButton} type="submit" class={asked?.watch ? 'main' : 'second'}>
      {texts.start.watch}
    </button>,
  ]
  const joinForm = (
    <form id="join" class="join" onSubmit={join} noValidate>
      <label class="field">
        <span>{texts.start.lobbyCode}</span>
        <input
          ref={codeField}
          class="code-input"
          value={code}
          onInput={(event) => {
            setCode(event.currentTarget.value)
            setWrong(null)
          }}
          placeholder="·····"
          autocomplete="off"
          autocapitalize="characters"
          autocorrect="off"
          spellcheck={false}
          enterkeyhint="go"
          aria-invalid={complaint !== ''}
          aria-describedby="code-complaint"
        />
      </label>
      {asked && (
        <label class="field password-field">
          <span>{texts.start.password}</span>
          <input
            ref={passwordField}
            maxLength={128}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            enterkeyhint="go"
            aria-invalid={asked.wrong}
            aria-describedby="password-asked"
          />
        </label>
      )}
      {/* Enter does what the first of them does. */}
      <div class="ways">{asked?.watch ? ways.toReversed() : ways}</div>
      <p id="code-complaint" class="complaint" role="alert">
        {complaint}
      </p>
      {asked && (
        <p id="password-asked" class={asked.wrong ? 'complaint' : 'hint'} role="alert">
          {sentenceOfNote(asked)}
        </p>
      )}
    </form>
  )
  const createForm = (
    <form id="create" onSubmit={create}>
      <button
        ref={createButton}
        type="submit"
        class="second wide"
        aria-describedby={note?.about === 'own-lobby' ? 'own-lobby' : undefined}
      >
        {texts.start.create}
      </button>
    </form>
  )

  return (
    <main class="screen start">
      <header class="hero">
        <h1>
          <Wordmark class="wordmark" />
        </h1>
        <p class="tagline">{texts.start.tagline}</p>
        <p class="pitch">{texts.start.pitch}</p>
      </header>
      <section class="panel" aria-label={invited ? texts.start.invited : texts.start.play}>
        {note?.about === 'own-lobby' && (
          <p id="own-lobby" class="notice">
            {sentenceOfNote(note)}
          </p>
        )}
        {invited && (
          <p class="invitation">
            {texts.start.invitedTo} <strong>{props.code}</strong>
          </p>
        )}
        <label class="field">
          <span>{texts.start.yourName}</span>
          <input
            ref={nameField}
            // Enter in the name does what the main button does.
            form={invited ? 'join' : 'quick'}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
            // Not in units of UTF-16, of which one family emoji has eleven: what is too long is cut when it is used.
            onBlur={() => name.trim() !== '' && setName(cleanName(name))}
            dir="auto"
            placeholder={texts.page.nameless}
            autocomplete="nickname"
            spellcheck={false}
            enterkeyhint="go"
          />
        </label>
        {invited ? (
          joinForm
        ) : (
          <form id="quick" onSubmit={quick}>
            <button type="submit" class="main wide">
              {texts.start.playNow}
            </button>
          </form>
        )}
        <p class="or">{invited ? texts.start.orOthers : texts.start.orFriends}</p>
        {createForm}
        {!invited && joinForm}
        {!invited && (
          <PublicLobbies
            find={props.find}
            join={(code, watch) => props.join(code, name, { watch })}
            createListed={() => props.createListed(name)}
          />
        )}
        <div class="quiet-ways">
          {!invited && (
            <button type="button" class="plain" onClick={() => props.practise(name)}>
              {texts.start.practise}
            </button>
          )}
          <OptionsButton />
        </div>
      </section>
    </main>
  )
}

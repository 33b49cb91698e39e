/** Who may come in: the host's lock, number of seats and bans, behind one line that says how it stands. */

import { useEffect, useRef, useState } from 'preact/hooks'
import type { AdmissionRules, ListRefusal, Refusal } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import { MAX_PLAYERS } from '../../game/rules/balance.ts'
import type { PageLobby } from '../doors/doors.ts'
import { listTitle } from '../words/list-title.ts'
import { nothing, useSaid } from '../words/said.ts'

/** Who may come in, as it changes. */
export function useAdmission(lobby: PageLobby): AdmissionRules {
  const now = () => {
    const { locked, hasPassword, maxPlayers, maxSpectators } = lobby
    return { locked, hasPassword, maxPlayers, maxSpectators }
  }
  const [admission, setAdmission] = useState(now)
  useEffect(() => {
    setAdmission(now())
    return lobby.on('admission', () => setAdmission(now()))
  }, [lobby])
  return admission
}

/** Seats that the host may choose from, from a duel up. */
const SEATS = Array.from({ length: MAX_PLAYERS - 1 }, (_, i) => i + 2)

export function DoorFold({ lobby, players }: { lobby: PageLobby; players: number }) {
  const { locked, hasPassword, maxPlayers } = useAdmission(lobby)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const [, redraw] = useState(0)
  const unban = (id: number) => {
    setRefused(lobby.unban(id))
    redraw((before) => before + 1)
  }
  return (
    <details class="fold">
      <summary>
        <span class="fold-title">{texts.door.title}</span>
        <span class="fold-state">{stateOf(locked, hasPassword)}</span>
      </summary>
      <div class="fold-body">
        <label class="switch">
          <input
            type="checkbox"
            checked={locked}
            onChange={(event) => setRefused(lobby.lock(event.currentTarget.checked))}
          />
          {texts.door.lock}
        </label>
        <label class="field pick">
          <span>{texts.door.seats}</span>
          <select
            value={maxPlayers}
            onChange={(event) => {
              const wanted = Number(event.currentTarget.value)
              setRefused(lobby.setMaxPlayers(wanted))
              event.currentTarget.value = String(lobby.maxPlayers)
            }}
          >
            {SEATS.map((seats) => (
              <option key={seats} value={seats} disabled={seats < players}>
                {seats}
              </option>
            ))}
          </select>
        </label>
        <ListingField lobby={lobby} />
        <PasswordField lobby={lobby} hasPassword={hasPassword} />
        {lobby.bans.length > 0 && (
          <ul class="bans" aria-label={texts.door.bans}>
            {lobby.bans.map((ban) => (
              <li key={ban.id}>
                <bdi class="name">{ban.name}</bdi>
                <span class="tag">{texts.door.banned}</span>
                <button type="button" class="second" onClick={() => unban(ban.id)}>
                  {texts.door.unban}
                </button>
              </li>
            ))}
          </ul>
        )}
        <p class="complaint" role="alert">
          {refused && texts.refusals[refused]}
        </p>
      </div>
    </details>
  )
}

/** Longest title in characters, as the library takes it. */
const MAX_TITLE = 40

/** Puts the lobby into the public list under a title, and takes it off. */
function ListingField({ lobby }: { lobby: PageLobby }) {
  const [listing, setListing] = useState(lobby.listing)
  const [refused, setRefused] = useState<ListRefusal | null>(null)
  const [busy, setBusy] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    setListing(lobby.listing)
    return lobby.on('listing', setListing)
  }, [lobby])
  const me = lobby.roster.find(({ mine }) => mine)
  const shown = listing?.shown ?? null
  const why = refused ?? listing?.refusal ?? null

  const list = async (title: string | null) => {
    setBusy(true)
    setRefused(await lobby.list(title === null ? null : { title }))
    setBusy(false)
  }
  const submit = (event: Event) => {
    event.preventDefault()
    const title = field.current?.value.trim() ?? ''
    if (title === '') setRefused('no-title')
    else void list(title)
  }
  return (
    <form class="with-button" onSubmit={submit}>
      {shown ? (
        <p>
          <span class="caption">{texts.door.listedAs}</span>
          <bdi>{shown.title}</bdi>
        </p>
      ) : (
        <label class="field">
          <span>{texts.door.listTitle}</span>
          <input
            ref={field}
            defaultValue={listTitle(me?.name ?? '')}
            maxLength={MAX_TITLE}
            dir="auto"
            autocomplete="off"
            aria-invalid={why !== null}
            aria-describedby="list-complaint"
          />
        </label>
      )}
      {shown ? (
        <button type="button" class="second" disabled={busy} onClick={() => list(null)}>
          {texts.door.unlist}
        </button>
      ) : (
        <button type="submit" class="second" disabled={busy}>
          {texts.door.list}
        </button>
      )}
      <p id="list-complaint" class="complaint" role="alert">
        {why && texts.listRefusals[why]}
      </p>
    </form>
  )
}

function stateOf(locked: boolean, hasPassword: boolean): string {
  if (locked) return texts.door.lockedState
  return hasPassword ? texts.door.passwordState : texts.door.openState
}

/** Longest password in characters, as the library takes it. */
const MAX_PASSWORD = 128

/** Sets the password that newcomers are asked for, or takes it away. It is shown: it is there to be told to friends. */
function PasswordField({ lobby, hasPassword }: { lobby: PageLobby; hasPassword: boolean }) {
  const field = useRef<HTMLInputElement>(null)
  const [set, setSet] = useState('')
  const [busy, setBusy] = useState(false)
  const [failed, fail] = useSaid()

  const change = async (password: string | null) => {
    setBusy(true)
    fail(nothing)
    try {
      const refusal = await lobby.setPassword(password)
      if (refusal) fail(() => texts.refusals[refusal])
      else {
        setSet(password ?? '')
        if (field.current) field.current.value = ''
      }
    } catch (error) {
      fail(() => (error instanceof Error ? error.message : String(error)))
    }
    setBusy(false)
  }
  const submit = (event: Event) => {
    event.preventDefault()
    const password = field.current?.value.trim() ?? ''
    if (password === '') fail(() => texts.door.noPassword)
    else void change(password)
  }

  if (hasPassword)
    return (
      <div class="with-button">
        <p class="password">
          <span class="caption">{texts.door.password}</span>
          {set === '' ? texts.door.passwordSet : <bdi>{set}</bdi>}
        </p>
        <button type="button" class="second" disabled={busy} onClick={() => change(null)}>
          {texts.door.removePassword}
        </button>
      </div>
    )
  return (
    <form class="with-button" onSubmit={submit}>
      <label class="field">
        <span>{texts.door.newPassword}</span>
        <input
          ref={field}
          maxLength={MAX_PASSWORD}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-invalid={failed !== ''}
          aria-describedby="password-complaint"
          onInput={() => fail(nothing)}
        />
      </label>
      <button type="submit" class="second" disabled={busy}>
        {busy ? texts.door.settingPassword : texts.door.setPassword}
      </button>
      <p id="password-complaint" class="complaint" role="alert">
        {failed}
      </p>
    </form>
  )
}

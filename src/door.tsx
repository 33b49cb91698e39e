/** Who may come in: the host's lock, number of seats and bans, behind one line that says how it stands. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { AdmissionRules, Refusal } from 'starwire'
import { MAX_PLAYERS } from '../game/rules/constants.ts'
import type { PageLobby } from './doors.ts'
import { refusals } from './refusals.ts'

/** Who may come in, as it changes. */
export function useAdmission(lobby: PageLobby): AdmissionRules {
  const now = () => ({ locked: lobby.locked, hasPassword: lobby.hasPassword, maxPlayers: lobby.maxPlayers })
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
        <span class="fold-title">Who may join</span>
        <span class="fold-state">{stateOf(locked, hasPassword)}</span>
      </summary>
      <div class="fold-body">
        <label class="switch">
          <input
            type="checkbox"
            checked={locked}
            onChange={(event) => setRefused(lobby.lock(event.currentTarget.checked))}
          />
          Lock the lobby
        </label>
        <label class="field pick">
          <span>Seats</span>
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
        <PasswordField lobby={lobby} hasPassword={hasPassword} />
        {lobby.bans.length > 0 && (
          <ul class="bans" aria-label="Banned">
            {lobby.bans.map((ban) => (
              <li key={ban.id}>
                <bdi class="name">{ban.name}</bdi>
                <span class="tag">banned</span>
                <button type="button" class="second" onClick={() => unban(ban.id)}>
                  Let in again
                </button>
              </li>
            ))}
          </ul>
        )}
        <p class="complaint" role="alert">
          {refused && refusals[refused]}
        </p>
      </div>
    </details>
  )
}

function stateOf(locked: boolean, hasPassword: boolean): string {
  if (locked) return 'nobody: locked'
  return hasPassword ? 'with the code and the password' : 'whoever has the code'
}

/** Longest password in characters, as the library takes it. */
const MAX_PASSWORD = 128

/** Sets the password that newcomers are asked for, or takes it away. It is shown: it is there to be told to friends. */
function PasswordField({ lobby, hasPassword }: { lobby: PageLobby; hasPassword: boolean }) {
  const field = useRef<HTMLInputElement>(null)
  const [set, setSet] = useState('')
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState('')

  const change = async (password: string | null) => {
    setBusy(true)
    setFailed('')
    try {
      const refusal = await lobby.setPassword(password)
      if (refusal) setFailed(refusals[refusal])
      else {
        setSet(password ?? '')
        if (field.current) field.current.value = ''
      }
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error))
    }
    setBusy(false)
  }
  const submit = (event: Event) => {
    event.preventDefault()
    const password = field.current?.value.trim() ?? ''
    if (password === '') setFailed('Type a password first.')
    else void change(password)
  }

  if (hasPassword)
    return (
      <div class="with-button">
        <p class="password">
          <span class="caption">Password</span>
          {set === '' ? 'Set.' : <bdi>{set}</bdi>}
        </p>
        <button type="button" class="second" disabled={busy} onClick={() => change(null)}>
          Remove
        </button>
      </div>
    )
  return (
    <form class="with-button" onSubmit={submit}>
      <label class="field">
        <span>Password (optional)</span>
        <input
          ref={field}
          maxLength={MAX_PASSWORD}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          aria-invalid={failed !== ''}
          aria-describedby="password-complaint"
          onInput={() => setFailed('')}
        />
      </label>
      <button type="submit" class="second" disabled={busy}>
        {busy ? 'Setting…' : 'Set'}
      </button>
      <p id="password-complaint" class="complaint" role="alert">
        {failed}
      </p>
    </form>
  )
}

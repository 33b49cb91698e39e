/** Who may come in: the host's lock, number of seats and bans, behind one line that says how it stands. */
import { useEffect, useState } from 'preact/hooks'
import type { Refusal } from 'starwire'
import { MAX_PLAYERS } from '../game/rules/constants.ts'
import type { PageLobby } from './doors.ts'
import { refusals } from './refusals.ts'

/** Who may come in, as it changes. */
export function useAdmission(lobby: PageLobby): { locked: boolean; maxPlayers: number } {
  const now = () => ({ locked: lobby.locked, maxPlayers: lobby.maxPlayers })
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
  const { locked, maxPlayers } = useAdmission(lobby)
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
        <span class="fold-state">{locked ? 'nobody: locked' : `whoever has the code`}</span>
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

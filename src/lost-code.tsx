/** What is said where a lobby's code stands that leads nowhere, and the host's way to another one. */
import { useState } from 'preact/hooks'
import { StarwireError } from 'starwire'
import type { PageLobby } from './doors.ts'
import { useLobbyCode } from './lobby-state.ts'

export function LostCode({ lobby }: { lobby: PageLobby }) {
  const { state } = useLobbyCode(lobby)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState('')

  const renew = async () => {
    setBusy(true)
    setFailed('')
    try {
      await lobby.renewCode()
    } catch (error) {
      setFailed(error instanceof StarwireError ? error.message : String(error))
    }
    setBusy(false)
  }

  return (
    <div class="lost-code" role="status">
      {state === 'unreachable' && (
        <p class="hint">The lobby server is out of reach, so nobody new can join. It is tried again all the time.</p>
      )}
      {state === 'lost' && (
        <>
          <p class="complaint">
            {lobby.hosting
              ? 'This code leads nowhere any more: the lobby server was restarted. Who is here stays; friends need a new code.'
              : 'This code leads nowhere any more. Your host can take a new one.'}
          </p>
          {lobby.hosting && (
            <button type="button" class="second" disabled={busy} onClick={renew}>
              {busy ? 'Taking a new code…' : 'Get a new code'}
            </button>
          )}
          {failed !== '' && <p class="hint">{failed}</p>}
        </>
      )}
    </div>
  )
}

/** Where a lobby has no code yet: the host's way to get one, in the lobby and in the match. */
import { useState } from 'preact/hooks'
import { StarwireError } from 'starwire'
import type { PageLobby } from './doors.ts'
import { refusals } from './refusals.ts'

export function Invite({ lobby, opened }: { lobby: PageLobby; opened?: () => void }) {
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState('')

  const open = async () => {
    setBusy(true)
    setFailed('')
    try {
      const refusal = await lobby.open()
      if (refusal) setFailed(refusals[refusal])
      else opened?.()
    } catch (error) {
      setFailed(error instanceof StarwireError ? error.message : String(error))
    }
    setBusy(false)
  }
  return (
    <div class="invite">
      <button type="button" class="second" disabled={busy} onClick={open}>
        {busy ? 'Getting a code…' : 'Invite friends'}
      </button>
      <p class="complaint" role="alert">
        {failed}
      </p>
    </div>
  )
}

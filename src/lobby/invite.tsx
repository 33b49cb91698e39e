/** Where a lobby has no code yet: the host's way to get one, in the lobby and in the match. */

import { useState } from 'preact/hooks'
import { texts } from '../../game/languages/language.ts'
import type { PageLobby } from '../doors/doors.ts'
import { sentenceOf } from '../words/failures.ts'
import { nothing, useSaid } from '../words/said.ts'

export function Invite({ lobby, opened }: { lobby: PageLobby; opened?: () => void }) {
  const [busy, setBusy] = useState(false)
  const [failed, fail] = useSaid()

  const open = async () => {
    setBusy(true)
    fail(nothing)
    try {
      const refusal = await lobby.open()
      if (refusal) fail(() => texts.refusals[refusal])
      else opened?.()
    } catch (error) {
      fail(() => sentenceOf(error))
    }
    setBusy(false)
  }
  return (
    <div class="invite">
      <button type="button" class="second" disabled={busy} onClick={open}>
        {busy ? texts.lobby.inviting : texts.lobby.invite}
      </button>
      <p class="complaint" role="alert">
        {failed}
      </p>
    </div>
  )
}

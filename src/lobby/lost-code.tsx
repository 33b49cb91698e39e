/** What is said where a lobby's code stands that leads nowhere, and the host's way to another one. */

import { useState } from 'preact/hooks'
import { texts } from '../../game/languages/language.ts'
import type { PageLobby } from '../doors/doors.ts'
import { useLobbyCode } from '../doors/lobby-state.ts'
import { sentenceOf } from '../words/failures.ts'
import { nothing, useSaid } from '../words/said.ts'

export function LostCode({ lobby }: { lobby: PageLobby }) {
  const { state } = useLobbyCode(lobby)
  const [busy, setBusy] = useState(false)
  const [failed, fail] = useSaid()

  const renew = async () => {
    setBusy(true)
    fail(nothing)
    try {
      await lobby.renewCode()
    } catch (error) {
      fail(() => sentenceOf(error))
    }
    setBusy(false)
  }

  return (
    <div class="lost-code" role="status">
      {state === 'unreachable' && <p class="hint">{texts.lostCode.unreachable}</p>}
      {state === 'lost' && (
        <>
          <p class="complaint">{lobby.hosting ? texts.lostCode.host : texts.lostCode.guest}</p>
          {lobby.hosting && (
            <button type="button" class="second" disabled={busy} onClick={renew}>
              {busy ? texts.lostCode.renewing : texts.lostCode.renew}
            </button>
          )}
          {failed !== '' && <p class="hint">{failed}</p>}
        </>
      )}
    </div>
  )
}

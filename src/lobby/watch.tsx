/** Goes to watch, or plays again: one button, in the lobby and in the match. What the host answers stands beside it. */

import { useState } from 'preact/hooks'
import type { Refusal } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import type { PageLobby } from '../doors/doors.ts'

interface WatchProps {
  lobby: PageLobby
  /** Whether this page watches now. */
  watching: boolean
  class?: string
}

export function WatchSwitch({ lobby, watching, class: look = 'second' }: WatchProps) {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const change = async () => {
    setBusy(true)
    setRefused(await lobby.spectate(!watching))
    setBusy(false)
  }
  return (
    <>
      <button type="button" class={look} disabled={busy} onClick={change}>
        {watching ? texts.roster.play : texts.roster.watch}
      </button>
      <p class="complaint" role="alert">
        {refused && texts.refusals[refused]}
      </p>
    </>
  )
}

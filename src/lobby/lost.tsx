/** What a guest is told while their page cannot reach the host: why, as far as it is known, and for how long it tries. */

import { useEffect, useState } from 'preact/hooks'
import type { Reconnecting } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import type { PageLobby } from '../doors/doors.ts'

interface Words {
  readonly title: string
  readonly hint: string
}

/** What is known of the lost connection as it changes; null while there is one. */
export function useReconnecting(lobby: PageLobby): Reconnecting | null {
  const [reconnecting, set] = useState(lobby.reconnecting)
  useEffect(() => {
    set(lobby.reconnecting)
    return lobby.on('reconnecting', set)
  }, [lobby])
  return reconnecting
}

export function wordsOfLoss({ cause }: Reconnecting): Words {
  return texts.lost[cause]
}

/** How long the page goes on trying, for the eye: read out each second it would be noise. */
export function SecondsLeft({ until }: { until: number }) {
  const [now, setNow] = useState(() => performance.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, Math.ceil((until - now) / 1000))
  return <p class="hint">{seconds > 0 ? texts.lostFor.seconds(seconds) : texts.lostFor.last}</p>
}

/** Offered where too few of the others are heard for another host by votes. `means`: what it costs. */
export function PlayOn({ means, playOn }: { means: string; playOn(): void }) {
  return (
    <>
      <p class="hint means">{means}</p>
      <button type="button" class="main" onClick={playOn}>
        {texts.lostFor.playOn}
      </button>
    </>
  )
}

/** What a guest is told while their page cannot reach the host: why, as far as it is known, and for how long it tries. */
import { useEffect, useState } from 'preact/hooks'
import type { LostCause, Reconnecting } from 'starwire'
import type { PageLobby } from './doors.ts'

interface Words {
  readonly title: string
  readonly hint: string
}

const words: Record<LostCause, Words> = {
  unknown: { title: 'Connection lost, coming back…', hint: 'Your seat is kept for a while. Your ship drifts on.' },
  offline: {
    title: 'Your network is away',
    hint: 'This page comes back by itself as soon as it has one. Your seat is kept for a while.',
  },
  'host-silent': {
    title: 'The host does not answer',
    hint: 'Their page is asleep or busy. The match stands still until it wakes, or until another player’s page takes over.',
  },
  'host-gone': {
    title: 'The host is gone',
    hint: 'Their page was closed, crashed or lost its network. The match goes on as soon as another player’s page takes over; where none can, it is over unless they come back.',
  },
  'code-lost': {
    title: 'The lobby server was restarted',
    hint: 'It no longer knows this lobby. The host may play on; ask them for a new code.',
  },
  'no-route': {
    title: 'No way to the host',
    hint: 'The host is there, but no connection to them can be made at the moment. This page goes on trying.',
  },
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
  return words[cause]
}

/** How long the page goes on trying, for the eye: read out each second it would be noise. */
export function SecondsLeft({ until }: { until: number }) {
  const [now, setNow] = useState(() => performance.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, Math.ceil((until - now) / 1000))
  return <p class="hint">{seconds > 0 ? `Tries for another ${seconds} s.` : 'Tries a last time.'}</p>
}

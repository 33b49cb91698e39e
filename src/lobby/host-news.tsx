/**
 * A banner for some seconds when another page hosts, in the lobby and in the match, over whatever is shown. On a host's page that stands
 * still it says so for as long.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import { texts } from '../../game/languages/language.ts'
import type { PageLobby } from '../doors/doors.ts'
import { hostNews, hostOf } from '../words/hosting.ts'
import { useRoster } from './roster.tsx'

/** To the new host everybody is away at first. Within this time those who are there have said so. */
const SETTLES_MS = 700
/** How long it stands: long enough to read it between two shots. */
const STANDS_MS = 8000

export function HostNews({ lobby, inMatch }: { lobby: PageLobby; inMatch: boolean }) {
  const host = hostOf(useRoster(lobby))
  const before = useRef(host)
  const [news, setNews] = useState('')
  const [paused, setPaused] = useState(lobby.paused)
  useEffect(() => {
    setPaused(lobby.paused)
    return lobby.on('paused', setPaused)
  }, [lobby])
  useEffect(() => {
    const was = before.current
    before.current = host
    if (!host || was?.id === host.id) return
    const settles = setTimeout(() => setNews(hostNews(was, lobby.roster)), SETTLES_MS)
    const fades = setTimeout(() => setNews(''), SETTLES_MS + STANDS_MS)
    return () => {
      clearTimeout(settles)
      clearTimeout(fades)
    }
  }, [host?.id])
  // There from the start: what is put into the page together with its text is not read out everywhere.
  return (
    <p class={inMatch ? 'host-news in-match' : 'host-news'} role="status" aria-live="polite">
      {paused ? texts.hostNews.paused : news}
    </p>
  )
}

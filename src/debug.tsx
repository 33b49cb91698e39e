/** What `?debug` adds: `window.starwire` for tests and the curious, and a small overlay with the state of the network. */

import { useEffect, useState } from 'preact/hooks'
import type { SessionStats, WorldReport } from 'starwire'
import type { Visit } from './visit.ts'

interface Debugging {
  /** The session's own figures, or null while there is no match. */
  stats(): SessionStats | null
  /** The world as confirmed at `tick` (default: the newest), or null while there is no match. */
  world(tick?: number): WorldReport | null
}

declare global {
  interface Window {
    starwire?: Debugging
  }
}

export function exposeDebug(visit: Visit): void {
  window.starwire = {
    stats: () => visit.session?.stats() ?? null,
    world: (tick) => visit.session?.world(tick) ?? null,
  }
}

/** Often enough to see a change, seldom enough to read it. */
const REFRESH_MS = 500

export function DebugOverlay({ visit }: { visit: Visit }) {
  const [stats, setStats] = useState<SessionStats | null>(null)
  useEffect(() => {
    const timer = setInterval(() => setStats(visit.session?.stats() ?? null), REFRESH_MS)
    return () => clearInterval(timer)
  }, [visit])
  if (!stats) return null
  return (
    <aside class="debug" aria-label="Network">
      {describe(stats)}
    </aside>
  )
}

export function describe(stats: SessionStats): string {
  const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB/s`
  const where =
    stats.role === 'host' ? 'host' : `rtt ${Math.round(stats.rttMs)} ms · loss ${(stats.loss * 100).toFixed(1)} %`
  return `${where} · ↑ ${kilobytes(stats.up.bytesPerSecond)} · ↓ ${kilobytes(stats.down.bytesPerSecond)}`
}

/** What `?debug` gives to tests and the curious: `window.starwire`. */
import type { SessionStats, WorldReport } from 'starwire'
import type { PageSession } from '../doors/doors.ts'
import type { Visit } from '../visit/visit.ts'

interface Debugging {
  /** The running match, e.g. for `starwire.session.on('diverged', console.log)`, or null. */
  readonly session: PageSession | null
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
    get session() {
      return visit.session
    },
    stats: () => visit.session?.stats() ?? null,
    world: (tick) => visit.session?.world(tick) ?? null,
  }
}

/** One join as the lab times it: the same for a Node peer and for a page. */
import { type JoinOptions, joinLobby, StarwireError } from 'starwire'
import { tag } from '../browser/fixtures/tag/tag.ts'

/** How a join ended. `route` is null when there was none. */
export interface Joined {
  readonly reason: 'joined' | (string & {})
  readonly detail: string
  readonly route: 'direct' | 'turn' | 'relayed' | null
  /** From asking to join to being in the lobby, and to the first view with an entity, in ms; for a refusal: to the refusal. */
  readonly lobbyMs: number
  readonly ms: number
}

/** How often a guest looks whether there is something to draw, ms: a page's frame. */
const FRAME_MS = 16

const LEAVE_MS = 100

/** Joins, looks until there is something to see, and leaves. */
export async function timedJoin(code: string, options: Omit<JoinOptions, 'name'>): Promise<Joined> {
  const began = performance.now()
  const since = (): number => Math.round(performance.now() - began)
  try {
    const lobby = await joinLobby(tag, code, { ...options, development: false, name: 'Guest' })
    const lobbyMs = since()
    const session = await lobby.session()
    while ([...session.view(performance.now()).all('runner')].length === 0)
      await new Promise((done) => setTimeout(done, FRAME_MS))
    const ms = since()
    const route = lobby.connection?.route ?? null
    // Frees its seat, and gives the word time to get through.
    lobby.leave()
    await new Promise((done) => setTimeout(done, LEAVE_MS))
    return { reason: 'joined', detail: '', route, lobbyMs, ms }
  } catch (error) {
    const ms = since()
    if (!(error instanceof StarwireError)) throw error
    const detail = error.report?.causes.join(', ') || error.detail
    return { reason: error.reason, detail, route: null, lobbyMs: ms, ms }
  }
}

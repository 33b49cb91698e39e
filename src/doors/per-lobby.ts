/** One thing for each lobby, made when it is first asked for. It lives as long as the lobby. */
import type { PageLobby } from './doors.ts'

export function perLobby<T>(make: (lobby: PageLobby) => T): (lobby: PageLobby) => T {
  const made = new WeakMap<PageLobby, { readonly thing: T }>()
  return (lobby) => {
    const known = made.get(lobby) ?? { thing: make(lobby) }
    made.set(lobby, known)
    return known.thing
  }
}

import { useEffect, useState } from 'preact/hooks'
import type { LobbyState } from 'starwire'
import type { PageLobby } from './doors.ts'

/** The lobby's state as it changes. */
export function useLobbyState(lobby: PageLobby): LobbyState {
  const [state, setState] = useState(lobby.state)
  useEffect(() => {
    setState(lobby.state)
    return lobby.on('state', setState)
  }, [lobby])
  return state
}

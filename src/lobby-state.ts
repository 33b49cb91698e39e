import { useEffect, useState } from 'preact/hooks'
import type { CodeState, LobbyState } from 'starwire'
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

/** The lobby's code as it changes, and whether it leads anywhere. */
export function useLobbyCode(lobby: PageLobby): { code: string; state: CodeState } {
  const [code, setCode] = useState({ code: lobby.code, state: lobby.codeState })
  useEffect(() => {
    setCode({ code: lobby.code, state: lobby.codeState })
    return lobby.on('code', setCode)
  }, [lobby])
  return code
}

/** Draws again twice a second: no event tells when another page becomes ready to host. */
export function useLooks(): void {
  const [, redraw] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => redraw((before) => before + 1), 500)
    return () => clearInterval(timer)
  }, [])
}

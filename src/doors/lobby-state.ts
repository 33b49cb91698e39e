/** What a lobby says of itself, as a screen draws it: each hook draws again when that changes. */
import { useEffect, useState } from 'preact/hooks'
import type { CodeState, LobbyState } from 'starwire'
import type { DogstarSettings } from '../../game/looks/settings.ts'
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

/** The settings as they change. */
export function useSettings(lobby: PageLobby): DogstarSettings {
  const [settings, setSettings] = useState(lobby.settings)
  useEffect(() => {
    setSettings(lobby.settings)
    return lobby.on('settings', setSettings)
  }, [lobby])
  return settings
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

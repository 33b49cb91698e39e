/** The page: shows the visit's screen, and keeps address, title and backdrop in step with it. */
import { texts } from '../game/languages/language.ts'
import './styles/base.css'
import './styles/controls.css'
import './styles/sky.css'
import './styles/screens.css'
import './styles/start.css'
import './styles/folds.css'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { cleanName } from 'starwire'
import { codeInHash, type Switches } from './doors/address.ts'
import type { PageLobby } from './doors/doors.ts'
import { rememberedName, rememberName } from './doors/remembered.ts'
import { useLanguage } from './options/page-language.ts'
import { useOnDemand } from './parts/on-demand.ts'
import { Panel } from './parts/panel.tsx'
import { Sky } from './parts/sky.tsx'
import { FailedScreen } from './screens/failed.tsx'
import { JoiningScreen } from './screens/joining.tsx'
import { StartScreen } from './screens/start.tsx'
import { addressOf, codeOf, hostsOthers, type Screen } from './visit/screen.ts'
import type { Visit } from './visit/visit.ts'
import { failureOfLoading, wordsOf } from './words/failures.ts'

const loadInside = () => import('./screens/inside.tsx')
const loadDebug = () => import('./debug/debug.tsx')

/** One element for good: the same object tells preact that there is nothing to compare. */
const sky = <Sky />

export function App({ visit, switches }: { visit: Visit; switches: Switches }) {
  const [screen, show] = useState(visit.screen)
  const [name, setName] = useState(rememberedName)
  const language = useLanguage()
  // Once the start screen is drawn, so that it need not wait for what nobody sees yet.
  const { loaded: inside, failed } = useOnDemand(true, loadInside)
  const debug = useOnDemand(switches.debug, loadDebug).loaded
  useEffect(() => visit.subscribe(show), [visit])
  useAddress(visit, screen)
  useCloseGuard('lobby' in screen ? screen.lobby : null)
  useEffect(() => {
    document.title = titleOf(screen)
  }, [screen, language])

  const keepName = (typed: string): string => {
    // As the lobby will show it; an empty one stays empty, so that the field goes on asking.
    const kept = typed.trim() === '' ? '' : cleanName(typed)
    setName(kept)
    rememberName(kept)
    return kept || texts.page.nameless
  }

  const waiting = (isLost: boolean) =>
    isLost ? (
      <FailedScreen failure={failureOfLoading('')} retry={visit.back} watch={visit.back} back={visit.back} />
    ) : (
      <Panel title={texts.page.connecting}>{null}</Panel>
    )

  const current = () => {
    switch (screen.at) {
      case 'start':
        return (
          <StartScreen
            code={screen.code}
            note={screen.note ?? null}
            name={name}
            quick={(typed) => visit.quick(keepName(typed))}
            create={(typed) => visit.create(keepName(typed))}
            practise={(typed) => visit.practise(keepName(typed))}
            createListed={(typed) => visit.createListed(keepName(typed))}
            find={visit.find}
            join={(code, typed, how) => visit.join(code, keepName(typed), how)}
          />
        )
      case 'joining':
        return <JoiningScreen {...screen} giveUp={visit.back} />
      case 'lobby':
        if (!inside) return waiting(failed)
        return <inside.LobbyScreen lobby={screen.lobby} result={screen.result} leave={visit.leave} />
      case 'playing':
        if (!inside) return waiting(failed)
        return (
          <inside.PlayingScreen
            lobby={screen.lobby}
            show={screen.show}
            look={switches.look}
            language={language}
            leave={visit.leave}
            broke={visit.broke}
          />
        )
      case 'failed': {
        const { failure, code, watch } = screen
        const retry = () => (code ? visit.join(code, name, { watch }) : visit.create(name))
        return (
          <FailedScreen
            failure={failure}
            retry={retry}
            watch={() => visit.join(code, name, { watch: true })}
            back={visit.back}
          />
        )
      }
      default:
        return screen satisfies never
    }
  }

  return (
    <>
      {screen.at !== 'playing' && sky}
      {current()}
      {inside && 'lobby' in screen && <inside.HostNews lobby={screen.lobby} inMatch={screen.at === 'playing'} />}
      {inside && 'asking' in screen && screen.asking !== null && (
        <inside.LeaveQuestion lobby={screen.lobby} code={screen.asking} visit={visit} />
      )}
      {debug && <debug.DebugOverlay visit={visit} />}
    </>
  )
}

/** Keeps `location.hash` and the visit in step, both ways. */
function useAddress(visit: Visit, screen: Screen): void {
  useEffect(() => {
    const heard = () => visit.readdress(codeInHash(location.hash))
    addEventListener('hashchange', heard)
    return () => removeEventListener('hashchange', heard)
  }, [visit])

  const named = useRef<PageLobby | null>(null)

  // With the screen, not after it: whoever sees the lobby may copy the address at once.
  useLayoutEffect(() => {
    const code = addressOf(screen)
    const lobby = 'lobby' in screen ? screen.lobby : null
    const isSame = lobby !== null && lobby === named.current
    named.current = lobby
    const hash = code ? `#${code}` : ''
    if (code === null || hash === location.hash) return
    const address = `${location.pathname}${location.search}${hash}`
    // A lobby is a step forward, so that the back button leads out of it; everything else is not worth a step, nor is
    // the new code of a lobby: a step back to the old one would lead nowhere.
    if (lobby && !isSame && code !== codeInHash(location.hash)) history.pushState(null, '', address)
    else history.replaceState(null, '', address)
  }, [screen])
}

/** Closing or reloading the host's tab costs the others the lobby while no other page could host it: then the browser asks first. */
function useCloseGuard(lobby: PageLobby | null): void {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      // A host's page has a token while another page could go on. No event tells when.
      if (!lobby || !hostsOthers(lobby) || lobby.resumeToken !== null) return
      event.preventDefault()
      // What Chromium before 119 and Safari look at.
      event.returnValue = true
    }
    // Not for good: a page with this listener is not kept for the back button by some browsers.
    const guard = () =>
      lobby && hostsOthers(lobby) ? addEventListener('beforeunload', ask) : removeEventListener('beforeunload', ask)
    guard()
    const stop = [lobby?.on('roster', guard), lobby?.on('state', guard)]
    return () => {
      for (const off of stop) off?.()
      removeEventListener('beforeunload', ask)
    }
  }, [lobby])
}

const windowTitle = (about: string): string => `${about} · Dogstar`

function titleOf(screen: Screen): string {
  switch (screen.at) {
    case 'start':
      return codeOf(screen) ? windowTitle(texts.page.joinTitle(codeOf(screen))) : 'Dogstar'
    case 'joining':
      return windowTitle(texts.page.connecting)
    case 'lobby':
      return windowTitle(screen.lobby.code === '' ? texts.page.practice : texts.page.lobby(screen.lobby.code))
    case 'playing':
      return windowTitle(screen.lobby.code || texts.page.practice)
    case 'failed':
      return windowTitle(wordsOf(screen.failure).title)
    default:
      return screen satisfies never
  }
}

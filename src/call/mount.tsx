/**
 * Where voice and video stand on the screens: a fold in the lobby, a button with a sheet and what lies over the stage in the match. All
 * behind it is loaded when it is first opened; from then on it stays, so that the keys and the pictures work with the sheet closed.
 */

import { useEffect, useState } from 'preact/hooks'
import { texts } from '../../game/languages/language.ts'
import type { PageLobby, PageMember } from '../doors/doors.ts'
import { useOnDemand } from '../parts/on-demand.ts'
import { MicIcon, useVoices } from './voice-marks.tsx'

const load = () => import('./loaded.tsx')

/** Whether this page takes part in voice or video. */
function useIsIn(lobby: PageLobby): boolean {
  const now = () => lobby.voice.state !== 'off' || lobby.video.state !== 'off'
  const [isIn, setIsIn] = useState(now)
  useEffect(() => {
    const look = () => setIsIn(now())
    look()
    const stops = [lobby.voice.on('state', look), lobby.video.on('state', look)]
    return () => {
      for (const stop of stops) stop()
    }
  }, [lobby])
  return isIn
}

export function CallFold({ lobby }: { lobby: PageLobby }) {
  const isIn = useIsIn(lobby)
  const [open, setOpen] = useState(isIn)
  const { loaded, failed } = useOnDemand(open || isIn, load)
  const voices = [...useVoices(lobby).values()]
  const isOn = voices.some(({ mine }) => mine)
  const others = voices.filter(({ mine }) => !mine).length
  return (
    <details class="fold" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="fold-title">{texts.call.title}</span>
        <span class="fold-state">{stateOf(isOn, others)}</span>
      </summary>
      <div class="fold-body">
        {loaded && open && <loaded.CallPanel lobby={lobby} withTiles />}
        {loaded && <loaded.CallKeys lobby={lobby} />}
        <p class="complaint" role="alert">
          {failed && texts.page.loadFailed}
        </p>
      </div>
    </details>
  )
}

function stateOf(isOn: boolean, others: number): string {
  if (isOn) return others > 0 ? texts.call.mineWith(others) : texts.call.mine
  return others > 0 ? texts.call.others(others) : texts.call.nobody
}

interface MatchProps {
  lobby: PageLobby
  open: boolean
  toggle(event: MouseEvent): void
}

/** The bar's button, and the sheet below it. */
export function CallInBar({ lobby, open, toggle }: MatchProps) {
  const isIn = useIsIn(lobby)
  const { loaded, failed } = useOnDemand(open || isIn, load)
  const voices = [...useVoices(lobby).values()]
  const mine = voices.find((voice) => voice.mine)
  const speaking = voices.filter((voice) => voice.speaking).length
  const said = voices.length > 0 ? texts.call.voiceWith(voices.length) : texts.call.voice
  return (
    <>
      <button
        type="button"
        class={speaking > 0 ? 'voice-button speaking' : 'voice-button'}
        aria-expanded={open}
        aria-label={said}
        title={said}
        onClick={toggle}
      >
        <MicIcon crossed={!mine || mine.muted} waves={speaking > 0} />
        {voices.length > 0 && <span aria-hidden="true">{voices.length}</span>}
      </button>
      {open && (
        <section class="roster-sheet call-sheet" aria-label={texts.call.title}>
          {loaded && <loaded.CallPanel lobby={lobby} withTiles={false} />}
          {failed && <p class="complaint">{texts.page.loadFailed}</p>}
        </section>
      )}
    </>
  )
}

/** Over the stage: the pictures, and the button for a thumb that talks. */
export function CallOverStage({ lobby }: { lobby: PageLobby }) {
  const isIn = useIsIn(lobby)
  const { loaded } = useOnDemand(isIn, load)
  if (!loaded || !isIn) return null
  return (
    <>
      <loaded.CallKeys lobby={lobby} />
      <loaded.CallStage lobby={lobby} />
    </>
  )
}

/** Below a name in the roster, what can be done about a voice and a picture. */
export function CallDeeds({ lobby, member }: { lobby: PageLobby; member: PageMember }) {
  const isIn = useIsIn(lobby)
  const { loaded } = useOnDemand(isIn, load)
  return loaded && isIn ? <loaded.MemberCall lobby={lobby} player={member.id} /> : null
}

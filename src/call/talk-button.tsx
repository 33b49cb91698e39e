/** Held to talk, by a finger, the mouse or the space bar. */

import { useEffect } from 'preact/hooks'
import { texts } from '../../game/languages/language.ts'
import type { CallDesk } from './desk.ts'
import { MicIcon } from './voice-marks.tsx'

export function TalkButton({ desk, label, look }: { desk: CallDesk; label: string; look: string }) {
  // A button that goes while it is held hears of no release.
  useEffect(() => () => desk.talk(false), [desk])
  const hold = (event: PointerEvent & { readonly currentTarget: HTMLElement }) => {
    // The finger may slide off the button: the release is heard all the same.
    event.currentTarget.setPointerCapture(event.pointerId)
    desk.talk(true)
  }
  const key = (isDown: boolean) => (event: KeyboardEvent) => {
    if (event.key !== ' ' && event.key !== 'Enter') return
    event.preventDefault()
    desk.talk(isDown)
  }
  return (
    <button
      type="button"
      class={desk.talking ? `${look} talk-button held` : `${look} talk-button`}
      aria-pressed={desk.talking}
      aria-label={label}
      onPointerDown={hold}
      onPointerUp={() => desk.talk(false)}
      onPointerCancel={() => desk.talk(false)}
      onLostPointerCapture={() => desk.talk(false)}
      onKeyDown={key(true)}
      onKeyUp={key(false)}
      onBlur={() => desk.talk(false)}
      // A long touch would open a menu over the match.
      onContextMenu={(event) => event.preventDefault()}
    >
      <MicIcon waves={desk.talking} />
      <span aria-hidden="true">{desk.talking ? texts.call.talking : label}</span>
    </button>
  )
}

/**
 * The call's two keys, the same in the lobby and in the match: V is held to talk, N mutes the own microphone. Neither is a key of the game
 * (game/scenes/keyboard.ts) nor of the page, and what goes to a field is typed.
 *
 * Invariants: whatever takes the keyboard away (another window, a hidden page, a key let go inside a field or a dialog) ends the talking.
 */
import { useLayoutEffect } from 'preact/hooks'
import type { CallDesk } from './desk.ts'

/** By the key's place, as those of the game. */
const TALK = 'KeyV'
const MUTE = 'KeyN'

export function useTalkKeys(desk: CallDesk): void {
  useLayoutEffect(() => {
    const { voice } = desk.lobby
    const silence = () => desk.talk(false)
    const down = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return silence()
      if (event.defaultPrevented || event.repeat || isTyped(event.target)) return
      if (event.code === TALK) desk.talk(true)
      else if (event.code === MUTE && voice.state === 'on' && desk.mode !== 'listen') desk.muteMe(!voice.mutedMe)
    }
    const up = (event: KeyboardEvent) => {
      if (event.code === TALK) silence()
    }
    const hidden = () => document.visibilityState === 'hidden' && silence()
    addEventListener('keydown', down)
    // Dialogs and the chat keep their keys to themselves, but the end of the talking is heard in any case.
    addEventListener('keyup', up, { capture: true })
    addEventListener('blur', silence)
    document.addEventListener('visibilitychange', hidden)
    return () => {
      removeEventListener('keydown', down)
      removeEventListener('keyup', up, { capture: true })
      removeEventListener('blur', silence)
      document.removeEventListener('visibilitychange', hidden)
      silence()
    }
  }, [desk])
}

function isTyped(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
}

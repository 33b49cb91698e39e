/** The keyboard as a device of the player's hands. Keys that go to a text field or a button are not ours, nor those of the browser. */
import type { Hands } from '../hands/hands.ts'

/** What it returns ends it. */
export function hearKeys(hands: Hands): () => void {
  const stop = new AbortController()
  const { signal } = stop
  const down = (event: KeyboardEvent): void => {
    if (!hands.isBound(event.code) || event.ctrlKey || event.metaKey || event.altKey || isTaken(event.target)) return
    // Arrows and space would scroll the page, Tab would leave it.
    event.preventDefault()
    if (!event.repeat) hands.down('keyboard', event.code)
  }
  window.addEventListener('keydown', down, { signal })
  // Dialogs keep their keys to themselves, but a key that is let go there is let go.
  window.addEventListener('keyup', (event) => hands.up('keyboard', event.code), { signal, capture: true })
  // A window that loses the focus never hears of the keys that are let go.
  window.addEventListener('blur', () => hands.release('keyboard'), { signal })
  return () => stop.abort()
}

/** Fields are typed into, and a control that was reached with the keyboard is worked with it. What merely has the focus is not. */
function isTaken(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.matches('input, textarea, select')) return true
  return target.matches('button, a[href], summary') && target.matches(':focus-visible')
}

/** The two keys of the match that belong to the page: Escape for its bar, Enter for its chat. All others are the game's. */
import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'

/** Escape goes from the game to the bar and back: a game may well keep Tab for itself, and then no other key leads out. */
export function useEscape(
  stage: RefObject<HTMLElement | null>,
  menu: RefObject<HTMLElement | null>,
  setOpen: (open: boolean) => void,
): void {
  useLayoutEffect(() => {
    const heard = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      if (document.querySelector('dialog[open]')) return
      const toMenu = document.activeElement?.closest('.bar') === null
      setOpen(toMenu)
      ;(toMenu ? menu : stage).current?.focus()
    }
    addEventListener('keydown', heard)
    return () => removeEventListener('keydown', heard)
  }, [])
}

/** Enter opens the chat, unless it goes to a field, or to a button that was reached by the keyboard. */
export function useEnter(setTalking: (talking: boolean) => void): void {
  useLayoutEffect(() => {
    const heard = (event: KeyboardEvent) => {
      const { target } = event
      if (event.key !== 'Enter' || event.defaultPrevented || event.repeat || event.isComposing) return
      if (target instanceof Element && target.closest('input, textarea, select, dialog, button:focus-visible')) return
      event.preventDefault()
      setTalking(true)
    }
    addEventListener('keydown', heard)
    return () => removeEventListener('keydown', heard)
  }, [])
}

/** Whom a spectator watches, the way to the pilots before and after, and which keys or fingers do the same. */
import { texts } from '../languages/language.ts'
import { element, show, write } from './elements.ts'
import { watchHint, watchText } from './sentences.ts'
import './watch.css'

export interface WatchBar {
  /** `pilot`: the name of who is followed, or null when nobody plays. `free`: the picture follows nobody. `flying`: they have a ship. `keys`: whether keys turn, too. */
  draw(pilot: string | null, free: boolean, flying: boolean, keys?: boolean): void
  /** For a page that plays. */
  hide(): void
  destroy(): void
}

export function makeWatchBar(parent: HTMLElement, turn: (step: 1 | -1) => void): WatchBar {
  const bar = element(parent, 'section', 'watch')
  bar.setAttribute('aria-label', texts.arena.watching)
  const line = element(bar, 'div', 'line')
  const step = (direction: 1 | -1, label: string, sign: string): HTMLButtonElement => {
    const button = element(line, 'button', '', sign)
    button.type = 'button'
    button.setAttribute('aria-label', label)
    button.addEventListener('click', (event) => {
      turn(direction)
      // As the sound's button (hud.ts): after a click the keys are the picture's again.
      if (event.detail > 0) button.blur()
    })
    return button
  }
  const back = step(-1, texts.arena.watchBefore, '‹')
  const told = element(line, 'p', '')
  told.setAttribute('role', 'status')
  const before = element(told, 'span', '')
  const name = element(told, 'bdi', '')
  const after = element(told, 'span', '')
  const on = step(1, texts.arena.watchNext, '›')
  const hint = element(bar, 'p', 'keys')
  show(bar, false)
  return {
    draw(pilot, free, flying, keys = true) {
      show(bar, true)
      const said = watchText(pilot, free, flying)
      write(before, said[0])
      write(after, said[1])
      write(name, free ? '' : (pilot ?? ''))
      for (const button of [back, on]) show(button, pilot !== null)
      const touched = parent.parentElement?.classList.contains('dogstar-touched') ?? false
      write(hint, pilot === null || !keys ? '' : watchHint(free, touched))
    },
    hide: () => show(bar, false),
    destroy: () => bar.remove(),
  }
}

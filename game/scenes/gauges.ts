/** Hull, dash and special: bars for the eye, meters with values for who hears or feels the page. */
import { texts } from '../languages/language.ts'
import { element, write } from './elements.ts'

export interface Gauge {
  /** `value` of `most`, both whole numbers, and a word for how good that is. */
  set(value: number, state: keyof typeof texts.arena.states, time: number, most?: number): void
  /** What it is called from now on. */
  name(label: string): void
}

/** Seconds between two values for assistive technology: they are asked for, and each costs the browser a pass over its tree. */
const TOLD_EVERY = 1

export function makeGauge(parent: HTMLElement, name: string, label: string, usual: number): Gauge {
  const gauge = element(parent, 'div', `gauge ${name}`)
  const line = element(gauge, 'span', '')
  line.setAttribute('aria-hidden', 'true')
  const title = element(line, 'i', '', label)
  const number = element(line, 'b', '')
  const track = element(gauge, 'div', 'track')
  track.setAttribute('role', 'meter')
  track.setAttribute('aria-label', label)
  track.setAttribute('aria-valuemin', '0')
  track.setAttribute('aria-valuemax', String(usual))
  const fill = element(track, 'div', 'fill')
  let shown = Number.NaN
  let shownState = ''
  let shownMost = usual
  let told = Number.NaN
  let next = 0
  return {
    name(called) {
      write(title, called)
      track.setAttribute('aria-label', called)
    },
    set(value, state, time, most = usual) {
      if (value !== shown || state !== shownState || most !== shownMost) {
        shown = value
        shownMost = most
        shownState = state
        fill.style.width = `${(100 * value) / most}%`
        fill.dataset.state = state
        // A bar that is ready says so by its colour and length.
        write(number, state === 'ready' ? '' : String(value))
      }
      if (time < next || told === value) return
      next = time + TOLD_EVERY
      told = value
      track.setAttribute('aria-valuenow', String(value))
      track.setAttribute('aria-valuemax', String(most))
      track.setAttribute(
        'aria-valuetext',
        state === 'ready' ? texts.arena.states.ready : texts.arena.of(value, most, texts.arena.states[state]),
      )
    },
  }
}

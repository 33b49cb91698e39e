/** The vote about the next round, on the score table: a button for each mode, and one press for the same again. */
import { texts } from '../languages/language.ts'
import { MODES, type Mode } from '../rules/balance.ts'
import { element, show, write } from './elements.ts'
import { type DogstarView, isPilot } from './parts.ts'
import './ballot.css'

export interface Ballot {
  /** What this page's pilot voted for in this pause. */
  readonly vote: Mode | 'none'
  /** A key: the place of a mode, or `again`. It counts only while there is a vote. */
  pick(key: number | 'again'): void
  draw(view: DogstarView): void
}

export function makeBallot(parent: HTMLElement): Ballot {
  const root = element(parent, 'fieldset', 'ballot')
  element(root, 'legend', '', texts.arena.nextRound)
  let vote: Mode | 'none' = 'none'
  let latest: DogstarView | null = null
  const choose = (mode: Mode): void => {
    if (latest && isOpen(latest)) vote = mode
  }
  const buttons = MODES.map((mode, i) => {
    const button = element(root, 'button', '')
    button.type = 'button'
    button.title = texts.modes[mode].hint
    button.setAttribute('aria-keyshortcuts', String(i + 1))
    button.addEventListener('click', (event) => {
      choose(mode)
      // After a click the keys are the ship's again.
      if (event.detail > 0) button.blur()
    })
    const key = element(button, 'kbd', '', String(i + 1))
    key.setAttribute('aria-hidden', 'true')
    return { mode, button, name: element(button, 'span', ''), votes: element(button, 'b', '') }
  })
  return {
    get vote() {
      return vote
    },
    pick(key) {
      if (!latest) return
      const mode = key === 'again' ? latest.globals.mode : MODES[key]
      if (mode) choose(mode)
    },
    draw(view) {
      latest = view
      const open = isOpen(view)
      show(root, open)
      if (!open) {
        vote = 'none'
        return
      }
      for (const { mode, button, name, votes } of buttons) {
        const count = view.players.filter((player) => view.player(player).vote === mode).length
        write(name, mode === view.globals.mode ? texts.arena.again(texts.modes[mode].name) : texts.modes[mode].name)
        write(votes, count > 0 ? String(count) : '')
        button.setAttribute('aria-pressed', String(vote === mode))
      }
    },
  }
}

function isOpen(view: DogstarView): boolean {
  return view.globals.phase === 'over' && isPilot(view)
}

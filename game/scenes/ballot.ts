/**
 * The vote about the next round, on the score table: a button for each mode, for a click, a thumb, a key, or a gamepad that steps from one to the
 * next; and one press for the same again.
 */
import { voteActions } from '../hands/actions.ts'
import type { Bindings } from '../hands/bindings.ts'
import { type Choice, stepFrom } from '../hands/chooser.ts'
import { texts } from '../languages/language.ts'
import { MODES, type Mode } from '../rules/balance.ts'
import { element, show, write } from './elements.ts'
import { keyOf } from './key-hint.ts'
import { type DogstarView, isPilot } from './parts.ts'
import './ballot.css'

export interface Ballot {
  /** What this page's pilot voted for in this pause. */
  readonly vote: Mode | 'none'
  /** Whether there is a vote now. */
  readonly open: boolean
  /** A key: the place of a mode, or `again`. It counts only while there is a vote. */
  pick(key: number | 'again'): void
  /** A gamepad steps to another mode, or votes for the one that it stands on. The first choice of a vote only shows where it stands. */
  choose(choice: Choice): void
  /** `byPad`: whether the player holds a gamepad, and sees at once where it stands. */
  draw(view: DogstarView, byPad: boolean): void
}

/** As ballot.css lays them out. */
const COLUMNS = 2

export function makeBallot(parent: HTMLElement, bindings: () => Bindings): Ballot {
  const root = element(parent, 'fieldset', 'ballot')
  element(root, 'legend', '', texts.arena.nextRound)
  let vote: Mode | 'none' = 'none'
  let latest: DogstarView | null = null
  /** The button on which the gamepad stands. */
  let aimed: number | null = null
  const choose = (mode: Mode): void => {
    if (latest && isOpen(latest)) vote = mode
  }
  const pick = (key: number | 'again'): void => {
    if (!latest) return
    const mode = key === 'again' ? latest.globals.mode : MODES[key]
    if (mode) choose(mode)
  }
  const buttons = MODES.map((mode) => makeButton(root, mode, () => choose(mode)))
  const aim = (place: number | null): void => {
    aimed = place
    // On a small screen the table is longer than its box.
    if (place !== null) buttons[place]?.button.scrollIntoView({ block: 'nearest' })
    for (const [i, { button }] of buttons.entries()) button.classList.toggle('aimed', i === place)
  }
  return {
    get vote() {
      return vote
    },
    get open() {
      return latest !== null && isOpen(latest)
    },
    pick,
    choose(choice) {
      if (!latest || !isOpen(latest)) return
      if (aimed === null) aim(MODES.indexOf(latest.globals.mode))
      else if (choice === 'press') pick(aimed)
      else aim(stepFrom(aimed, choice, MODES.length, COLUMNS))
    },
    draw(view, byPad) {
      latest = view
      const open = isOpen(view)
      show(root, open)
      if (!open) {
        vote = 'none'
        aim(null)
        return
      }
      if (byPad && aimed === null) aim(MODES.indexOf(view.globals.mode))
      for (const [i, { mode, button, key, name, votes }] of buttons.entries()) {
        const count = view.players.filter((player) => view.player(player).vote === mode).length
        write(key, keyOf(bindings()[voteActions[i] ?? 'again']))
        write(name, mode === view.globals.mode ? texts.arena.again(texts.modes[mode].name) : texts.modes[mode].name)
        write(votes, count > 0 ? String(count) : '')
        button.setAttribute('aria-pressed', String(vote === mode))
      }
    },
  }
}

function makeButton(parent: HTMLElement, mode: Mode, choose: () => void) {
  const button = element(parent, 'button', '')
  button.type = 'button'
  button.title = texts.modes[mode].hint
  button.addEventListener('click', (event) => {
    choose()
    // After a click the keys are the ship's again.
    if (event.detail > 0) button.blur()
  })
  const key = element(button, 'kbd', '')
  key.setAttribute('aria-hidden', 'true')
  return { mode, button, key, name: element(button, 'span', ''), votes: element(button, 'b', '') }
}

function isOpen(view: DogstarView): boolean {
  return view.globals.phase === 'over' && isPilot(view)
}

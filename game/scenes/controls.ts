/** The player's hands → the game's input. */

import { heldInputs, pressedInputs } from '../hands/actions.ts'
import { helpedHeading, wrapped } from '../hands/aim.ts'
import type { Choice } from '../hands/chooser.ts'
import type { Hands } from '../hands/hands.ts'
import { BURNS_FROM, type Stick } from '../hands/stick.ts'
import { type Mode, TURN_STEPS } from '../rules/balance.ts'
import { areMates } from '../rules/sides.ts'
import type { Follow } from './camera.ts'
import type { Mouse } from './mouse.ts'
import { type DogstarSession, type DogstarView, type ShipView, shipOf } from './parts.ts'

type Input = Parameters<DogstarSession['input']>[0]

/** Radians per second of turn for each radian that the nose is off: strong, but without swinging past. */
const EAGERNESS = 2.6
/** Seconds of turning that are under way already when the wish is read. */
const FORESIGHT = 0.07

/** All that a player flies with (devices.ts). */
export interface Devices {
  readonly hands: Hands
  readonly mouse: Mouse
  /** Sticks under a thumb: of the screen, and of gamepads. */
  readonly sticks: () => readonly Stick[]
  readonly aimHelp: () => boolean
  /** What a gamepad chose among buttons on the screen in this frame. */
  readonly choice: Choice | null
  /**
   * Once in every frame, before the input is read. `flies`: whether this page has a pilot in the match; `chooses`: whether there are buttons to
   * choose from.
   */
  look(flies: boolean, chooses: boolean): void
  destroy(): void
}

export function readInput(devices: Devices, view: DogstarView, follow: Follow, vote: Mode | 'none'): Input {
  const { hands } = devices
  const ship = shipOf(view, view.me)
  const stick = devices.sticks().find(({ heading }) => heading !== null)
  const input: Record<string, number | boolean | string> = { vote, turn: turnOf(devices, stick, view, ship, follow) }
  for (const name of heldInputs) input[name] = hands.holds(name)
  if (stick && stick.push > BURNS_FROM) input.thrust = true
  // A button is left out while it is not pressed: a press of the last frame may still wait for its tick.
  for (const name of pressedInputs) if (hands.take(name)) input[name] = true
  return input
}

/** Whether anything is held or pressed: what the rules count as a sign of life. */
export function isInput(input: Input): boolean {
  return Object.values(input).some((value) => value !== 0 && value !== false && value !== 'none')
}

/** Keys first, then sticks, then the mouse. */
function turnOf(
  { hands, mouse, aimHelp }: Devices,
  stick: Stick | undefined,
  view: DogstarView,
  ship: ShipView | null,
  follow: Follow,
): number {
  const keys = (hands.holds('right') ? 1 : 0) - (hands.holds('left') ? 1 : 0)
  // Asked in any case: it gives the ship back to the keys.
  const { aim } = mouse
  if (keys !== 0) return keys * TURN_STEPS
  if (!ship) return 0
  if (stick && stick.heading !== null) {
    const helps = aimHelp() && hands.holds('fire')
    return turnTo(helps ? helpedHeading(stick.heading, ship, foesOf(view)) : stick.heading, ship)
  }
  if (!aim) return 0
  const x = follow.x + (aim.x - 0.5) * follow.width
  const y = follow.y + (aim.y - 0.5) * follow.height
  return turnTo(Math.atan2(y - ship.y, x - ship.x), ship)
}

/** The shorter way around. */
function turnTo(heading: number, ship: ShipView): number {
  const off = wrapped(heading - ship.angle - ship.spin * FORESIGHT)
  return Math.max(-TURN_STEPS, Math.min(TURN_STEPS, Math.round(off * EAGERNESS * TURN_STEPS)))
}

function foesOf(view: DogstarView): ShipView[] {
  const me = view.player(view.me)
  return [...view.all('ship')].filter(
    ({ owner }) =>
      owner !== null && owner !== view.me && view.players.includes(owner) && !areMates(me, view.player(owner)),
  )
}

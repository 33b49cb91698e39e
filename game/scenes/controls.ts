/** Keys and thumbs → the game's input. */

import { TURN_STEPS } from '../rules/balance.ts'
import type { Keys } from './keyboard.ts'
import type { DogstarSession, ShipView } from './parts.ts'
import type { Touch } from './touch.ts'

type Input = Parameters<DogstarSession['input']>[0]

/** Radians per second of turn for each radian that the nose is off: strong, but without swinging past. */
const EAGERNESS = 2.6
/** Seconds of turning that are under way already when the thumb's wish is read. */
const FORESIGHT = 0.07

export function readInput(keys: Keys, touch: Touch, ship: ShipView | null): Input {
  const turn = touch.heading === null ? keyTurn(keys) : thumbTurn(touch.heading, ship)
  const held = {
    turn,
    thrust: keys.thrust || touch.thrust,
    brake: keys.brake,
    fire: keys.fire || touch.fire,
    special: keys.special || touch.special,
  }
  // A button is left out while it is not pressed: a press of the last frame may still wait for its tick.
  const dashed = [keys.takeDash(), touch.takeDash()]
  return dashed.includes(true) ? { ...held, dash: true } : held
}

/** Whether anything is held or pressed: what the rules count as a sign of life. */
export function isInput({ turn, thrust, brake, fire, special, dash }: Input): boolean {
  return turn !== 0 || thrust === true || brake === true || fire === true || special === true || dash === true
}

function keyTurn(keys: Keys): number {
  return ((keys.right ? 1 : 0) - (keys.left ? 1 : 0)) * TURN_STEPS
}

/** Towards where the thumb points, the shorter way around. */
function thumbTurn(heading: number, ship: ShipView | null): number {
  if (!ship) return 0
  const off = heading - ship.angle - ship.spin * FORESIGHT
  const shortest = off - Math.round(off / (2 * Math.PI)) * 2 * Math.PI
  return Math.max(-TURN_STEPS, Math.min(TURN_STEPS, Math.round(shortest * EAGERNESS * TURN_STEPS)))
}

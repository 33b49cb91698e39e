/** Inputs of a pilot for tests of the rules, from nothing but who and when. */
import { hashToUnit } from '../../net/world/random.ts'
import type { Input } from './match.ts'

/** A pilot without a plan, who changes their mind three times a second. */
export function whim(player: number, tick: number): Input {
  const mood = Math.floor(tick / 20)
  const roll = (n: number): number => hashToUnit(11, mood, player, n)
  return {
    turn: Math.round(roll(1) * 16) - 8,
    thrust: roll(2) < 0.65,
    fire: roll(3) < 0.6,
    brake: roll(4) < 0.1,
    special: roll(6) < 0.5,
    dash: tick % 20 === 0 && roll(5) < 0.2,
  }
}

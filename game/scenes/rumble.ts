/** What a gamepad's motors tell of the match: blows against the own ship, its end, and its dash. */
import { FULL_HP } from '../rules/balance.ts'
import type { Gamepads } from './gamepad.ts'
import type { DogstarSession } from './parts.ts'

/** What it returns ends it. */
export function feelEvents(session: DogstarSession, pads: Gamepads): () => void {
  const stops = [
    session.on('hit', ({ whom, damage }) => {
      if (whom === session.me && damage > 0) pads.rumble(0.25 + (0.75 * damage) / (FULL_HP / 2), 120)
    }),
    session.on('bumped', ({ by, speed }) => {
      if (by === session.me) pads.rumble(speed / 600, 90)
    }),
    session.on('dashed', ({ by }) => {
      if (by === session.me) pads.rumble(0.3, 140)
    }),
    session.on('destroyed', ({ whom }) => {
      if (whom === session.me) pads.rumble(1, 450)
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/**
 * Runs a match whose pages draw 60 frames a second at every tick rate, as screens do. A simulated match by itself draws a
 * frame with each tick: at 60 ticks a second that is the same, so `match.run` does it.
 */

import type { RunHandlers, SimulatedClient, Simulation } from '../../../net/testing.ts'
import type { GameShape } from '../../../net/world/game-shape.ts'
import { FRAME_MS } from './setting.ts'

/** No two pages draw at the same moment: the golden ratio spreads any number of them over a frame. */
const PHASE_STEP = (Math.sqrt(5) - 1) / 2

interface Frames<G extends GameShape> {
  readonly client: SimulatedClient<G>
  readonly phaseMs: number
  drawn: number
}

/** Returns what runs the match for so many ms, as `match.run` does, and goes on where the last call ended. */
export function framesOf<G extends GameShape>(
  match: Simulation<G>,
  tickRate: number,
): (ms: number, handlers: RunHandlers<G>) => void {
  if (tickRate === 60) return (ms, handlers) => match.run(ms, handlers)
  const all = match.clients.map(
    (client, i): Frames<G> => ({ client, phaseMs: ((i * PHASE_STEP) % 1) * FRAME_MS, drawn: 0 }),
  )
  const nextAt = ({ phaseMs, drawn }: Frames<G>): number => drawn * FRAME_MS + phaseMs
  return (ms, { eachTick, eachFrame }) => {
    const end = match.now + ms
    const handlers = eachTick ? { eachTick } : {}
    for (;;) {
      const next = all.reduce((first, other) => (nextAt(other) < nextAt(first) ? other : first))
      const at = nextAt(next)
      if (at > end) break
      match.run(Math.max(0, at - match.now), handlers)
      next.drawn++
      eachFrame?.(next.client, match.now)
    }
    match.run(end - match.now, handlers)
  }
}

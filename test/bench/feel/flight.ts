/** For tests of the meters: ships that fly straight, and a screen that draws them as the test says. */
import type { DrawnFrame } from './frames.ts'
import { FRAME_MS } from './setting.ts'
import { type Place, TruthLog } from './truth.ts'

/** px per tick: 240 a second. */
export const SPEED = 4
/** The ships' owners are 10 more. */
export const OWN = 1
export const OTHER = 2

/** Ship 1 flies along y = 100, ship 2 along y = 200, from x = 0 at tick 0 on; tick t runs at t frames of true time. */
export function straightFlight(ticks: number, speed = SPEED): TruthLog {
  const truth = new TruthLog(60)
  for (let tick = 0; tick <= ticks; tick++)
    truth.recordShips(
      tick,
      tick * FRAME_MS,
      [OWN, OTHER].map((id) => ({ id, owner: id + 10, x: tick * speed, y: id * 100, angle: 0, vx: speed * 60, vy: 0 })),
    )
  return truth
}

export function shipAt(id: number, tick: number, dx = 0): Place {
  return { id, x: tick * SPEED + dx, y: id * 100, angle: 0 }
}

/** The frame at a tick of true time: others drawn `behind` ticks ago, the own ship as it is now. */
export function frameAt(tick: number, behind: number, faults: Partial<DrawnFrame> = {}): DrawnFrame {
  return {
    atMs: tick * FRAME_MS,
    elapsedMs: FRAME_MS,
    tick: tick - behind,
    others: [shipAt(OTHER, tick - behind)],
    own: shipAt(OWN, tick),
    ownTick: tick,
    corrected: false,
    ahead: false,
    ...faults,
  }
}

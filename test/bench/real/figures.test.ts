import { describe, expect, it } from 'vitest'
import { figuresOf, shownPresses, type Window } from './figures.ts'
import { NETWORK, ONE_WAY_MS, WARM_UP_MS } from './flight.ts'
import { holdKeys } from './pilot.ts'
import type { RecordedFrame, Recording } from './recording.ts'
import { simulateFlight } from './simulated.ts'

const FRAME_MS = 1000 / 60

function ship(id: number, x: number, y: number, angle: number, mine: boolean) {
  return { id, owner: id + 10, mine, x, y, angle, bumps: false }
}

/** The own ship at the given headings, frame by frame. */
function flight(...angles: number[]): RecordedFrame[] {
  return angles.map((angle, i) => ({
    at: i * FRAME_MS,
    tick: i,
    ownTick: i,
    corrected: 0,
    ships: [ship(1, 0, 0, angle, true)],
  }))
}

describe('a key', () => {
  const press = { at: 1.5 * FRAME_MS, side: 1, straightMs: 900 }

  it('is counted from the frame that reads it to the first that shows the turn', () => {
    expect(shownPresses([press], flight(0, 0, 0, 0.01, 0.03))).toEqual([
      { frames: 1, ms: expect.closeTo(1.5 * FRAME_MS) },
    ])
    expect(shownPresses([press], flight(0, 0, 0, 0, 0, 0.02))[0]?.frames).toBe(3)
  })

  it('is read by a frame of the same moment', () => {
    expect(shownPresses([{ ...press, at: 2 * FRAME_MS }], flight(0, 0, 0, 0.01))).toEqual([
      { frames: 1, ms: expect.closeTo(FRAME_MS) },
    ])
  })

  it('is left out when the ship swung before, turns the other way, or is another ship', () => {
    expect(shownPresses([{ ...press, straightMs: 100 }], flight(0, 0, 0, 0.01))).toEqual([])
    expect(shownPresses([press], flight(0, 0, 0, -0.01, -0.02))).toEqual([])
    const [first, second, third, fourth] = flight(0, 0, 0, 0.01)
    const other = { ...fourth!, ships: [ship(2, 0, 0, 0.01, true)] }
    expect(shownPresses([press], [first!, second!, third!, other])).toEqual([])
  })
})

describe('the pilot', () => {
  const frame = (...ships: RecordedFrame['ships'][number][]): RecordedFrame => ({ ...flight(0)[0]!, ships })
  const own = ship(1, 1500, 500, 0, true)

  it('turns the shorter way to a ship that is far, and flies straight in between', () => {
    expect(holdKeys(100, frame(own, ship(2, 1500, 1500, 0, false))).side).toBe(1)
    expect(holdKeys(100, frame({ ...own, angle: 3 }, ship(2, 1500, 1500, 0, false))).side).toBe(-1)
    expect(holdKeys(700, frame(own, ship(2, 1500, 1500, 0, false))).side).toBe(0)
    expect(holdKeys(100, frame())).toMatchObject({ side: 0 })
  })

  it('turns away from a wall, wherever the other is', () => {
    expect(holdKeys(100, frame(ship(1, 1500, 100, 0, true), ship(2, 1500, 0, 0, false))).side).toBe(1)
  })
})

describe('a flight in the simulator', () => {
  const { host, guest } = simulateFlight(NETWORK, 10)
  const window: Window = { fromMs: (guest.frames[0]?.at ?? 0) + WARM_UP_MS, toMs: (guest.frames.at(-1)?.at ?? 0) - 500 }

  it('has the truth of every tick', () => {
    expect(host.ticks.length).toBeGreaterThan(600)
    for (const [i, { tick }] of host.ticks.entries()) expect(tick).toBe((host.ticks[0]?.tick ?? 0) + i)
    expect(guest.ticks).toEqual([])
  })

  it('is drawn where the truth is', () => {
    const figures = figuresOf(guest, host.ticks, window, ONE_WAY_MS)
    expect(figures.framesPerSecond).toBeCloseTo(60, 0)
    expect(figures.ownErrorP50).toBe(0)
    expect(figures.otherErrorP95).toBeLessThan(1)
    expect(figures.inputFramesP50).toBe(1)
    expect(figures.evenTime).toBe(1)
    // Nobody sees what has not yet left the host.
    expect(figures.stalenessP50).toBeGreaterThan(0)
    expect(figures.rttMs).toBeGreaterThan(99)
    expect(figures.lateInputs).toBeLessThan(0.05)
    expect(figures.inputWaitTicks).toBeGreaterThan(0.5)
  })

  it('shows it when a page draws elsewhere, or late', () => {
    const shifted = (dx: number, dMs: number): Recording => ({
      ...guest,
      frames: guest.frames.map((frame) => ({
        ...frame,
        at: frame.at + dMs,
        ships: frame.ships.map((one) => ({ ...one, x: one.x + dx })),
      })),
    })
    const right = figuresOf(guest, host.ticks, window, ONE_WAY_MS)
    const wrong = figuresOf(shifted(5, 20), host.ticks, window, ONE_WAY_MS)
    expect(wrong.otherErrorP50).toBeGreaterThan(4)
    expect(wrong.ownErrorP50).toBeCloseTo(5, 1)
    expect(wrong.stalenessP50 - right.stalenessP50).toBeCloseTo(20, 0)
  })

  it('takes a bounce shortly before as the reason of a correction', () => {
    const tick = host.ticks[400]?.tick ?? 0
    const at = window.fromMs + 1000
    const own = guest.frames.at(-1)?.ships.find(({ mine }) => mine)?.id
    const calm = guest.frames.map((frame) => ({
      ...frame,
      ships: frame.ships.map((one) => ({ ...one, bumps: false })),
    }))
    const page = { ...guest, frames: calm, corrections: [{ at, tick, type: 'ship', field: 'x' }] }
    const alone = (bumpedAt: number | null): number => {
      const ticks = host.ticks.map((one) => ({
        ...one,
        ships: one.ships.map((each) => ({ ...each, impact: each.id === own && one.tick === bumpedAt ? 50 : 0 })),
      }))
      return figuresOf(page, ticks, window, ONE_WAY_MS).shipCorrectionsAlone
    }
    expect(alone(null)).toBeGreaterThan(0)
    expect(alone(tick - 5)).toBe(0)
    expect(alone(tick - 60)).toBeGreaterThan(0)
  })
})

/** How long the ships of others stood still, or were drawn away from the truth, around a change of host: pure figures from pages' logs. */
import { FROZEN_SHARE, MOVES_PX } from '../feel/remote-meter.ts'
import type { LoggedShip, LoggedTick, PageLog } from './page/log.ts'

/** Drawn further than this from the truth a ship is off, px: half a bullet's width. */
const OFF_PX = 2

type Truth = ReadonlyMap<number, ReadonlyMap<number, LoggedTick['ships'][number]>>

/** How long one ship was frozen or off on one page, and what there is to say why. Times in ms. */
export interface Standing {
  readonly page: string
  readonly ship: number
  /** Frozen, off, or both. */
  ms: number
  frozenMs: number
  offMs: number
  worstOffPx: number
  /** In frames longer than `LONG_FRAME_MS`: the page itself was not run. */
  inLongFramesMs: number
  /** From the first such frame to the last, and by how much its tick was drawn beyond the newest that the page had at most. */
  from: number
  to: number
  worstAheadTicks: number
}

/** Three frames of 60 a second. */
const LONG_FRAME_MS = 50

/**
 * Of each page and each other ship on it, what was frozen or off between two times. A ship that stands in truth and is drawn
 * there is left out: before a round begins all do, and any drawing of them is right.
 */
export function standingOf(logs: ReadonlyMap<string, PageLog>, from: number, to: number): Standing[] {
  const truth = truthOf([...logs.values()].flatMap(({ ticks }) => ticks))
  return [...logs].flatMap(([page, log]) => standingOn(page, log, truth, from, to))
}

/** What the hosts ran: of a tick that two of them ran, what the later one made of it. */
function truthOf(ticks: readonly LoggedTick[]): Truth {
  const newest = new Map<number, LoggedTick>()
  for (const each of ticks) if (each.epoch >= (newest.get(each.tick)?.epoch ?? 0)) newest.set(each.tick, each)
  return new Map([...newest].map(([tick, { ships }]) => [tick, new Map(ships.map((ship) => [ship.id, ship]))]))
}

function standingOn(page: string, { frames }: PageLog, truth: Truth, from: number, to: number): Standing[] {
  const all = new Map<number, Standing>()
  for (const [i, frame] of frames.entries()) {
    const before = frames[i - 1]
    if (!before || frame.at < from || frame.at > to) continue
    const elapsedMs = frame.at - before.at
    for (const ship of frame.others) {
      const there = placeAt(truth, ship.id, frame.tick)
      if (!there) continue
      const shown = before.others.find(({ id }) => id === ship.id)
      const due = (Math.hypot(there.vx, there.vy) * elapsedMs) / 1000
      const stands = shown !== undefined && due > MOVES_PX && apart(shown, ship) < FROZEN_SHARE * due
      const offPx = apart(ship, there)
      const isBad = stands || offPx > OFF_PX
      if (!isBad && due <= MOVES_PX) continue
      const standing = all.get(ship.id) ?? nothingOf(page, ship.id)
      all.set(ship.id, standing)
      if (!isBad) continue
      if (standing.ms === 0) standing.from = before.at
      standing.to = frame.at
      standing.ms += elapsedMs
      if (stands) standing.frozenMs += elapsedMs
      if (offPx > OFF_PX) standing.offMs += elapsedMs
      if (elapsedMs > LONG_FRAME_MS) standing.inLongFramesMs += elapsedMs
      standing.worstOffPx = Math.max(standing.worstOffPx, offPx)
      standing.worstAheadTicks = Math.max(standing.worstAheadTicks, frame.tick - frame.confirmed)
    }
  }
  return [...all.values()]
}

const nothingOf = (page: string, ship: number): Standing => ({
  ...{ page, ship, ms: 0, frozenMs: 0, offMs: 0, worstOffPx: 0, inLongFramesMs: 0 },
  ...{ from: 0, to: 0, worstAheadTicks: 0 },
})

/** On the straight line between two ticks; null when the ship did not live through both, or nobody knows. */
function placeAt(truth: Truth, id: number, tick: number): (LoggedShip & { vx: number; vy: number }) | null {
  const whole = Math.floor(tick)
  const a = truth.get(whole)?.get(id)
  const b = truth.get(whole + 1)?.get(id)
  if (!a || !b) return null
  const share = tick - whole
  return { ...a, x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share }
}

function apart(a: { readonly x: number; readonly y: number }, b: { readonly x: number; readonly y: number }): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}

/** How long the ships of others stood still, or were drawn away from the truth, around a change of host: pure figures from pages' logs. */
import { FROZEN_SHARE, MOVES_PX } from '../feel/remote-meter.ts'
import type { LoggedShip, LoggedTick, PageLog } from './page/log.ts'

/** Drawn further than this from the truth a ship is off, px: half a bullet's width. */
const OFF_PX = 2

type Truth = ReadonlyMap<number, ReadonlyMap<number, LoggedTick['ships'][number]>>

/**
 * Of each page and each other ship on it, ms between two times in which it was frozen or off. A ship that stands in truth and is drawn
 * there is left out: before a round begins all do, and any drawing of them is right.
 */
export function standingOf(logs: readonly PageLog[], from: number, to: number): number[] {
  const truth = truthOf(logs.flatMap(({ ticks }) => ticks))
  return logs.flatMap((log) => standingOn(log, truth, from, to))
}

/** What the hosts ran: of a tick that two of them ran, what the later one made of it. */
function truthOf(ticks: readonly LoggedTick[]): Truth {
  const newest = new Map<number, LoggedTick>()
  for (const each of ticks) if (each.epoch >= (newest.get(each.tick)?.epoch ?? 0)) newest.set(each.tick, each)
  return new Map([...newest].map(([tick, { ships }]) => [tick, new Map(ships.map((ship) => [ship.id, ship]))]))
}

function standingOn({ frames }: PageLog, truth: Truth, from: number, to: number): number[] {
  const bad = new Map<number, number>()
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
      const isBad = stands || apart(ship, there) > OFF_PX
      if (isBad || due > MOVES_PX || bad.has(ship.id))
        bad.set(ship.id, (bad.get(ship.id) ?? 0) + (isBad ? elapsedMs : 0))
    }
  }
  return [...bad.values()]
}

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

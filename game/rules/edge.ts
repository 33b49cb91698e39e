/** The closing edge of the mode in which the last ship wins: a circle around the middle, outside of which hulls burn. */
import { EDGE_DAMAGE, EDGE_END, EDGE_EVERY, EDGE_FROM, EDGE_TO, type Mode } from './balance.ts'
import { damageShip } from './damage.ts'
import { fieldOf } from './field.ts'
import { roundTicks } from './modes.ts'
import type { DogstarSettings, Referee } from './shape.ts'

/** What the edge follows from: of a world, or of a view. */
export interface EdgeWorld {
  readonly tick: number
  readonly settings: Pick<DogstarSettings, 'arenaWidth' | 'arenaHeight' | 'roundMinutes'>
  readonly globals: {
    readonly mode: Mode
    readonly phase: string
    readonly endsAt: number
    readonly remaining: number
    readonly margin: number
  }
}

/** Units from the middle of the arena to the edge; null where there is none. */
export function edgeRadius(world: EdgeWorld): number | null {
  const { tick, settings, globals } = world
  const { mode, phase, endsAt, remaining } = globals
  if (mode !== 'last' || (phase !== 'playing' && phase !== 'paused')) return null
  const ticks = phase === 'paused' ? remaining : endsAt - tick
  const done = 1 - ticks / roundTicks(mode, settings)
  const closed = Math.min(1, Math.max(0, (done - EDGE_FROM) / (EDGE_TO - EDGE_FROM)))
  const { left, top, right, bottom } = fieldOf(world)
  const open = Math.sqrt((right - left) ** 2 + (bottom - top) ** 2) / 2
  return open + (EDGE_END - open) * closed
}

/** Burns whoever is outside. */
export function burnOutside(world: Referee): void {
  const radius = edgeRadius(world)
  if (radius === null || world.globals.phase === 'paused' || world.tick % EDGE_EVERY !== 0) return
  const { arenaWidth, arenaHeight } = world.settings
  for (const ship of world.all('ship')) {
    const dx = ship.x - arenaWidth / 2
    const dy = ship.y - arenaHeight / 2
    if (dx * dx + dy * dy > radius * radius) damageShip(world, ship, EDGE_DAMAGE, null, 'edge', ship)
  }
}

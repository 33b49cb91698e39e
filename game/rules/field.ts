/**
 * How large the field is. A drawn arena is as it was drawn; the open field has room for those who play, around the middle of the largest one, so
 * that six meet as often as sixteen. It grows at once when more pilots come, and shrinks only when a round begins and nobody flies: no wall
 * ever moves over a ship. Pages learn it by `globals.margin`, so `step` may go by it everywhere.
 *
 * Invariant: a field is never smaller than the smallest arena, whatever a hostile host has set.
 */
import { isDrawn } from './arena.ts'
import { ARENA_HEIGHT, ARENA_WIDTH, FIELD_MARGINS, MIN_ARENA_HEIGHT, MIN_ARENA_WIDTH } from './balance.ts'
import type { DogstarSettings, Referee } from './shape.ts'

/** Where the walls are, in units. */
export interface Field {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** What the field follows from: of the worlds of `step` and `referee`, and of views. */
export interface FieldWorld {
  readonly settings: Pick<DogstarSettings, 'arenaWidth' | 'arenaHeight'>
  readonly globals: { readonly margin: number }
}

export function fieldOf({ settings, globals }: FieldWorld): Field {
  const { arenaWidth, arenaHeight } = settings
  const left = Math.min(globals.margin, (arenaWidth - MIN_ARENA_WIDTH) / 2)
  const top = Math.min((globals.margin * ARENA_HEIGHT) / ARENA_WIDTH, (arenaHeight - MIN_ARENA_HEIGHT) / 2)
  return { left, top, right: arenaWidth - left, bottom: arenaHeight - top }
}

export function isInside({ left, top, right, bottom }: Field, x: number, y: number): boolean {
  return x >= left && x <= right && y >= top && y <= bottom
}

/** Makes room for pilots who came; before anybody flies, as much as all of them need. */
export function widenField(world: Referee): void {
  const margin = neededMargin(world)
  if (margin < world.globals.margin || !isFlown(world)) world.globals.margin = margin
}

/** Gives a new round the field that its pilots need. What lies outside is gone. Only while nobody flies. */
export function fitField(world: Referee): void {
  world.globals.margin = neededMargin(world)
  const field = fieldOf(world)
  for (const thing of [...world.all('asteroid'), ...world.all('pickup')])
    if (!isInside(field, thing.x, thing.y)) world.remove(thing)
}

function neededMargin({ settings, players }: Referee): number {
  if (isDrawn(settings)) return 0
  return FIELD_MARGINS.find(({ pilots }) => players.length <= pilots)?.margin ?? 0
}

function isFlown(world: Referee): boolean {
  for (const _ of world.all('ship')) return true
  return world.globals.round > 0
}

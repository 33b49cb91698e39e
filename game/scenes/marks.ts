/** A shape before each pilot's name, one for each livery, for who does not tell the colours apart. */
import type { PlayerId } from '../rules/shape.ts'
import type { DogstarView } from './parts.ts'

/** Of the liveries in their order. None is one of the teams' two marks (looks/teams.ts). */
export const shapes = ['■', '◆', '★', '✚', '▼', '⬟', '◀', '▶', '□', '◇', '☆', '✕', '▽', '⬠', '◁', '▷'] as const

export interface Marks {
  nameOf(player: PlayerId): string
  /** Once a frame: a pilot may come, or get another livery. */
  look(view: DogstarView): void
}

export function makeMarks(nameOf: (player: PlayerId) => string, isOn: () => boolean): Marks {
  const colors = new Map<PlayerId, number>()
  return {
    nameOf(player) {
      const shape = isOn() ? shapes[colors.get(player) ?? -1] : undefined
      return shape ? `${shape}\u00a0${nameOf(player)}` : nameOf(player)
    },
    look(view) {
      if (isOn()) for (const player of view.players) colors.set(player, view.player(player).color)
    },
  }
}

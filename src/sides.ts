/** What each pilot of a lobby will fly: the rules deal it when a match begins, and the lobby shows it beforehand. Pure. */
import type { Team } from '../game/rules/constants.ts'
import { colorOfTeam, dealColors, dealTeams } from '../game/rules/sides.ts'
import type { PageMember } from './doors.ts'

/** What a pilot will fly. */
export interface Side {
  readonly color: number
  readonly team: Team | 'none'
}

/** Members who play. Who only watches has no seat, no ship and no say in when it starts. */
export function pilotsOf(roster: readonly PageMember[]): readonly PageMember[] {
  return roster.filter(({ spectator }) => !spectator)
}

/** As the rules deal when a match begins with this roster. Who watches gets nothing. */
export function sidesOf(roster: readonly PageMember[], teams: boolean): ReadonlyMap<PageMember['id'], Side> {
  const pilots = pilotsOf(roster)
  const wishes = pilots.map(({ choice }) => choice)
  const sides: Side[] = teams
    ? dealTeams({ sirius: 0, procyon: 0 }, wishes).map((team) => ({ color: colorOfTeam(team), team }))
    : dealColors([], wishes).map((color) => ({ color, team: 'none' }))
  return new Map(pilots.flatMap(({ id }, place) => (sides[place] ? [[id, sides[place]] as const] : [])))
}

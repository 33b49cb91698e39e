/** What each pilot of a lobby will fly: the rules deal it when a match begins, and the lobby shows it beforehand. Pure. */
import { HULL_NAMES, type HullName, SPECIAL_NAMES, type SpecialName, type Team } from '../../game/rules/balance.ts'
import { colorOfTeam, dealColors, dealRarest, dealTeams } from '../../game/rules/sides.ts'
import type { PageMember } from '../doors/doors.ts'

/** What a pilot will fly. */
export interface Side {
  readonly color: number
  readonly team: Team | 'none'
  readonly hull: HullName
  readonly special: SpecialName
}

/** Members who play. Who only watches has no seat, no ship and no say in when it starts. */
export function pilotsOf(roster: readonly PageMember[]): readonly PageMember[] {
  return roster.filter(({ spectator }) => !spectator)
}

/** As the rules deal when a match begins with this roster. Who watches gets nothing. */
export function sidesOf(roster: readonly PageMember[], teams: boolean): ReadonlyMap<PageMember['id'], Side> {
  const pilots = pilotsOf(roster)
  const wishes = pilots.map(({ choice }) => choice)
  const hulls = dealRarest(
    HULL_NAMES,
    [],
    wishes.map(({ wantedHull }) => wantedHull),
  )
  const specials = dealRarest(
    SPECIAL_NAMES,
    [],
    wishes.map(({ wantedSpecial }) => wantedSpecial),
  )
  const sides: Pick<Side, 'color' | 'team'>[] = teams
    ? dealTeams({ sirius: 0, procyon: 0 }, wishes).map((team) => ({ color: colorOfTeam(team), team }))
    : dealColors([], wishes).map((color) => ({ color, team: 'none' }))
  return new Map(
    pilots.map(({ id }, i) => {
      const { color = 0, team = 'none' } = sides[i] ?? {}
      return [id, { color, team, hull: hulls[i] ?? 'husky', special: specials[i] ?? 'beam' }] as const
    }),
  )
}

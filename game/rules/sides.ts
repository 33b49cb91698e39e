/**
 * Which livery and which team each pilot gets, of what they asked for in the lobby. Pure: the rules deal them when pilots take
 * their seats, and the lobby shows beforehand what will be dealt.
 */
import { COLORS, MAX_TEAM_PLAYERS, TEAM_COLORS, TEAMS, type Team } from './balance.ts'

/** The value of `wantedColor` that asks for no livery in particular. Livery `n` is asked for as `n + 1`. */
export const ANY_COLOR = 0

/** What a pilot asked for: fields of the player's record. */
export interface Wish {
  readonly wantedColor: number
  readonly wantedTeam: Team | 'any'
}

/**
 * A livery for each newcomer, in their order. First those who asked for one that is free, then the others: no wish is lost to
 * somebody who has none. Two never share one while there are enough.
 */
export function dealColors(taken: Iterable<number>, wishes: readonly Wish[]): number[] {
  const used = new Set(taken)
  const dealt = wishes.map(({ wantedColor }) => {
    const color = wantedColor - 1
    if (wantedColor === ANY_COLOR || used.has(color)) return null
    used.add(color)
    return color
  })
  return dealt.map((color) => {
    if (color !== null) return color
    let free = 0
    while (used.has(free) && free < COLORS - 1) free++
    used.add(free)
    return free
  })
}

/** A team for each newcomer, in their order: the one they asked for unless it is full, else the smaller one. */
export function dealTeams(sizes: Readonly<Record<Team, number>>, wishes: readonly Wish[]): Team[] {
  const filled = { ...sizes }
  const seat = (team: Team): Team => {
    filled[team]++
    return team
  }
  const dealt = wishes.map(({ wantedTeam }) =>
    wantedTeam !== 'any' && filled[wantedTeam] < MAX_TEAM_PLAYERS ? seat(wantedTeam) : null,
  )
  return dealt.map((team) => team ?? seat(filled[TEAMS[1]] < filled[TEAMS[0]] ? TEAMS[1] : TEAMS[0]))
}

/** One of `names` for each newcomer, in their order: what they asked for, or else what fewest have by then. */
export function dealRarest<Name extends string>(
  names: readonly Name[],
  taken: readonly Name[],
  wishes: readonly (Name | 'any')[],
): Name[] {
  const dealt: Name[] = [...taken]
  // First those with a wish, so that the others even it out.
  for (const wish of wishes) if (wish !== 'any') dealt.push(wish)
  return wishes.map((wish) => {
    if (wish !== 'any') return wish
    const count = (name: Name): number => dealt.filter((each) => each === name).length
    const rarest = names.reduce((best, name) => (count(name) < count(best) ? name : best))
    dealt.push(rarest)
    return rarest
  })
}

/** The livery that a whole team flies. */
export function colorOfTeam(team: Team): number {
  return TEAM_COLORS[team]
}

/** Whether two pilots fly for the same team. Pilots without one are everybody's foes. */
export function areMates(a: { readonly team: Team | 'none' }, b: { readonly team: Team | 'none' }): boolean {
  return a.team !== 'none' && a.team === b.team
}

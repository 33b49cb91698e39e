/** Who stands before whom in the scores. Pure: the page uses it, too. */
import { TEAMS, type Team } from '../rules/balance.ts'
import type { PlayerId } from '../rules/shape.ts'
import type { DogstarView } from './parts.ts'
import { scoreOfTeam } from './sentences.ts'

/** As the referee ranks: score, kills, fewer deaths; equal ones by seat, so that lines do not jump. */
export function ranking(view: DogstarView): PlayerId[] {
  return view.players.toSorted((a, b) => {
    const [left, right] = [view.player(a), view.player(b)]
    return right.score - left.score || right.kills - left.kills || left.deaths - right.deaths || a - b
  })
}

/** The better team first. */
export function rankedTeams(view: DogstarView): Team[] {
  return TEAMS.toSorted((a, b) => scoreOfTeam(view, b) - scoreOfTeam(view, a))
}

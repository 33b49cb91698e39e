/** Who stands before whom in the scores. Pure: the page uses it, too. */
import { TEAMS, type Team } from '../rules/balance.ts'
import { playsTeams } from '../rules/modes.ts'
import type { PlayerId } from '../rules/shape.ts'
import type { DogstarView } from './parts.ts'
import { scoreOfTeam } from './sentences.ts'

/** Where the last ship wins, who stepped aside is not in the running, whatever ships they have left. */
function livesOf({ lives, aside }: { readonly lives: number; readonly aside: boolean }): number {
  return aside ? 0 : lives
}

/** As the referee ranks: score, kills, fewer deaths; equal ones by seat, so that lines do not jump. */
export function ranking(view: DogstarView): PlayerId[] {
  return view.players.toSorted((a, b) => {
    const [left, right] = [view.player(a), view.player(b)]
    const byLives = view.globals.mode === 'last' ? livesOf(right) - livesOf(left) : 0
    return byLives || right.score - left.score || right.kills - left.kills || left.deaths - right.deaths || a - b
  })
}

/** Who is ahead of all others in a round, and has something to show for it; null for nobody and where teams play. */
export function leaderOf(view: DogstarView): PlayerId | null {
  if (view.globals.phase !== 'playing' || playsTeams(view)) return null
  const [first, second] = ranking(view)
  if (first === undefined || second === undefined) return null
  return view.player(first).score > view.player(second).score ? first : null
}

/** The better team first. */
export function rankedTeams(view: DogstarView): Team[] {
  return TEAMS.toSorted((a, b) => scoreOfTeam(view, b) - scoreOfTeam(view, a))
}

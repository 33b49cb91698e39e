/** How a match stood when it ended, as plain data: the lobby shows it between two matches. No DOM, no Phaser. */

import type { Session } from 'starwire'
import { texts } from './languages/language.ts'
import { liveryOf } from './looks/palette.ts'
import { markedName, teamMarks } from './looks/teams.ts'
import { KILL_POINTS_IN } from './rules/balance.ts'
import { playsTeams } from './rules/modes.ts'
import type { DogstarShape } from './rules/shape.ts'
import type { DogstarView } from './scenes/parts.ts'
import { ranking } from './scenes/ranking.ts'
import { headline, type NameOf, reasonText, scoreOfTeam } from './scenes/sentences.ts'

export interface ResultRow {
  readonly name: string
  /** `#rrggbb` of the ship. */
  readonly color: string
  readonly mine: boolean
  readonly score: number
  readonly kills: number
  readonly rocks: number
  readonly deaths: number
}

export interface MatchResult {
  /** Who won, or how far the round was. */
  readonly headline: string
  readonly reason: string
  /** Best first. */
  readonly rows: readonly ResultRow[]
}

/** What the session shows last; null when it was practice only. */
export function resultOf(session: Session<DogstarShape>, nowMs: number): MatchResult | null {
  const view = session.view(nowMs)
  if (view.globals.phase === 'waiting') return null
  const nameOf: NameOf = (player) => session.nameOf(player)
  return resultIn(view, nameOf)
}

export function resultIn(view: DogstarView, nameOf: NameOf): MatchResult {
  const isOver = view.globals.phase === 'over'
  return {
    headline: isOver ? headline(view, nameOf) : texts.arena.endedInRound(view.globals.round),
    reason: isOver ? reasonText(view, nameOf) : leadText(view, nameOf),
    rows: ranking(view).map((player) => {
      const { color, team, score, kills, deaths } = view.player(player)
      return {
        name: markedName(nameOf(player), team),
        color: liveryOf(color).color,
        mine: player === view.me,
        score,
        kills,
        // What rocks paid is what ships did not.
        rocks: score - kills * KILL_POINTS_IN[view.globals.mode],
        deaths,
      }
    }),
  }
}

/** Who was ahead in a round that nobody finished. */
function leadText(view: DogstarView, nameOf: NameOf): string {
  if (playsTeams(view)) {
    const [sirius, procyon] = [scoreOfTeam(view, 'sirius'), scoreOfTeam(view, 'procyon')]
    return `${teamMarks.sirius} ${texts.teams.sirius} ${sirius}, ${teamMarks.procyon} ${texts.teams.procyon} ${procyon}.`
  }
  const [first, second] = ranking(view)
  if (first === undefined || second === undefined) return ''
  return view.player(first).score > view.player(second).score
    ? texts.arena.wasAhead(nameOf(first))
    : texts.arena.nobodyAhead
}

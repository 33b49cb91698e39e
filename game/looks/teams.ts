/** How teams are marked wherever colour alone would say it: a dot and a triangle, in text and as shapes. */
import type { Team } from '../rules/balance.ts'

export const teamMarks: Readonly<Record<Team, string>> = { sirius: '●', procyon: '▲' }

/** A pilot's name with the mark of the team, if any. */
export function markedName(name: string, team: Team | 'none'): string {
  return team === 'none' ? name : `${teamMarks[team]}\u00a0${name}`
}

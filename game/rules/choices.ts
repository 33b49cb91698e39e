/** Which wishes the host's page grants while pilots choose in the lobby. The rules deal again when a match begins (sides.ts). */
import type { AskedChoice } from 'starwire'
import { MAX_TEAM_PLAYERS } from './balance.ts'
import type { DogstarShape } from './shape.ts'
import { ANY_COLOR } from './sides.ts'

/** One livery for one pilot, and no team with more than half of the seats. */
export function mayChoose({ member, choice, roster }: AskedChoice<DogstarShape>): boolean {
  const others = roster.filter(({ id }) => id !== member).map((each) => each.choice)
  const { wantedColor, wantedTeam } = choice
  if (wantedColor !== ANY_COLOR && others.some((other) => other.wantedColor === wantedColor)) return false
  return wantedTeam === 'any' || others.filter((other) => other.wantedTeam === wantedTeam).length < MAX_TEAM_PLAYERS
}

/** What is played: which mode holds, what that means for sides and ships, and the vote about the next one. */
import { LAST_MINUTES, MODES, type Mode, TEAM_MODES, TICK_RATE, VOTED_PAUSE } from './balance.ts'
import type { DogstarSettings, PlayerId, Referee } from './shape.ts'

/** Whether two teams play. Of the worlds of `step` and `referee`, and of views. */
export function playsTeams({ globals }: { readonly globals: { readonly mode: Mode } }): boolean {
  return TEAM_MODES.includes(globals.mode)
}

/** Whether the match is to fly in until everybody is here: it has no rounds. Of worlds, views and lobbies. */
export function isWarmUp({ settings }: { readonly settings: Pick<DogstarSettings, 'warmUp'> }): boolean {
  return settings.warmUp !== 'no'
}

/** Ticks of a round. */
export function roundTicks(mode: Mode, { roundMinutes }: Pick<DogstarSettings, 'roundMinutes'>): number {
  return (mode === 'last' ? Math.min(LAST_MINUTES, roundMinutes) : roundMinutes) * 60 * TICK_RATE
}

/** Whether a pilot has no ship left in this round. */
export function isOut(world: Referee, player: PlayerId): boolean {
  const { mode, phase } = world.globals
  return mode === 'last' && (phase === 'playing' || phase === 'paused') && world.player(player).lives === 0
}

/** Takes down who votes for what in the pause after a round, and shortens the pause once everybody has. */
export function takeVotes(world: Referee): void {
  const { globals } = world
  let voters = 0
  let voted = 0
  for (const player of world.players) {
    const record = world.player(player)
    const { vote } = world.inputOf(player)
    if (vote === 'any' || record.leftAt !== 0 || record.aside) continue
    voters++
    if (vote !== 'none') record.vote = vote
    if (record.vote !== 'none') voted++
  }
  if (voters > 0 && voted === voters) globals.endsAt = Math.min(globals.endsAt, world.tick + VOTED_PAUSE)
}

/** What most voted for; of equals rather the mode that was played; without votes that one again. */
export function votedMode(world: Referee): Mode {
  const { mode } = world.globals
  const count = (wanted: Mode): number => world.players.filter((player) => world.player(player).vote === wanted).length
  return MODES.reduce((best, each) => (count(each) > count(best) ? each : best), mode)
}

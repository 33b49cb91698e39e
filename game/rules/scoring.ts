/** Points. They count only while a round is played: practice and the pause after a round change nothing. */
import { KILL_POINTS, RESPAWN_AFTER } from './balance.ts'
import type { PlayerId, Referee } from './shape.ts'

export function countPoints(world: Referee, player: PlayerId, points: number): void {
  const { globals } = world
  if (globals.phase !== 'playing' || !world.players.includes(player)) return
  const record = world.player(player)
  record.score += points
  if (record.team === 'sirius') globals.siriusScore += points
  else if (record.team === 'procyon') globals.procyonScore += points
}

export function countKill(world: Referee, player: PlayerId): void {
  countPoints(world, player, KILL_POINTS)
  if (world.globals.phase === 'playing') world.player(player).kills += 1
}

/** A death costs no points, only the time until the next ship. */
export function countDeath(world: Referee, player: PlayerId): void {
  if (!world.players.includes(player)) return
  const record = world.player(player)
  record.ship = null
  record.respawnAt = world.tick + RESPAWN_AFTER
  if (world.globals.phase === 'playing') record.deaths += 1
}

/** How a round ended. */
type Verdict = Pick<Referee['globals'], 'winner' | 'winningTeam' | 'decided'>

/**
 * Who has won, and by what: the best score; of equal ones more kills; of equal ones fewer deaths, whatever they came
 * from. Equal in all three is a draw: who sat down first is no merit.
 */
export function judgeRound(world: Referee): Verdict {
  return world.settings.teams ? judgeTeams(world) : { ...judgePilots(world), winningTeam: 'none' }
}

/** The team with more points; equal ones are a draw: within a team nobody counts who shot down what. */
function judgeTeams({ globals: { siriusScore, procyonScore } }: Referee): Verdict {
  if (siriusScore === 0 && procyonScore === 0) return { winner: null, winningTeam: 'none', decided: 'nobody' }
  if (siriusScore === procyonScore) return { winner: null, winningTeam: 'none', decided: 'draw' }
  return { winner: null, winningTeam: siriusScore > procyonScore ? 'sirius' : 'procyon', decided: 'points' }
}

function judgePilots(world: Referee): Pick<Verdict, 'winner' | 'decided'> {
  let winner: PlayerId | null = null
  let second: PlayerId | null = null
  for (const player of world.players) {
    if (winner === null || compare(world, player, winner) > 0) {
      second = winner
      winner = player
    } else if (second === null || compare(world, player, second) > 0) second = player
  }
  if (winner === null || world.player(winner).score === 0) return { winner: null, decided: 'nobody' }
  if (second === null) return { winner, decided: 'points' }
  const best = world.player(winner)
  const next = world.player(second)
  if (best.score > next.score) return { winner, decided: wonByRocks(world, winner) ? 'rocks' : 'points' }
  if (best.kills > next.kills) return { winner, decided: 'kills' }
  if (best.deaths < next.deaths) return { winner, decided: 'deaths' }
  return { winner: null, decided: 'draw' }
}

/** Whether some reached the goal that ends a round early. */
export function reachedGoal(world: Referee): boolean {
  const { goal, teams } = world.settings
  const { siriusScore, procyonScore } = world.globals
  if (teams) return siriusScore >= goal || procyonScore >= goal
  return world.players.some((player) => world.player(player).score >= goal)
}

function compare(world: Referee, a: PlayerId, b: PlayerId): number {
  const left = world.player(a)
  const right = world.player(b)
  return left.score - right.score || left.kills - right.kills || right.deaths - left.deaths
}

/** Whether somebody shot down as many: then it was rocks that made the difference. */
function wonByRocks(world: Referee, winner: PlayerId): boolean {
  const { kills } = world.player(winner)
  return world.players.some((player) => player !== winner && world.player(player).kills >= kills)
}

export function resetScores(world: Referee): void {
  world.globals.siriusScore = 0
  world.globals.procyonScore = 0
  for (const player of world.players) {
    const record = world.player(player)
    record.score = 0
    record.kills = 0
    record.deaths = 0
  }
}

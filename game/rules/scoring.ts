/** Points. They count only while a round is played: practice and the pause after a round change nothing. */
import { KILL_POINTS_IN, LIVES, RESPAWN_AFTER, type Team } from './balance.ts'
import { playsTeams } from './modes.ts'
import type { PlayerId, Referee } from './shape.ts'

export function countPoints(world: Referee, player: PlayerId, points: number): void {
  if (world.globals.phase !== 'playing' || !world.players.includes(player)) return
  const record = world.player(player)
  record.score += points
  if (record.team !== 'none') countTeamPoints(world, record.team, points)
}

/** Points of a team that no pilot made alone, or that one of it made. */
export function countTeamPoints({ globals }: Referee, team: Team, points: number): void {
  if (team === 'sirius') globals.siriusScore += points
  else globals.procyonScore += points
}

/** Returns how many ships the pilot has shot down since the own one was lost. */
export function countKill(world: Referee, player: PlayerId): number {
  countPoints(world, player, KILL_POINTS_IN[world.globals.mode])
  if (world.globals.phase !== 'playing') return 0
  const record = world.player(player)
  record.kills += 1
  record.streak += 1
  record.bestStreak = Math.max(record.bestStreak, record.streak)
  return record.streak
}

/** A death costs no points, only the time until the next ship. */
export function countDeath(world: Referee, player: PlayerId): void {
  if (!world.players.includes(player)) return
  const record = world.player(player)
  record.ship = null
  record.respawnAt = world.tick + RESPAWN_AFTER
  if (world.globals.phase !== 'playing') return
  record.deaths += 1
  record.streak = 0
  if (world.globals.mode === 'last') record.lives = Math.max(0, record.lives - 1)
}

/** How a round ended. */
type Verdict = Pick<Referee['globals'], 'winner' | 'winningTeam' | 'decided'>

/**
 * Who has won, and by what: the best score; of equal ones more kills; of equal ones fewer deaths, whatever they came
 * from. Equal in all three is a draw: who sat down first is no merit.
 */
export function judgeRound(world: Referee): Verdict {
  if (playsTeams(world)) return judgeTeams(world)
  const verdict = world.globals.mode === 'last' ? judgeLast(world) : judgePilots(world)
  return { ...verdict, winningTeam: 'none' }
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

/** The pilots who are still in a round that the last ship wins. */
function survivors(world: Referee): PlayerId[] {
  return world.players.filter((player) => {
    const { lives, aside, leftAt, ship } = world.player(player)
    return lives > 0 && !aside && (leftAt === 0 || ship !== null)
  })
}

/** The last ship; when time is up before, whoever has most ships left; who shares that shares the round. */
function judgeLast(world: Referee): Pick<Verdict, 'winner' | 'decided'> {
  const [last, second, ...more] = survivors(world).toSorted((a, b) => world.player(b).lives - world.player(a).lives)
  if (last === undefined) return judgePilots(world)
  if (second === undefined && more.length === 0) return { winner: last, decided: 'last' }
  const isBest = second === undefined || world.player(last).lives > world.player(second).lives
  return isBest ? { winner: last, decided: 'lives' } : { winner: null, decided: 'draw' }
}

/** Whether a round is decided before its time: some reached the goal, or one ship is left. */
export function isDecided(world: Referee): boolean {
  if (world.globals.mode === 'last') return survivors(world).length < 2
  const { goal } = world.settings
  const { siriusScore, procyonScore } = world.globals
  if (playsTeams(world)) return siriusScore >= goal || procyonScore >= goal
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
    record.lives = LIVES
    record.streak = 0
    record.bestStreak = 0
    record.shots = 0
    record.hits = 0
    record.dealt = 0
  }
}

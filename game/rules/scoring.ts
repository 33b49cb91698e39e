/** Points. They count only while a round is played: practice and the pause after a round change nothing. */
import { KILL_POINTS, RESPAWN_AFTER } from './constants.ts'
import type { PlayerId, Referee } from './shape.ts'

export function countPoints(world: Referee, player: PlayerId, points: number): void {
  if (world.globals.phase === 'playing' && world.players.includes(player)) world.player(player).score += points
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

/** The best score; equal scores go to more kills, then fewer deaths, then the older seat. Null when nobody has any. */
export function findLeader(world: Referee): PlayerId | null {
  let leader: PlayerId | null = null
  for (const player of world.players) {
    const { score, kills, deaths } = world.player(player)
    if (score === 0) continue
    if (leader === null) {
      leader = player
      continue
    }
    const best = world.player(leader)
    const ahead = score - best.score || kills - best.kills || best.deaths - deaths
    if (ahead > 0) leader = player
  }
  return leader
}

export function resetScores(world: Referee): void {
  for (const player of world.players) {
    const record = world.player(player)
    record.score = 0
    record.kills = 0
    record.deaths = 0
  }
}

/** Rounds without end: alone one practises, two begin a round, time or the goal ends it, the next begins by itself. */
import { RESPAWN_AFTER, ROUND_PAUSE, TICK_RATE } from './constants.ts'
import { findLeader, resetScores } from './scoring.ts'
import type { Referee } from './shape.ts'

export function runRounds(world: Referee): void {
  const { globals } = world
  switch (globals.phase) {
    case 'waiting':
      if (countPresent(world) >= 2) beginRound(world)
      return
    case 'playing': {
      const leader = findLeader(world)
      const reached = leader !== null && world.player(leader).score >= world.options.goal
      if (reached || world.tick >= globals.endsAt) endRound(world)
      return
    }
    case 'over':
      if (world.tick < globals.endsAt) return
      if (countPresent(world) >= 2) beginRound(world)
      else {
        globals.phase = 'waiting'
        globals.endsAt = 0
        resetScores(world)
      }
  }
}

function countPresent(world: Referee): number {
  return world.players.filter((player) => world.player(player).leftAt === 0).length
}

function endRound(world: Referee): void {
  const { globals } = world
  globals.phase = 'over'
  globals.winner = findLeader(world)
  globals.endsAt = world.tick + ROUND_PAUSE
  world.emit('roundOver', { winner: globals.winner, round: globals.round })
}

/** Everybody starts again from nothing, in a new ship somewhere else. */
function beginRound(world: Referee): void {
  const { globals } = world
  const first = globals.round === 0
  globals.phase = 'playing'
  globals.round = (globals.round % 9999) + 1
  globals.winner = null
  globals.endsAt = world.tick + world.options.roundMinutes * 60 * TICK_RATE
  resetScores(world)
  world.emit('roundBegins', { round: globals.round })
  // Whoever practised goes on flying when the second player comes in: losing the ship would look like a fault.
  if (first) return
  for (const bullet of world.all('bullet')) world.remove(bullet)
  for (const ship of world.all('ship')) world.remove(ship)
  for (const player of world.players) {
    const record = world.player(player)
    record.ship = null
    record.respawnAt = world.tick + RESPAWN_AFTER / 3
  }
}

/**
 * Rounds without end: alone one practises, two foes begin a round, time or the goal ends it, the next begins by itself. A
 * round that has one pilot left stands still until there are two again: nobody wins against nobody.
 */
import { COUNTDOWN, PAUSE_LIMIT, ROUND_PAUSE } from './balance.ts'
import { placeBeacon } from './beacon.ts'
import { fitField } from './field.ts'
import { awardHonours } from './honours.ts'
import { isWarmUp, playsTeams, roundTicks, takeVotes, votedMode } from './modes.ts'
import { dealSides } from './pilots.ts'
import { hasFight, haveFoes } from './presence.ts'
import { isDecided, judgeRound, resetScores } from './scoring.ts'
import type { Referee } from './shape.ts'

export function runRounds(world: Referee): void {
  const { globals } = world
  const enough = hasFight(world)
  switch (globals.phase) {
    case 'waiting':
      if (enough && !isWarmUp(world)) beginRound(world)
      return
    case 'playing':
      if (isDecided(world) || world.tick >= globals.endsAt) endRound(world)
      else if (!enough) pauseRound(world)
      return
    case 'paused':
      if (enough) {
        globals.phase = 'playing'
        globals.endsAt = world.tick + globals.remaining
      } else if (!haveFoes(world, world.players) || world.tick >= globals.endsAt) {
        world.emit('roundOff', { round: globals.round })
        waitForPilots(world)
      }
      return
    case 'over':
      takeVotes(world)
      if (world.tick < globals.endsAt) return
      if (enough) beginRound(world)
      else waitForPilots(world)
  }
}

function waitForPilots(world: Referee): void {
  const { globals } = world
  globals.phase = 'waiting'
  globals.endsAt = 0
  globals.winner = null
  globals.winningTeam = 'none'
  resetScores(world)
}

function pauseRound(world: Referee): void {
  const { globals } = world
  globals.phase = 'paused'
  globals.remaining = globals.endsAt - world.tick
  globals.endsAt = world.tick + PAUSE_LIMIT
}

function endRound(world: Referee): void {
  const { globals } = world
  const { winner, winningTeam, decided } = judgeRound(world)
  globals.phase = 'over'
  globals.winner = winner
  globals.winningTeam = winningTeam
  globals.decided = decided
  globals.endsAt = world.tick + ROUND_PAUSE
  awardHonours(world)
  world.emit('roundOver', { winner: globals.winner, round: globals.round })
}

/** Everybody starts again from nothing, in a new ship somewhere else. */
function beginRound(world: Referee): void {
  const { globals } = world
  const first = globals.round === 0
  const playedTeams = playsTeams(world)
  globals.mode = first ? world.settings.mode : votedMode(world)
  if (playedTeams !== playsTeams(world)) dealSides(world, world.players)
  globals.phase = 'playing'
  globals.round = (globals.round % 9999) + 1
  globals.winner = null
  globals.winningTeam = 'none'
  globals.startsAt = world.tick + COUNTDOWN
  globals.endsAt = globals.startsAt + roundTicks(globals.mode, world.settings)
  placeBeacon(world)
  resetScores(world)
  // Nobody steps aside for having rested between two rounds.
  for (const player of world.players) {
    const record = world.player(player)
    record.activeAt = world.tick
    record.vote = 'none'
  }
  world.emit('roundBegins', { round: globals.round })
  // Whoever practised goes on flying when the second player comes in: losing the ship would look like a fault.
  if (first) return
  for (const bullet of world.all('bullet')) world.remove(bullet)
  for (const missile of world.all('missile')) world.remove(missile)
  for (const ship of world.all('ship')) world.remove(ship)
  fitField(world)
  for (const player of world.players) {
    const record = world.player(player)
    record.ship = null
    record.respawnAt = world.tick
  }
}

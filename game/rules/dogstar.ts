/** Dogstar: a dogfight among asteroids for 2 to 16. The whole game is these rules; the scenes only draw it. */
import { defineGame } from 'starwire'
import { ace } from './ace.ts'
import { driftAsteroids, refillField } from './asteroids.ts'
import { MAX_PLAYERS, TICK_RATE } from './balance.ts'
import { tendBeacon } from './beacon.ts'
import { fireGuns, flyBullets } from './bullets.ts'
import { mayChoose } from './choices.ts'
import { repairShips } from './damage.ts'
import { burnOutside } from './edge.ts'
import { widenField } from './field.ts'
import { settleBeams, settleBullets, settleImpacts } from './hits.ts'
import { countShots } from './honours.ts'
import { flyMissiles, launchMissiles } from './missiles.ts'
import { givePickups } from './pickups.ts'
import { attendPilots, endProtection, launchShips } from './pilots.ts'
import { watchHands } from './presence.ts'
import { relevanceOf } from './relevance.ts'
import { runRounds } from './rounds.ts'
import { entities, events, globals, input, memory, player, settings } from './shape.ts'
import { flyShips } from './ships.ts'
import { useSpecials } from './specials.ts'

export type { DogstarShape } from './shape.ts'

export const dogstar = defineGame({
  id: 'dogstar',
  // Raise it with any change of a rule: players of different versions never meet in one match.
  version: 10,
  maxPlayers: MAX_PLAYERS,
  tickRate: TICK_RATE,
  input,
  entities,
  globals,
  player,
  settings,
  events,

  // Bullets before ships, so that a new one is first seen at the muzzle.
  step(world) {
    driftAsteroids(world)
    flyBullets(world)
    flyShips(world)
    fireGuns(world)
    useSpecials(world)
  },

  referee(world) {
    attendPilots(world)
    widenField(world)
    watchHands(world)
    refillField(world)
    endProtection(world)
    settleBullets(world)
    settleBeams(world)
    flyMissiles(world)
    launchMissiles(world)
    settleImpacts(world)
    burnOutside(world)
    countShots(world)
    givePickups(world)
    tendBeacon(world)
    repairShips(world)
    runRounds(world)
    launchShips(world)
  },

  relevant: relevanceOf,
  mayChoose,
  memory,
  bots: { ace },
})

/** Three honours at the end of a round, for things that points do not tell. Counted in records that nobody sees before. */
import { FIRE_COOLDOWN } from './balance.ts'
import type { PlayerId, Referee } from './shape.ts'

/** Shots from which aim counts: three in a row are luck. */
const ENOUGH_SHOTS = 20

/** Counts the shots of this tick. */
export function countShots(world: Referee): void {
  for (const { owner, gunsAt } of world.all('ship'))
    if (owner !== null && gunsAt === world.tick + FIRE_COOLDOWN) world.player(owner).shots += 1
}

/** Who gets which, of those who are there. */
export function awardHonours(world: Referee): void {
  const { globals } = world
  const aim = best(world, (player) => {
    const { shots, hits } = world.player(player)
    return shots < ENOUGH_SHOTS ? 0 : Math.min(100, Math.round((100 * hits) / shots))
  })
  const streak = best(world, (player) => world.player(player).bestStreak)
  const dealt = best(world, (player) => world.player(player).dealt)
  Object.assign(globals, {
    sharpest: aim.player,
    sharpestShare: aim.value,
    // One ship is no streak.
    fiercest: streak.value > 1 ? streak.player : null,
    fiercestStreak: streak.value,
    hardest: dealt.player,
    hardestDealt: dealt.value,
  })
}

function best(
  world: Referee,
  measure: (player: PlayerId) => number,
): { readonly player: PlayerId | null; readonly value: number } {
  let found: PlayerId | null = null
  let most = 0
  for (const player of world.players) {
    const value = measure(player)
    if (value <= most) continue
    found = player
    most = value
  }
  return { player: found, value: most }
}

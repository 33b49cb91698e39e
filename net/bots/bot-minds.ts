/**
 * The bots of a match: computes the input of each before a tick. On the host's page; loaded on demand, for games that declare bots.
 *
 * Invariants: a bot knows only what its `BotEyes` show. Its memory is kept in the world, so a save has it. A bot that throws gives no input
 * from then on, and the match goes on.
 */

import { describeGiven } from '../world/given.ts'
import { toNumber, toSimGrid } from '../world/grid.ts'
import type { History } from '../world/history.ts'
import type { PlayerId } from '../world/ids.ts'
import { hashToUnit } from '../world/random.ts'
import { initialNumbers, type Row } from '../world/record.ts'
import { roundRow } from '../world/rounding.ts'
import { checkValues } from '../world/values.ts'
import type { World } from '../world/world.ts'
import { BotEyes } from './bot-eyes.ts'
import type { BotIdentity } from './bot-identity.ts'

/**
 * A bot sees others as they were so long ago. People react to what they see after 0.2 to 0.25 s, and a guest's screen shows others
 * 0.1 s late besides, but people foresee what moves evenly. Lag compensation counts it: a bot hits what it sees, as players do.
 */
const REACTION_SECONDS = 0.2
/** Separates a bot's random numbers from those of the rules at the same tick. */
const BOT_CHANCE = 0x626f74

interface Mind {
  readonly eyes: BotEyes
  readonly identity: BotIdentity
  still: boolean
}

/** What a bot does in a tick, and the tick that it saw others at. */
export interface BotInput {
  readonly row: Row
  readonly seenTick: number
}

export class BotMinds {
  private readonly world: World
  private readonly history: Pick<History, 'stateAt'>
  private readonly warn: (problem: string) => void
  private readonly delayTicks: number
  private readonly minds = new Map<PlayerId, Mind>()

  constructor(world: World, history: Pick<History, 'stateAt'>, warn: (problem: string) => void) {
    this.world = world
    this.history = history
    this.warn = warn
    this.delayTicks = Math.max(1, Math.round(REACTION_SECONDS * world.game.tickRate))
  }

  /**
   * The input of a bot for the tick after the world's.
   * @throws whatever `relevant` throws, as it does for a snapshot.
   */
  decide(player: PlayerId, identity: BotIdentity): BotInput {
    const mind = this.mindOf(player, identity)
    const { eyes } = mind
    eyes.look()
    const neutral = { row: neutralRow(this.world), seenTick: eyes.tick }
    if (mind.still || !this.world.players.includes(player)) return neutral
    try {
      return { row: this.ask(player, mind), seenTick: eyes.tick }
    } catch (error) {
      mind.still = true
      this.warn(`The bot ${identity.kind} sits still for the rest of the match, since it threw: ${String(error)}`)
      return neutral
    }
  }

  private mindOf(player: PlayerId, identity: BotIdentity): Mind {
    let mind = this.minds.get(player)
    if (mind?.identity !== identity) {
      mind = { eyes: new BotEyes(this.world, this.history, player, this.delayTicks), identity, still: false }
      this.minds.set(player, mind)
    }
    return mind
  }

  private ask(player: PlayerId, { eyes, identity }: Mind): Row {
    const { world } = this
    const bot = world.game.rules.bots?.[identity.kind]
    if (!bot) throw new TypeError(`the game declares no bot "${identity.kind}"`)
    const memory = world.memoryOf(player)
    const me = {
      id: player,
      skill: identity.skill,
      random: (n: number): number => hashToUnit(world.seed ^ BOT_CHANCE, world.tick, player, n),
    }
    const given = bot.call(world.game.rules.bots, eyes, me, memory)
    roundRow(world.game.schema.memory, memory)
    return rowOf(world, given)
  }

  /** A seat is free. */
  forget(player: PlayerId): void {
    this.minds.delete(player)
  }
}

export function newMinds(...args: ConstructorParameters<typeof BotMinds>): BotMinds {
  return new BotMinds(...args)
}

function neutralRow({ game }: World): Row {
  return { numbers: initialNumbers(game.schema.input), objects: [] }
}

/** @throws TypeError for what is no input. */
function rowOf(world: World, given: unknown): Row {
  const type = world.game.schema.input
  if (given instanceof Promise) throw new TypeError('it returned a promise, and a tick cannot wait')
  const values = (given ?? {}) as Readonly<Record<string, unknown>>
  checkValues(`what it returned (${describeGiven(given)})`, type, values)
  const row = neutralRow(world)
  for (const field of type.numbers) {
    const value = values[field.name]
    if (value !== undefined) row.numbers[field.column] = toSimGrid(field, toNumber(field, value))
  }
  return row
}

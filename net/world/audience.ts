/**
 * The options `to` and `at` of `emit`: checks them and turns `to` into a list of players. Host and clients use the same code, so
 * a client predicts only events that the host will tell it. Whether a player can see the entity in `at` is decided by the
 * host (session/event-audience.ts).
 */
import type { AnyGame } from './game.ts'
import { checkNames } from './given.ts'
import { fromNumber, toNumber } from './grid.ts'
import { type EntityId, isPlayerId, type PlayerId } from './ids.ts'
import type { Row } from './record.ts'
import type { NumberField } from './schema.ts'

/** What this file needs of the world. Not the class itself: world.ts imports this file. */
interface World {
  readonly game: AnyGame
  readonly players: readonly PlayerId[]
  readonly records: ReadonlyMap<EntityId, Row>
}

/**
 * Refuses unknown options: with a misspelt `to` the event would be told to everybody.
 * @throws TypeError for an unknown name, and for what is no object.
 */
export function checkEmitOptions(options: unknown): void {
  checkNames('emit', options, ['owner', 'to', 'at'])
}

/**
 * The players that `to` names, with the teams of now; null: everybody.
 * @throws TypeError for what names nobody.
 */
export function addressees(world: World, event: string, owner: PlayerId | null, options: object): PlayerId[] | null {
  if (!('to' in options)) return null
  const { to } = options
  if (isPlayerId(to)) return [to]
  if (Array.isArray(to)) {
    const wrong = to.find((player) => !isPlayerId(player))
    if (wrong !== undefined)
      throw new TypeError(`to of this ${event} names ${String(wrong)}, which is no player. Give ids of players.`)
    return [...to]
  }
  if (to === 'owner' || to === 'team') {
    if (owner === null)
      throw new TypeError(
        to === 'team'
          ? `This ${event} is for the team of its owner, and it has none. Give an owner, or write to: { team: … }.`
          : `This ${event} is for its owner, and it has none. Give an owner, or the id of a player as to.`,
      )
    if (to === 'owner') return [owner]
    teamField(world.game)
    return membersOf(world, teamOf(world, owner))
  }
  if (typeof to === 'object' && to !== null && 'team' in to) return membersOf(world, teamNumber(world.game, to.team))
  throw new TypeError(
    `to is ${String(to)}. Write a player's id, a list of those, 'owner', 'team' or { team: … }; leave it out for everybody.`,
  )
}

/**
 * The id of the entity in `at`; null: no `at`.
 * @throws TypeError for what is no entity.
 */
export function place(options: object): EntityId | null {
  if (!('at' in options)) return null
  const { at } = options
  // An `at` that is undefined by mistake must not mean that everybody is told.
  if (typeof at !== 'object' || at === null || !('id' in at) || !Number.isInteger(at.id))
    throw new TypeError(`at is ${String(at)}. Give the entity itself, or leave at out for an event that is nowhere.`)
  return at.id as EntityId
}

/** The number of a player's team; NaN, which equals no team, for a player without a record. */
export function teamOf(world: World, player: PlayerId): number {
  const field = world.game.schema.player.numbers.find(({ name }) => name === 'team')
  const record = world.records.get(player as number as EntityId)
  return (field && record?.numbers[field.column]) ?? Number.NaN
}

function teamField({ schema }: AnyGame): NumberField {
  const field = schema.player.numbers.find(({ name }) => name === 'team')
  if (!field) throw new TypeError('Players have no team: add team: t.int(…) or t.enum(…) to player.')
  return field
}

function teamNumber(game: AnyGame, team: unknown): number {
  const field = teamField(game)
  const number = toNumber(field, team)
  if (Number.isNaN(number) || fromNumber(field, number) !== team)
    throw new TypeError(`There is no team ${String(team)}: write a value of the players' field team.`)
  return number
}

function membersOf(world: World, team: number): PlayerId[] {
  return world.players.filter((player) => teamOf(world, player) === team)
}

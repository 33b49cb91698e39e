/**
 * Whom an event is addressed to: `emit`'s `to`, checked and written out as players. Host and clients ask alike, so that
 * a client predicts an event only if the host will tell it that. Who can see what an event is at, the host alone knows.
 */
import type { AnyGame } from './game.ts'
import { checkNames } from './given.ts'
import { fromNumber, toNumber } from './grid.ts'
import { type EntityId, isPlayerId, type PlayerId } from './ids.ts'
import type { Row } from './record.ts'
import type { NumberField } from './schema.ts'

/** What is asked of the world: not the class itself, which builds on this file. */
interface World {
  readonly game: AnyGame
  readonly players: readonly PlayerId[]
  readonly records: ReadonlyMap<EntityId, Row>
}

/**
 * A name with a slip in it would be told to everybody. Throws a TypeError for it, and for what is no object.
 */
export function checkEmitOptions(options: unknown): void {
  checkNames('emit', options, ['owner', 'to', 'at'])
}

/** The players that `to` names, as the teams are now; null: everybody. Throws a TypeError for what names nobody. */
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

/** The id of the entity that an event is at; null: at none. Throws a TypeError for what is no entity. */
export function place(options: object): EntityId | null {
  if (!('at' in options)) return null
  const { at } = options
  // Left out, it would be told to everybody: a missing entity must not become that.
  if (typeof at !== 'object' || at === null || !('id' in at) || !Number.isInteger(at.id))
    throw new TypeError(`at is ${String(at)}. Give the entity itself, or leave at out for an event that is nowhere.`)
  return at.id as EntityId
}

/** A player's team, as the number that stands for it; NaN of whoever has no record any more: he is of no team. */
export function teamOf(world: World, player: PlayerId): number {
  const field = world.game.schema.player.numbers.find(({ name }) => name === 'team')
  const record = world.records.get(player as number as EntityId)
  return (field && record?.numbers[field.slot]) ?? Number.NaN
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

/**
 * Identity: who plays, and what exists.
 *
 * A record's id says where it came from, so that a predicted bullet *is* the host's bullet: the client and the host
 * run the same `step` at the same tick and number what it spawns alike.
 *
 * | id | record |
 * | --- | --- |
 * | 0 | the globals |
 * | a player id | that player's record |
 * | 2^14 + a player id | that player's input |
 * | 2^16 and up | what `referee` spawned, counted |
 * | 2^34 × player id + 2^8 × tick + ordinal | what `step` spawned for that player |
 *
 * All are whole numbers below 2^48, exact in a double, and their order is the order of iteration everywhere.
 */

declare const origin: unique symbol

/** Marks an id, so that a bare number is no id. The compiler's message shows `Hint`. */
export interface IdFrom<Hint extends string> {
  readonly [origin]: Hint
}

/** A seat with its generation: the next player in the same seat has another id. Never 0. */
export type PlayerId = number & IdFrom<'a player: take world.players, session.me, or an owner that is not null'>
/** An entity's `id`. */
export type EntityId = number & IdFrom<'an entity: take its id, or a t.entity() field that is not null'>

/** Seats are six bits, generations eight: 64 players at once, and a seat's id returns after 255 players. */
export const MAX_SEATS = 64
export const MAX_GENERATION = 255
/** 26 bits of ticks: 310 hours at 60 a second, the longest match. */
export const MAX_TICK = 2 ** 26 - 1
/** Largest ordinal: `step` may spawn 256 entities, and emit 256 events, for one player in one tick. */
export const MAX_ORDINAL = 255
/**
 * Predicted types of event: ordinals of those that `referee` emits with an owner begin here, ordinals of those that `step`
 * emits begin at 0. So a client never takes an event of the referee for one that it predicted itself.
 */
export const FIRST_REFEREE_ORDINAL = 128

/** Most entities of one type in a world. */
export const MAX_RECORDS = 2 ** 16

export const GLOBALS_ID = 0
export const FIRST_INPUT_ID = 2 ** 14
export const FIRST_REFEREE_ID = 2 ** 16
const FIRST_SPAWNED_ID = 2 ** 34
const TICK_FACTOR = 2 ** 8

/** @throws RangeError for a seat outside 0 to 63 or a generation outside 1 to 255. */
export function playerId(seat: number, generation: number): PlayerId {
  if (!(Number.isInteger(seat) && seat >= 0 && seat < MAX_SEATS))
    throw new RangeError(`A seat is 0 to ${MAX_SEATS - 1}, not ${seat}.`)
  if (!(Number.isInteger(generation) && generation >= 1 && generation <= MAX_GENERATION))
    throw new RangeError(`A seat's generation is 1 to ${MAX_GENERATION}, not ${generation}.`)
  return (generation * MAX_SEATS + seat) as PlayerId
}

export function seatOf(player: PlayerId): number {
  return player % MAX_SEATS
}

export function isPlayerId(value: unknown): value is PlayerId {
  return Number.isInteger(value) && (value as number) >= MAX_SEATS && (value as number) < FIRST_INPUT_ID
}

export function inputId(player: PlayerId): EntityId {
  return (FIRST_INPUT_ID + player) as EntityId
}

export function spawnedId(owner: PlayerId, tick: number, ordinal: number): EntityId {
  return (owner * FIRST_SPAWNED_ID + tick * TICK_FACTOR + ordinal) as EntityId
}

export function isEntityId(value: unknown): value is EntityId {
  if (!Number.isInteger(value) || (value as number) < FIRST_REFEREE_ID) return false
  const id = value as EntityId
  return !isSpawnedByStep(id) || isPlayerId(Math.floor(id / FIRST_SPAWNED_ID))
}

/** Whether `step` spawned it. Then its id contains its owner and its tick. */
export function isSpawnedByStep(id: EntityId): boolean {
  return id >= FIRST_SPAWNED_ID
}

/** Whether it is what `referee` spawned with the id `first`, or after that. */
export function isRefereedFrom(first: number, id: EntityId): boolean {
  return id >= first && !isSpawnedByStep(id)
}

export function spawnerOf(id: EntityId): { owner: PlayerId; tick: number; ordinal: number } {
  const owner = Math.floor(id / FIRST_SPAWNED_ID) as PlayerId
  const rest = id - owner * FIRST_SPAWNED_ID
  const tick = Math.floor(rest / TICK_FACTOR)
  return { owner, tick, ordinal: rest - tick * TICK_FACTOR }
}

/** Who and what, in few bits: players by their seats, entities by where they came from. */
import {
  type EntityId,
  FIRST_REFEREE_ID,
  isEntityId,
  isPlayerId,
  isSpawnedByStep,
  MAX_GENERATION,
  MAX_ORDINAL,
  MAX_SEATS,
  MAX_TICK,
  type PlayerId,
  spawnedId,
  spawnerOf,
} from '../world/ids.ts'
import { type BitReader, type BitWriter, bitsFor } from './bits.ts'

const GENERATION_BITS = bitsFor(MAX_GENERATION)

/** What identities are told relative to, and how widely they spread. */
export interface IdentityContext {
  /** The packet's tick. */
  readonly tick: number
  /** Bits of a seat: enough for the game's most players. */
  readonly seatBits: number
  /** Rice parameters of the age of a spawn and of its ordinal. */
  readonly spawnAge: number
  readonly ordinal: number
}

/** A seat, and its generation where it is not the first. */
export function writePlayer(w: BitWriter, { seatBits }: IdentityContext, player: PlayerId): void {
  w.bits(player % MAX_SEATS, seatBits)
  const generation = Math.floor(player / MAX_SEATS)
  w.flag(generation !== 1)
  if (generation !== 1) w.bits(generation, GENERATION_BITS)
}

/** Null when the bits name no player; the reader has failed then. */
export function readPlayer(r: BitReader, { seatBits }: IdentityContext): PlayerId | null {
  const seat = r.bits(seatBits)
  const generation = r.flag() ? r.bits(GENERATION_BITS) : 1
  const player = generation * MAX_SEATS + seat
  if (r.ok && isPlayerId(player)) return player
  r.fail()
  return null
}

export function writeOptionalPlayer(w: BitWriter, context: IdentityContext, player: PlayerId | null): void {
  w.flag(player !== null)
  if (player !== null) writePlayer(w, context, player)
}

export function readOptionalPlayer(r: BitReader, context: IdentityContext): PlayerId | null {
  return r.flag() ? readPlayer(r, context) : null
}

export function writeEntity(w: BitWriter, context: IdentityContext, id: EntityId): void {
  const { owner, tick, ordinal } = spawnerOf(id)
  // A client may name what it predicts ahead of the host, so a reference may be to a spawn that is still to come.
  const relative = isSpawnedByStep(id) && tick <= context.tick
  w.flag(relative)
  if (!relative) return w.unsigned(id - FIRST_REFEREE_ID)
  writePlayer(w, context, owner)
  w.rice(context.tick - tick, context.spawnAge)
  w.rice(ordinal, context.ordinal)
}

/** Null when the bits name no entity; the reader has failed then. */
export function readEntity(r: BitReader, context: IdentityContext): EntityId | null {
  if (!r.flag()) {
    const id = r.unsigned() + FIRST_REFEREE_ID
    if (r.ok && id < 2 ** 48 && isEntityId(id)) return id
    r.fail()
    return null
  }
  const owner = readPlayer(r, context)
  const tick = context.tick - r.rice(context.spawnAge)
  const ordinal = r.rice(context.ordinal)
  if (owner === null || !r.ok || tick < 0 || tick > MAX_TICK || ordinal > MAX_ORDINAL) {
    r.fail()
    return null
  }
  return spawnedId(owner, tick, ordinal)
}

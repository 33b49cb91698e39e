/**
 * Saves the whole state of a world as bytes, and loads it. The state is exact: a loaded world goes on to the bit. Used by
 * replays, the development check of the rules, tests, and a host that goes on with a saved match.
 *
 * The bytes are one MessagePack value: [format, tick, next referee id, secret state, players, records, memories], a record
 * being [type, id, owner or 0, numbers, objects], a bot's memory [player, numbers, objects].
 */
import { fromNumber, intoRange, toNumber } from './grid.ts'
import {
  type EntityId,
  FIRST_REFEREE_ID,
  GLOBALS_ID,
  inputId,
  isEntityId,
  isPlayerId,
  isSpawnedByStep,
  MAX_TICK,
  type PlayerId,
  spawnerOf,
} from './ids.ts'
import { fromMessagePack, toMessagePack } from './message-pack.ts'
import type { GameRecord, RecordCopy, Row } from './record.ts'
import { initialNumbers, initialObjects } from './record.ts'
import type { CompiledField, NumberField, ObjectField, RecordType } from './schema.ts'
import { fitText } from './text.ts'
import { mayKnow } from './visibility.ts'
import type { World } from './world.ts'

const FORMAT = 2

/** A saved world, before it is bytes. */
export interface SavedParts {
  readonly tick: number
  readonly nextRefereeId: number
  readonly secret: readonly number[]
  readonly players: readonly PlayerId[]
  /** In the order of types, then of ids. Opaque state is bytes, or null. */
  readonly records: readonly RecordCopy[]
  /** What the bots remember. */
  readonly memories: ReadonlyMap<PlayerId, Row>
}

/** The bytes that `saveWorld` gives of the same world. */
export function packSaved({ tick, nextRefereeId, secret, players, records, memories }: SavedParts): Uint8Array {
  const saved: Saved = [
    FORMAT,
    tick,
    nextRefereeId,
    [...secret],
    [...players],
    records.map(({ type, id, owner, row }) => [type.index, id, owner ?? 0, Array.from(row.numbers), row.objects]),
    packMemories({ memories }),
  ]
  return toMessagePack(saved)
}

type Saved = readonly [
  format: number,
  tick: number,
  nextRefereeId: number,
  secret: number[],
  players: number[],
  records: SavedRecord[],
  memories: SavedMemory[],
]
type SavedMemory = readonly [player: number, numbers: number[], objects: unknown[]]
type SavedRecord = readonly [type: number, id: number, owner: number, numbers: number[], objects: unknown[]]

/** The exact state after `world.tick`, hidden fields and secret stream included. */
export function saveWorld(world: World): Uint8Array {
  return pack(
    world,
    () => true,
    Array.from(world.secretState),
    () => true,
    packMemories(world),
  )
}

/**
 * The state that one player may know. Hidden fields and private fields of others have their initial values, the secret
 * stream is zero, and records for which `shows` is false are missing.
 */
export function saveWorldFor(
  world: World,
  player: PlayerId,
  shows: (record: GameRecord) => boolean = () => true,
): Uint8Array {
  return pack(world, (record, field) => mayKnow(world, player, record, field), [0, 0, 0, 0], shows)
}

function pack(
  world: World,
  knows: (record: GameRecord, field: CompiledField) => boolean,
  secret: number[],
  shows: (record: GameRecord) => boolean = () => true,
  memories: SavedMemory[] = [],
): Uint8Array {
  const records: SavedRecord[] = []
  for (const type of world.game.schema.types)
    for (const record of world.list(type)) if (shows(record)) records.push(packRecord(record, knows))
  const saved: Saved = [FORMAT, world.tick, world.nextRefereeId, secret, [...world.players], records, memories]
  return toMessagePack(saved)
}

function packMemories({ memories }: Pick<SavedParts, 'memories'>): SavedMemory[] {
  return [...memories].map(([player, { numbers, objects }]) => [player, [...numbers], [...objects]])
}

function packRecord(record: GameRecord, knows: (record: GameRecord, field: CompiledField) => boolean): SavedRecord {
  const type = record.$type
  const numbers = Array.from(record.numbers, (value, column) => {
    const field = type.numbers[column]
    return field && !knows(record, field) ? field.initial : value
  })
  const objects = type.objects.map((field) => {
    const value = record.objects[field.column]
    if (field.kind === 'opaque') return knows(record, field) ? field.opaque?.save(value) : null
    return knows(record, field) ? value : field.initial
  })
  return [type.index, record.id, record.owner ?? 0, numbers, objects]
}

/** Replaces the world's state. Returns null, or a sentence that says why the bytes cannot be loaded; then nothing changes. */
export function loadWorld(world: World, bytes: Uint8Array): string | null {
  let saved: unknown
  try {
    saved = fromMessagePack(bytes)
  } catch {
    return 'The bytes are no saved world.'
  }
  if (!isSaved(saved)) return 'The bytes are no saved world of this version.'
  const [, tick, nextRefereeId, secret, players, saves, memories] = saved
  const records: GameRecord[] = []
  const ids = new Set<number>()
  for (const save of saves) {
    const type = Number.isInteger(save[0]) ? world.game.schema.types[save[0]] : undefined
    if (!type || ids.has(save[1]) || !fits(type, save))
      return 'The saved world is of another game or another version of it.'
    ids.add(save[1])
    try {
      records.push(unpackRecord(world, type, save))
    } catch {
      return `The saved ${type.name} ${save[1]} holds an opaque field that its own load does not read.`
    }
  }
  const { memory } = world.game.schema
  if (!memories.every(([player, ...row]) => isPlayerId(player) && fitsRow(memory, row)))
    return 'The saved world is of another game or another version of it: its bots remember something else.'
  if (!ids.has(GLOBALS_ID)) return 'The saved world is not whole: it has no globals.'
  world.clear()
  world.tick = tick
  world.nextRefereeId = nextRefereeId
  world.secretState = Uint32Array.from(secret)
  world.players = players as PlayerId[]
  for (const record of records) world.insert(record)
  for (const [player, numbers, objects] of memories) {
    const record = world.memoryOf(player as PlayerId)
    record.numbers.set(numbers)
    for (let i = 0; i < objects.length; i++) record.objects[i] = objects[i]
  }
  return null
}

function unpackRecord(world: World, type: RecordType, [, id, owner, numbers, objects]: SavedRecord): GameRecord {
  const row = { numbers: initialNumbers(type), objects: initialObjects(type) }
  row.numbers.set(numbers)
  for (const field of type.objects) {
    const value = objects[field.column]
    if (field.kind !== 'opaque') row.objects[field.column] = value
    else if (value instanceof Uint8Array) row.objects[field.column] = field.opaque?.load(value)
  }
  const record = world.make(type, id as EntityId, owner === 0 ? null : (owner as PlayerId), row)
  if (type.role === 'input') record.$writable = false
  return record
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max
}

function isSaved(value: unknown): value is Saved {
  if (!Array.isArray(value) || value.length !== 7 || value[0] !== FORMAT) return false
  const [, tick, next, secret, players, records, memories] = value as unknown[]
  return (
    isWhole(tick, 0, MAX_TICK) &&
    isWhole(next, FIRST_REFEREE_ID, 2 ** 34) &&
    Array.isArray(secret) &&
    secret.length === 4 &&
    secret.every((word) => isWhole(word, 0, 2 ** 32 - 1)) &&
    Array.isArray(players) &&
    players.every((player, i) => isPlayerId(player) && (i === 0 || player > players[i - 1])) &&
    Array.isArray(records) &&
    records.every((record) => Array.isArray(record) && record.length === 5) &&
    Array.isArray(memories) &&
    memories.every((memory) => Array.isArray(memory) && memory.length === 3)
  )
}

function fits(type: RecordType, [, id, owner, ...row]: SavedRecord): boolean {
  return fitsIdentity(type, id, owner) && fitsRow(type, row)
}

function fitsRow(type: RecordType, [numbers, objects]: readonly [numbers: number[], objects: unknown[]]): boolean {
  return (
    Array.isArray(numbers) &&
    numbers.length === type.numbers.length &&
    type.numbers.every((field) => fitsNumber(field, numbers[field.column])) &&
    Array.isArray(objects) &&
    objects.length === type.objects.length &&
    type.objects.every((field) => fitsObject(field, objects[field.column]))
  )
}

export function fitsIdentity({ role }: RecordType, id: number, owner: number): boolean {
  if (owner !== 0 && !isPlayerId(owner)) return false
  switch (role) {
    case 'globals':
      return id === GLOBALS_ID && owner === 0
    case 'player':
      return owner !== 0 && id === owner
    case 'input':
      return owner !== 0 && id === inputId(owner as PlayerId)
    case 'entity':
      return isEntityId(id) && (!isSpawnedByStep(id) || spawnerOf(id).owner === owner)
    case 'message':
      return false
  }
}

export function fitsNumber(field: NumberField, value: unknown): boolean {
  const continuous = field.kind === 'fixed' || field.kind === 'angle'
  if (!(continuous ? Number.isFinite(value) : Number.isInteger(value))) return false
  if (intoRange(field, value as number) !== value) return false
  return (
    (field.kind !== 'player' && field.kind !== 'entity') || !Number.isNaN(toNumber(field, fromNumber(field, value)))
  )
}

export function fitsObject(field: ObjectField, value: unknown): boolean {
  switch (field.kind) {
    case 'string':
      return typeof value === 'string' && fitText(value, field.max) === value
    case 'list': {
      const { of } = field
      return (
        of !== null &&
        Array.isArray(value) &&
        value.length <= field.max &&
        value.every((item) => !Number.isNaN(toNumber(of, item)))
      )
    }
    case 'opaque':
      return value === null || value instanceof Uint8Array
  }
}

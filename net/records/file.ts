/**
 * A `.starwire` file: one MessagePack value, ['starwire', format, head, chunks, hash]. The head says what was recorded. The hash is a
 * bin of four bytes, the last of the file: of all bytes before them, the low one first. A chunk is some seconds that can be shown by
 * themselves:
 *
 * - of a host: [first tick, ticks, world, past, inputs, hashes]. World and past are the key frame before the first tick;
 *   hashes has a byte for each tick, the low eight bits of the world's hash after it.
 * - of a guest: [first tick, frames, shown, packets]. Shown has what the page showed at each tick; packets is a list of
 *   [time in ms, sent by this page, bytes].
 *
 * The hash finds accidents, as of a disk or a download. Files come from strangers: `decodeFile` returns a problem for whatever is none, and never throws. Contents of chunks are
 * checked when they are read.
 */

import type { RecordedPlayer, RecordingProblem } from '../session/recordings.ts'
import type { PlainValues } from '../world/complete-values.ts'
import type { AnyGame } from '../world/game.ts'
import { sameHash } from '../world/game-hash.ts'
import { isPlayerId, MAX_SEATS, MAX_TICK, type PlayerId } from '../world/ids.ts'
import { fromMessagePack, toMessagePack } from '../world/message-pack.ts'
import type { RecordType } from '../world/schema.ts'
import { isOfKind } from '../world/values.ts'
import type { KeyFrame } from './key-frame.ts'
import { MAX_CHUNK_TICKS, MAX_FILE_BYTES } from './limits.ts'
import { hashBytes } from './world-hash.ts'

const MARK = 'starwire'
/** The first bytes of a file: a MessagePack array of five, then a text of eight bytes, the mark. */
const FIRST_BYTES = [0x95, 0xa8, ...Array.from(MARK, (character) => character.charCodeAt(0))]
const HASH_BYTES = 4
/** Raise it whenever a reader of the earlier format would misread something. */
const FORMAT = 2
/** Longest name of a player in a file, UTF-16 units; cleanName allows 200 bytes. */
const MAX_NAME = 200

/** What was recorded, as it stands in the file. */
export interface FileHead {
  readonly kind: 'host' | 'guest'
  readonly game: string
  readonly version: number
  readonly hash: string
  /** WIRE_VERSION of the page that recorded. */
  readonly wire: number
  readonly tickRate: number
  readonly epoch: number
  readonly seed: number
  readonly options: PlainValues
  readonly settings: PlainValues
  /** The player of the page that recorded; null for a host without one. */
  readonly me: PlayerId | null
  readonly players: readonly RecordedPlayer[]
}

export interface HostChunk extends KeyFrame {
  readonly firstTick: number
  readonly ticks: number
  readonly inputs: Uint8Array
  readonly hashes: Uint8Array
}

export interface GuestChunk {
  readonly firstTick: number
  readonly frames: number
  readonly shown: Uint8Array
  readonly packets: readonly TimedPacket[]
}

export interface TimedPacket {
  /** The recording page's time, ms. */
  readonly at: number
  readonly sent: boolean
  readonly bytes: Uint8Array
}

export interface HostFile {
  readonly head: FileHead
  readonly chunks: readonly HostChunk[]
}

export interface GuestFile {
  readonly head: FileHead
  readonly chunks: readonly GuestChunk[]
}

export type RecordingFile = HostFile | GuestFile

export function isOfHost(file: RecordingFile): file is HostFile {
  return file.head.kind === 'host'
}

export function encodeFile({ head, chunks }: RecordingFile): Uint8Array {
  const { kind, game, version, hash, wire, tickRate, epoch, seed, options, settings, me, players } = head
  const people = players.map(({ id, name }) => [id, name])
  const fields = [kind, game, version, hash, wire, tickRate, epoch, seed, options, settings, me, people]
  const packed = chunks.map((chunk) => ('inputs' in chunk ? packHost(chunk) : packGuest(chunk)))
  return closeFile(toMessagePack([MARK, FORMAT, fields, packed, new Uint8Array(HASH_BYTES)]))
}

/** Writes the hash of the bytes before into the last four. */
export function closeFile(bytes: Uint8Array): Uint8Array {
  hashIn(bytes).setUint32(0, hashOf(bytes), true)
  return bytes
}

const hashOf = (bytes: Uint8Array): number => hashBytes(bytes.subarray(0, -HASH_BYTES))

const hashIn = ({ buffer, byteOffset, length }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset + length - HASH_BYTES, HASH_BYTES)

const packHost = ({ firstTick, ticks, world, past, inputs, hashes }: HostChunk): unknown[] => [
  ...[firstTick, ticks, world, past, inputs, hashes],
]

const packGuest = ({ firstTick, frames, shown, packets }: GuestChunk): unknown[] => [
  ...[firstTick, frames, shown],
  packets.map(({ at, sent, bytes }) => [at, sent, bytes]),
]

/** The file, or why `game` cannot show the bytes. */
export function decodeFile(game: AnyGame, bytes: Uint8Array): RecordingFile | RecordingProblem {
  if (!(bytes instanceof Uint8Array) || bytes.length > MAX_FILE_BYTES) return problemOf('not-a-recording')
  const value = readWhole(bytes)
  if (!Array.isArray(value)) return value
  const head = readHead(value[2])
  if (!head) return problemOf('damaged', 'its head breaks a rule')
  if (head.game !== game.id) return problemOf('other-game', `it is of "${head.game}", and this page plays "${game.id}"`)
  if (!sameHash(declared(head.hash), declared(game.hash)) || head.tickRate !== game.tickRate)
    return problemOf('other-fields', `it is of version ${head.version}, and this page has ${game.version}`)
  const { options, settings } = game.schema
  if (!isOfFields(options, head.options) || !isOfFields(settings, head.settings))
    return problemOf('damaged', 'its options or settings are not those of the game')
  const chunks = readChunks(head.kind, value[3])
  if (!chunks) return problemOf('damaged', 'its chunks break a rule')
  return { head, chunks } as RecordingFile
}

/** The parts of a file that is whole, or what is wrong with it. */
function readWhole(bytes: Uint8Array): unknown[] | RecordingProblem {
  // Formats before the second had four parts.
  const isMarked = FIRST_BYTES.every((byte, i) => bytes[i] === byte || (i === 0 && bytes[i] === 0x94))
  const format = bytes[FIRST_BYTES.length]
  if (!isMarked || format === undefined) return problemOf('not-a-recording')
  if (format !== FORMAT) return problemOf('other-format', `it has format ${format}, and this page reads ${FORMAT}`)
  const value = bytes.length > FIRST_BYTES.length + HASH_BYTES ? unpacked(bytes) : null
  return Array.isArray(value) && value.length === 5
    ? value
    : problemOf('damaged', 'its bytes are not those that were saved')
}

/** Null for bytes that are no MessagePack, or not those that were hashed. */
function unpacked(bytes: Uint8Array): unknown {
  if (hashIn(bytes).getUint32(0, true) !== hashOf(bytes)) return null
  try {
    return fromMessagePack(bytes)
  } catch {
    return null
  }
}

const SENTENCES: Readonly<Record<RecordingProblem['reason'], string>> = {
  'not-a-recording': 'This is no recording of Starwire.',
  'other-format': 'This recording was made by another version of Starwire.',
  'other-game': 'This recording is of another game.',
  'other-fields': 'This recording was made by a version of the game with other fields, so it cannot be read here.',
  damaged: 'This recording is damaged.',
}

export function problemOf(reason: RecordingProblem['reason'], detail = ''): RecordingProblem {
  return { reason, message: SENTENCES[reason], detail }
}

export function isProblem(value: RecordingFile | RecordingProblem): value is RecordingProblem {
  return 'reason' in value
}

/** The part of a game's hash that says what is declared; the rules' sources are left out. */
const declared = (hash: string): string => hash.split('-', 1)[0] ?? ''

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max
}

const isText = (value: unknown, max: number): value is string => typeof value === 'string' && value.length <= max

function readHead(value: unknown): FileHead | null {
  if (!Array.isArray(value) || value.length !== 12) return null
  const [kind, game, version, hash, wire, tickRate, epoch, seed, options, settings, me, people] = value as unknown[]
  const isRight =
    (kind === 'host' || kind === 'guest') &&
    isText(game, 40) &&
    isText(hash, 64) &&
    [version, wire, epoch].every((number) => isWhole(number, 0, Number.MAX_SAFE_INTEGER)) &&
    isWhole(tickRate, 10, 120) &&
    isWhole(seed, 0, 2 ** 32 - 1) &&
    [options, settings].every((values) => typeof values === 'object' && values !== null) &&
    (me === null || isPlayerId(me))
  const players = readPlayers(people)
  if (!isRight || !players) return null
  return { kind, game, version, hash, wire, tickRate, epoch, seed, options, settings, me, players } as FileHead
}

function readPlayers(value: unknown): RecordedPlayer[] | null {
  // Everybody who was ever there: a seat may change hands often, but a lobby remembers a few hundred at most.
  if (!Array.isArray(value) || value.length > 255 * MAX_SEATS) return null
  const players: RecordedPlayer[] = []
  for (const item of value as unknown[]) {
    if (!Array.isArray(item) || !isPlayerId(item[0]) || !isText(item[1], MAX_NAME)) return null
    players.push({ id: item[0], name: item[1] })
  }
  return players
}

function isOfFields({ fields }: RecordType, given: PlainValues): boolean {
  return Object.entries(given).every(([name, value]) => {
    const field = fields.find((other) => other.name === name)
    return field !== undefined && isOfKind(field, value)
  })
}

function readChunks(kind: 'host' | 'guest', value: unknown): (HostChunk | GuestChunk)[] | null {
  if (!Array.isArray(value) || value.length === 0) return null
  const chunks: (HostChunk | GuestChunk)[] = []
  let after = 0
  for (const item of value as unknown[]) {
    const chunk = Array.isArray(item) ? (kind === 'host' ? readHost(item) : readGuest(item)) : null
    if (!chunk || chunk.firstTick < after) return null
    // A host's ticks follow each other. A guest's page that slept skips some.
    if ('ticks' in chunk && chunks.length > 0 && chunk.firstTick !== after) return null
    after = chunk.firstTick + ('ticks' in chunk ? chunk.ticks : 1)
    chunks.push(chunk)
  }
  return after <= MAX_TICK ? chunks : null
}

const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array

function readHost(item: readonly unknown[]): HostChunk | null {
  const [firstTick, ticks, world, past, inputs, hashes] = item
  if (!isWhole(firstTick, 1, MAX_TICK) || !isWhole(ticks, 1, MAX_CHUNK_TICKS)) return null
  if (!isBytes(world) || !isBytes(past) || !isBytes(inputs) || !isBytes(hashes) || hashes.length > ticks) return null
  return { firstTick, ticks, world, past, inputs, hashes }
}

function readGuest(item: readonly unknown[]): GuestChunk | null {
  const [firstTick, frames, shown, list] = item
  if (!isWhole(firstTick, 0, MAX_TICK) || !isWhole(frames, 1, MAX_CHUNK_TICKS)) return null
  if (!isBytes(shown) || !Array.isArray(list)) return null
  const packets: TimedPacket[] = []
  for (const packet of list as unknown[]) {
    const [at, sent, bytes] = Array.isArray(packet) ? (packet as unknown[]) : []
    if (!Number.isFinite(at) || typeof sent !== 'boolean' || !isBytes(bytes)) return null
    packets.push({ at: at as number, sent, bytes })
  }
  return { firstTick, frames, shown, packets }
}

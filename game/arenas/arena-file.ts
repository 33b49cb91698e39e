/**
 * Arenas as files: JSON of at most 16 KiB. In: bytes of anybody. Out: an arena that the rules can play, or what is wrong with the file, in
 * a sentence for whoever made it. Nothing is corrected in silence: what is not an arena to the letter is refused.
 *
 * Invariants: nothing here throws for a file, and the work is bounded by the size that is read. No text of the file stands in a sentence.
 */
import { cleanName } from 'starwire'
import type { ArenaBounds } from '../languages/english.ts'
import { texts } from '../languages/language.ts'
import type { RockPlace } from '../rules/arena.ts'
import {
  ARENA_HEIGHT,
  ARENA_WIDTH,
  ASTEROID_WEIGHT,
  MAX_ASTEROIDS,
  MIN_ARENA_HEIGHT,
  MIN_ARENA_WIDTH,
  MOON_SIZE,
} from '../rules/balance.ts'
import { ARENA_ENDING, type Arena } from './arena.ts'

/** Bytes of a file: the most rocks that there can be, written wide, take 5 KiB. */
export const MAX_ARENA_BYTES = 16 * 1024
/** Of the format. Readers refuse a newer one. */
const VERSION = 1
const MAX_NAME = 20

export type ArenaFault =
  | 'too-large'
  | 'not-json'
  | 'not-an-arena'
  | 'newer'
  | 'unknown-part'
  | 'bad-name'
  | 'bad-size'
  | 'bad-rocks'
  | 'bad-rock'
  | 'rock-outside'
  | 'too-many-rocks'

export type ReadArena =
  | { readonly arena: Arena; readonly fault: null }
  | {
      readonly arena: null
      readonly fault: ArenaFault
      /** In the language of now. */
      readonly sentence: string
    }

/** For the sentences. */
const bounds: ArenaBounds = {
  kib: MAX_ARENA_BYTES / 1024,
  nameLength: MAX_NAME,
  minWidth: MIN_ARENA_WIDTH,
  maxWidth: ARENA_WIDTH,
  minHeight: MIN_ARENA_HEIGHT,
  maxHeight: ARENA_HEIGHT,
  rocks: MAX_ASTEROIDS,
}

/** Reads a file of anybody. `blob` is read no further than an arena goes. */
export async function readArenaFile(blob: Blob): Promise<ReadArena> {
  if (blob.size > MAX_ARENA_BYTES) return wrong('too-large')
  try {
    return readArena(new TextDecoder('utf-8', { fatal: true }).decode(await blob.arrayBuffer()))
  } catch {
    // No UTF-8, or a file that went away.
    return wrong('not-json')
  }
}

export function readArena(text: string): ReadArena {
  // Characters are no more than bytes.
  if (text.length > MAX_ARENA_BYTES) return wrong('too-large')
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return wrong('not-json')
  }
  if (!isObject(given) || given.dogstar !== 'arena') return wrong('not-an-arena')
  const { version, name, width, height, rocks } = given
  if (version !== VERSION) return wrong(typeof version === 'number' && version > VERSION ? 'newer' : 'not-an-arena')
  if (!hasOnly(given, ['dogstar', 'version', 'name', 'width', 'height', 'rocks'])) return wrong('unknown-part')
  if (!isName(name)) return wrong('bad-name')
  if (!isWhole(width, MIN_ARENA_WIDTH, ARENA_WIDTH) || !isWhole(height, MIN_ARENA_HEIGHT, ARENA_HEIGHT))
    return wrong('bad-size')
  if (!Array.isArray(rocks)) return wrong('bad-rocks')
  const read = readRocks(rocks, width, height)
  return Array.isArray(read) ? { arena: { name: cleanName(name), width, height, rocks: read }, fault: null } : read
}

/** The file of an arena, for people to read and change. */
export function arenaText({ name, width, height, rocks }: Arena): string {
  const lines = rocks.map(({ x, y, size }) => `    { "x": ${x}, "y": ${y}, "size": ${size} }`)
  const list = lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`
  return `{
  "dogstar": "arena",
  "version": ${VERSION},
  "name": ${JSON.stringify(name)},
  "width": ${width},
  "height": ${height},
  "rocks": ${list}
}
`
}

/** How an arena's file is called: letters and digits of its name only, as it may be a stranger's. */
export function arenaFileName({ name }: Pick<Arena, 'name'>): string {
  const stem = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return `${stem || 'dogstar'}${ARENA_ENDING}`
}

function readRocks(given: readonly unknown[], width: number, height: number): RockPlace[] | ReadArena {
  const rocks: RockPlace[] = []
  let weight = 0
  for (const [i, rock] of given.entries()) {
    if (!isObject(rock)) return wrong('bad-rock', i)
    const { x, y, size } = rock
    if (!hasOnly(rock, ['x', 'y', 'size'])) return wrong('unknown-part')
    if (!isWhole(size, 1, MOON_SIZE) || !Number.isInteger(x) || !Number.isInteger(y)) return wrong('bad-rock', i)
    if (!isWhole(x, 0, width) || !isWhole(y, 0, height)) return wrong('rock-outside', i)
    weight += ASTEROID_WEIGHT[size as 1 | 2 | 3 | 4]
    if (weight > MAX_ASTEROIDS) return wrong('too-many-rocks')
    rocks.push({ x, y, size })
  }
  return rocks
}

/** `rock`: the index of the rock that is wrong, where it is one. */
function wrong(fault: ArenaFault, rock = 0): ReadArena & { readonly arena: null } {
  return {
    arena: null,
    fault,
    get sentence() {
      return sentenceOf(fault, rock)
    },
  }
}

function sentenceOf(fault: ArenaFault, rock: number): string {
  // People count from one.
  if (fault === 'bad-rock') return texts.arenas.badRock(rock + 1, MOON_SIZE)
  if (fault === 'rock-outside') return texts.arenas.rockOutside(rock + 1)
  return texts.arenas.faults(bounds)[fault]
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasOnly(value: object, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name))
}

/** What people see is what stands in the file: a name that cleaning would change is refused. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && cleanName(value) === value
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max
}

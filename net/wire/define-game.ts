/**
 * `defineGame`: compiles a game (`world/game.ts`), and checks what the wire needs: each record, message and input fits into a
 * packet, and each rate can be followed in whole steps. The checks stand here because `world/` knows no packets.
 */

import { compileGame } from '../world/compile-game.ts'
import { fail } from '../world/definition-error.ts'
import type { AnyGame } from '../world/game.ts'
import type { CompiledField, RecordType } from '../world/schema.ts'
import { toUtf8 } from '../world/text.ts'
import { MAX_SEGMENT_TICKS } from './segments.ts'

/**
 * The largest record that still fits into one packet with its headers; the largest payload of an event, command or result, which
 * shares a packet with inputs; the largest input.
 */
const MAX_RECORD_BYTES = 1000
const MAX_MESSAGE_BYTES = 640
const MAX_INPUT_BYTES = 128
/** The largest choice of a player, as MessagePack on the bulk lane: each is told to everybody. */
const MAX_CHOICE_BYTES = 512

/**
 * Defines a game: one value that the host and every client share.
 *
 * @throws TypeError naming the field and what to write instead, when the definition is wrong.
 */
export const defineGame: typeof compileGame = (definition) => {
  const game = compileGame(definition)
  checkFitsWire(game)
  return game
}

function checkFitsWire({ tickRate, schema: { input, types, entities, events, commands, choice } }: AnyGame): void {
  checkWidth('input', input, MAX_INPUT_BYTES)
  checkChoice(choice)
  for (const type of types)
    checkWidth(type.role === 'entity' ? `entities.${type.name}` : type.name, type, MAX_RECORD_BYTES)
  for (const type of entities.values()) checkRates(`entities.${type.name}`, type, tickRate)
  for (const { name, fields } of events) checkWidth(`events.${name}`, fields, MAX_MESSAGE_BYTES)
  for (const { name, fields, result } of commands) {
    checkWidth(`commands.${name}`, fields, MAX_MESSAGE_BYTES)
    checkWidth(`commands.${name}.result`, result, MAX_MESSAGE_BYTES)
  }
}

/** Bits a value may take on the wire at most, by the finer grid (WIRE.md). */
function widest(field: CompiledField): number {
  switch (field.kind) {
    case 'entity':
      return 90
    case 'tick':
      return 46
    case 'string':
      return 8 + 8 * field.max
    case 'list':
      return 8 + field.max * (field.of ? widest(field.of) : 0)
    case 'opaque':
      return 0
    default:
      return Math.ceil(Math.log2(field.simMax - field.simMin + 1)) + 1
  }
}

/** A record or a message is never divided, so each has to fit into one packet with its headers. */
function checkWidth(path: string, type: RecordType, maxBytes: number): void {
  const sent = type.fields.filter(({ audience }) => audience !== 'nobody')
  const bytes = Math.ceil(sent.reduce((bits, field) => bits + widest(field), 0) / 8)
  if (bytes > maxBytes)
    fail(path, `may take ${bytes} bytes, but ${maxBytes} is the most`, 'Shorten its lists and texts, or split it.')
}

/** Bytes that a value may take in MessagePack at most. */
function longest(field: CompiledField): number {
  switch (field.kind) {
    case 'bool':
      return 1
    case 'enum':
      return 5 + Math.max(...field.names.map((name) => toUtf8(name).length))
    case 'string':
      return 2 + field.max
    case 'list':
      return 3 + field.max * (field.of ? longest(field.of) : 0)
    default:
      return 9
  }
}

function checkChoice({ fields }: RecordType): void {
  const bytes = fields.reduce((sum, field) => sum + field.name.length + 2 + longest(field), 3)
  if (bytes > MAX_CHOICE_BYTES)
    fail(
      'player',
      `what players choose may take ${bytes} bytes, but ${MAX_CHOICE_BYTES} is the most`,
      'Shorten the texts, lists and names of enums that are chosen.',
    )
}

/** The most steps that a field may move within one segment: beyond 2^53 a double is not exact any more. */
const MAX_STEPS = 2 ** 51

/** Checks that each field can be followed exactly, in whole steps, at the highest rate that may move it. */
function checkRates(path: string, type: RecordType, tickRate: number): void {
  for (const field of type.numbers) {
    const rate = type.numbers[field.rate]
    if (!rate) continue
    const fastest = Math.max(Math.abs(rate.simMin), Math.abs(rate.simMax)) * rate.simStep
    const steps = (fastest / tickRate / Math.min(field.simStep, field.wireStep)) * MAX_SEGMENT_TICKS
    if (steps <= MAX_STEPS) continue
    fail(
      `${path}.${field.name}`,
      `${rate.name} can move it by ${fastest / tickRate} a tick, more than its step of ${field.simStep} lets be counted`,
      `Narrow the range of ${rate.name}, or write a coarser sim for ${field.name}.`,
    )
  }
}

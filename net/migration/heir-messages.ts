/**
 * What an heir's stream sends over bulk, beside the parts on the state lane: all of a tick, slow data by version, and opaque state.
 * All of it comes from the host, who may lie: `openHeirMessage` checks every shape and size.
 */
import { closeMessage, FIRST_BYTE, openMessage } from '../wire/bulk-message.ts'
import { MAX_TICK } from '../world/ids.ts'
import { MAX_FULL_BYTES, MAX_HEIR_RECORDS, MAX_OPAQUE_BYTES, MAX_SLOW_BYTES } from './limits.ts'

/** The number that a message of each kind begins with. Numbers of other rooms are others (`net/lobby/messages.ts`). */
export const HEIR_KINDS = { full: 96, slow: 97, opaque: 98 } as const

/** Looks at the first two bytes alone; the rest may be malformed. */
export function isHeirMessage(bytes: Uint8Array): boolean {
  const kind = bytes[1] ?? 0
  return bytes[0] === FIRST_BYTE && kind >= HEIR_KINDS.full && kind <= HEIR_KINDS.opaque
}

/** One opaque field: index of the type, id, column, and what the game's `save` gave. */
export type OpaqueState = readonly [type: number, id: number, column: number, bytes: Uint8Array]

export type HeirMessage =
  /** All of a tick: at the beginning, after a loss of more than a second, and where parts would be too many. */
  | { readonly kind: 'full'; readonly epoch: number; readonly tick: number; readonly body: Uint8Array }
  /** A piece of slow data has this value from this version on. Versions rise; each names one piece. */
  | {
      readonly kind: 'slow'
      readonly epoch: number
      readonly version: number
      readonly piece: string
      readonly value: unknown
    }
  /** All opaque state of a tick, at most once a second. */
  | { readonly kind: 'opaque'; readonly epoch: number; readonly tick: number; readonly states: readonly OpaqueState[] }

export function closeHeirMessage(message: HeirMessage): Uint8Array {
  return closeMessage(HEIR_KINDS, message)
}

/** Longest name of a piece of slow data. */
const MAX_PIECE = 32
/** The envelope around a value. */
const HEAD_BYTES = 128
const MAX_BYTES = { full: MAX_FULL_BYTES, slow: MAX_SLOW_BYTES, opaque: 2 * MAX_OPAQUE_BYTES }

/** `huge`: longer than an honest host's. */
export function openHeirMessage(bytes: Uint8Array): HeirMessage | 'malformed' | 'huge' {
  const kind = (['full', 'slow', 'opaque'] as const).find((name) => HEIR_KINDS[name] === bytes[1])
  if (!kind) return 'malformed'
  // Before it is read: reading takes memory.
  if (bytes.length > MAX_BYTES[kind] + HEAD_BYTES) return 'huge'
  const contents = openMessage(HEIR_KINDS, bytes)?.contents
  if (!contents || !isWhole(contents.epoch, 2 ** 32 - 1)) return 'malformed'
  const { epoch, tick, version, piece, value, body } = contents
  if (kind === 'slow')
    return isWhole(version, 2 ** 32) && typeof piece === 'string' && piece.length <= MAX_PIECE && value !== undefined
      ? { kind, epoch, version, piece, value }
      : 'malformed'
  if (!isWhole(tick, MAX_TICK)) return 'malformed'
  if (kind === 'full') return body instanceof Uint8Array ? { kind, epoch, tick, body } : 'malformed'
  const states = readStates(contents.states)
  return states ? { kind, epoch, tick, states } : 'malformed'
}

function isWhole(value: unknown, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max
}

function readStates(value: unknown): OpaqueState[] | null {
  if (!Array.isArray(value) || value.length > MAX_HEIR_RECORDS) return null
  return value.every(isState) ? value : null
}

function isState(value: unknown): value is OpaqueState {
  return (
    Array.isArray(value) &&
    value.length === 4 &&
    isWhole(value[0], 2 ** 16) &&
    isWhole(value[1], 2 ** 48) &&
    isWhole(value[2], 63) &&
    value[3] instanceof Uint8Array
  )
}

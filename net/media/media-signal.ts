/**
 * Signals between two pages that connect for voice and video: texts that the host forwards. Sender and host may be hostile, so whatever
 * an honest page does not send is dropped here. Pure.
 */
import { candidateType, MAX_CANDIDATES } from '../transport/signal-text.ts'
import { MAX_SIGNAL_UNITS } from './media-messages.ts'

/** ICE candidates in one text. */
export const MAX_BATCH = 30

/**
 * - `hello`: this page takes part, and waits for a call or another hello.
 * - `step`: a step of one connection: a description, or candidates.
 *
 * `life` is a random number, another one each time that a page takes part: a reloaded page is not taken for the one before.
 */
export type MediaSignal =
  | { readonly kind: 'hello'; readonly life: number }
  | {
      readonly kind: 'step'
      readonly life: number
      /** Names one try to connect; chosen by the caller. */
      readonly connection: number
      readonly description: { readonly type: 'offer' | 'answer'; readonly sdp: string } | null
      readonly candidates: readonly RTCIceCandidateInit[]
    }

export function writeMediaSignal(signal: MediaSignal): string {
  return JSON.stringify(signal)
}

/** Null for anything malformed. */
export function readMediaSignal(text: string): MediaSignal | null {
  if (text.length > MAX_SIGNAL_UNITS) return null
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    return null
  }
  if (!isRecord(data) || !isNumber(data.life)) return null
  const { kind, life, connection } = data
  if (kind === 'hello') return { kind, life }
  if (kind !== 'step' || !isNumber(connection)) return null
  const description = readDescription(data.description)
  const candidates = readCandidates(data.candidates)
  if (description === undefined || candidates === null) return null
  return { kind, life, connection, description, candidates }
}

/** Undefined for what is malformed. */
function readDescription(from: unknown): { type: 'offer' | 'answer'; sdp: string } | null | undefined {
  if (from === null) return null
  if (!isRecord(from)) return undefined
  const { type, sdp } = from
  if ((type !== 'offer' && type !== 'answer') || typeof sdp !== 'string') return undefined
  return sectionsOf(sdp) === 'audio video' ? { type, sdp } : undefined
}

/** A pair has one sound and one video section, in this order: more would be media that nobody asked for. */
function sectionsOf(sdp: string): string {
  return [...sdp.matchAll(/^m=(\S*) /gm)].map(([, kind]) => kind).join(' ')
}

function readCandidates(from: unknown): RTCIceCandidateInit[] | null {
  if (!Array.isArray(from) || from.length > MAX_BATCH) return null
  const candidates = from.map(readCandidate)
  return candidates.every((candidate) => candidate !== null) ? candidates : null
}

function readCandidate(from: unknown): RTCIceCandidateInit | null {
  if (!isRecord(from)) return null
  const { candidate, sdpMid = null, sdpMLineIndex = null } = from
  if (typeof candidate !== 'string' || candidate.length > 1024 || !candidateType(candidate)) return null
  if (sdpMid !== null && (typeof sdpMid !== 'string' || sdpMid.length > 64)) return null
  if (sdpMLineIndex !== null && sdpMLineIndex !== 0 && sdpMLineIndex !== 1) return null
  // RTCIceCandidate throws a TypeError when it is told of no section at all.
  if (sdpMid === null && sdpMLineIndex === null) return null
  return { candidate, sdpMid, sdpMLineIndex }
}

/** ICE candidates of one connection. */
export const MAX_CONNECTION_CANDIDATES = MAX_CANDIDATES

function isNumber(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

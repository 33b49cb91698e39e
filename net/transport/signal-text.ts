/**
 * Reads the SDP and ICE texts of the other side before WebRTC does. They come from a stranger by way of a server, so
 * anything that is not exactly what an honest peer sends is dropped here.
 */

import type { CandidateReport } from '../errors/connection-report.ts'

/**
 * Longest SDP or ICE text, in characters, wherever one is sent or read: signalling carries messages of 16 KiB, and leaves
 * the rest to what stands around the text. A description of two data channels has about 500, each candidate 100 more.
 */
export const MAX_SIGNAL_LENGTH = 15_000

/** Per attempt. A laptop with VPN, IPv6, and two TURN servers has about twenty. */
export const MAX_CANDIDATES = 64

export type Signal =
  | { kind: 'description'; type: 'offer' | 'answer'; sdp: string }
  | { kind: 'candidate'; candidate: RTCIceCandidateInit & { candidate: string } }

/** Null for anything malformed. */
export function readSignal(text: string): Signal | null {
  if (text.length > MAX_SIGNAL_LENGTH) return null
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    return null
  }
  if (!isRecord(data)) return null
  const { type, sdp, candidate } = data
  if ((type === 'offer' || type === 'answer') && typeof sdp === 'string') {
    // A section for sound or video would make the browser set up media that nobody asked for.
    const onlyData = /^m=application /m.test(sdp) && !/^m=(?!application )/m.test(sdp)
    return onlyData ? { kind: 'description', type, sdp } : null
  }
  if (type === 'candidate' && isRecord(candidate)) return readCandidate(candidate)
  return null
}

function readCandidate(from: Record<string, unknown>): Signal | null {
  const { candidate, sdpMid = null, sdpMLineIndex = null } = from
  if (typeof candidate !== 'string' || candidate.length > 1024 || !candidateType(candidate)) return null
  if (sdpMid !== null && (typeof sdpMid !== 'string' || sdpMid.length > 64)) return null
  if (sdpMLineIndex !== null && sdpMLineIndex !== 0) return null
  // RTCIceCandidate throws a TypeError when it is told of no section at all.
  if (sdpMid === null && sdpMLineIndex === null) return null
  return { kind: 'candidate', candidate: { candidate, sdpMid, sdpMLineIndex } }
}

/** `host`, `srflx`, `prflx` or `relay`; null when this is not a candidate line. */
export function candidateType(candidate: string): string | null {
  return /^candidate:.* typ (host|srflx|prflx|relay)\b/.exec(candidate)?.[1] ?? null
}

/** The parts of a candidate line that a report has. */
export function readCandidateLine(line: string): CandidateReport | null {
  const [, protocol, address] = /^candidate:\S+ \d+ (\S+) \d+ (\S+) /.exec(line) ?? []
  const type = candidateType(line)
  return type !== null && protocol !== undefined && address !== undefined
    ? { type, protocol: protocol.toLowerCase(), address }
    : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/**
 * Keeps a page's addresses out of what it says to another page, for `privacy: 'relay-only'`. In: a signal as a connection makes it. Out: the
 * same without addresses of this page. Pure.
 *
 * Only relay candidates are let out. They show the address of the TURN server. A browser that is told to use relays alone makes no others;
 * this file does not rely on that. What is no signal that we know is not let out at all.
 */
import { candidateType, readSignal } from './signal-text.ts'

/** Null: nothing of it may leave this page. */
export function withoutAddresses(text: string): string | null {
  const signal = readSignal(text)
  if (signal === null) return null
  if (signal.kind === 'description') {
    const { type, sdp } = signal
    return JSON.stringify({ type, sdp: descriptionWithoutAddresses(sdp) })
  }
  const { candidate, sdpMid, sdpMLineIndex } = signal.candidate
  const left = candidateWithoutAddresses(candidate)
  if (left === null) return null
  return JSON.stringify({ type: 'candidate', candidate: { candidate: left, sdpMid, sdpMLineIndex } })
}

/** Whether a relay by TURN is among these servers. */
export function hasTurn(iceServers: readonly RTCIceServer[]): boolean {
  return iceServers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url)))
}

/** The first eight parts of a candidate line, without the address that the TURN server sees. Null for a candidate of another type. */
export function candidateWithoutAddresses(line: string): string | null {
  if (candidateType(line) !== 'relay') return null
  const [found, parts] = /^(candidate:\S+ \d+ \S+ \d+ \S+ \d+ typ relay)\b/.exec(line) ?? []
  return found === undefined ? null : `${parts} raddr 0.0.0.0 rport 0`
}

/** The same description without addresses of this page. */
export function descriptionWithoutAddresses(sdp: string): string {
  return sdp
    .split(/\r?\n/)
    .flatMap((line) => {
      if (line.startsWith('a=candidate:')) {
        const left = candidateWithoutAddresses(line.slice('a='.length))
        return left === null ? [] : [`a=${left}`]
      }
      return [withoutAddressIn(line)]
    })
    .join('\r\n')
}

/** The origin, the connection and the default port of a section name an address; with ICE nobody reads them. Port 0 refuses a section. */
function withoutAddressIn(line: string): string {
  return line
    .replace(/^(o=\S+ \S+ \S+ IN) .*$/, '$1 IP4 127.0.0.1')
    .replace(/^c=IN .*$/, 'c=IN IP4 0.0.0.0')
    .replace(/^(m=\S+) [1-9]\d*/, '$1 9')
    .replace(/^(a=rtcp:\d+) .*$/, '$1')
}

/**
 * Whether this page can make connections between players at all. Asked before signalling is, on both sides: a host who
 * cannot would get a code all the same, and each guest would wait 15 s to read that the host is asleep.
 */
import { StarwireError } from '../errors/starwire-error.ts'
import { thisPage } from '../platform/platform.ts'

/** The part of WebRTC that is used; the browser's has it. */
export type PeerConnectionConstructor = new (configuration?: RTCConfiguration) => RTCPeerConnection

/** For a first offer, which takes 5 to 20 ms. Something that only looks like WebRTC may never answer. */
const OFFER_MS = 3000

/** What is missing of each that was asked to make an offer: asked once, since each question costs a connection. */
const answers = new WeakMap<PeerConnectionConstructor, Promise<string | null>>()

/**
 * What makes connections here: what was passed in, else the page's own.
 * @throws StarwireError (rejects): `no-webrtc`, with what is missing and what to do as its `detail`.
 */
export async function usableWebrtc(given?: PeerConnectionConstructor): Promise<PeerConnectionConstructor> {
  const found = given ?? globalThis.RTCPeerConnection
  if (typeof found !== 'function') throw new StarwireError('no-webrtc', whereIsNone())
  // Joins that begin together wait for one answer.
  const answer = answers.get(found) ?? whatIsMissing(found)
  answers.set(found, answer)
  const missing = await answer
  if (missing === null) return found
  // The player may allow it, or may have closed what held the browser up.
  answers.delete(found)
  throw new StarwireError('no-webrtc', missing)
}

/** A worker has `importScripts`, and Node a version of its own; neither can have WebRTC, whatever the player allows. */
function whereIsNone(): string {
  if (typeof document !== 'undefined')
    return 'RTCPeerConnection is missing: an extension, a setting or a policy of this browser has removed it.'
  if ('importScripts' in globalThis)
    return 'A worker has no RTCPeerConnection: create or join in the page itself, and pass messages to the worker.'
  return 'There is no RTCPeerConnection outside of a browser: use hostInNode and joinInNode of starwire/node.'
}

async function whatIsMissing(PeerConnection: PeerConnectionConstructor): Promise<string | null> {
  let connection: RTCPeerConnection | null = null
  try {
    connection = new PeerConnection({ iceServers: [] })
    const channel: unknown = connection.createDataChannel?.('', { negotiated: true, id: 0 })
    if (!isObject(channel) || !('send' in channel))
      return 'RTCPeerConnection makes no data channels here: this browser is too old, or an extension blocks them.'
    const offer = await within(OFFER_MS, connection.createOffer())
    if (!offer?.sdp?.includes('m=application'))
      return 'RTCPeerConnection makes no offer of a data channel here: an extension or a setting blocks it.'
    return null
  } catch (error) {
    return `RTCPeerConnection cannot be used here: ${error instanceof Error ? error.message : String(error)}`
  } finally {
    try {
      connection?.close?.()
    } catch {
      // Something that only looks like a connection.
    }
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Null when the promise takes longer. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | null> {
  let cancel = (): void => {}
  const late = new Promise<null>((resolve) => {
    cancel = thisPage.after(ms, () => resolve(null))
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    cancel()
  }
}

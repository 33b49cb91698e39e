/**
 * The only file that knows simple-peer. It makes one WebRTC connection with two pre-negotiated channels, gives a link
 * once both are open, or one reason why not, and leaves nothing behind. The traps it steps around are named where they are.
 */
import SimplePeer from 'simple-peer/simplepeer.min.js'
import { channelLink, type RtcLink } from './channel-link.ts'
import type { LinkCloseReason } from './link.ts'
import { candidateType, MAX_CANDIDATES, readSignal, type Signal } from './signal-text.ts'
import type { PeerConnectionConstructor } from './webrtc.ts'

/**
 * Both channels are negotiated: with that, each side's reliability is its own setting and a mismatch is silent, so both
 * sides read these. In-band channels are out of the question, since simple-peer takes the last that arrives for its own.
 */
const stateChannel: RTCDataChannelInit = { ordered: false, maxRetransmits: 0, negotiated: true, id: 0 }
const bulkChannel: RTCDataChannelInit = { ordered: true, negotiated: true, id: 1 }

export interface RtcAttemptOptions {
  /** What makes the connection, as `usableWebrtc` gave it. */
  PeerConnection: PeerConnectionConstructor
  /** Makes the offer. One side of a pair does. */
  initiator: boolean
  /** May be empty (then only addresses of the machine itself are tried), but never left out: simple-peer's default asks Google and Twilio. */
  iceServers: RTCIceServer[]
  /** Milliseconds until the attempt fails; ICE may wait for ever without an error, e.g. with a wrong TURN password. */
  timeoutMs: number
  /** Carries a text to the other side's `signal`. Order matters. */
  sendSignal(text: string): void
  opened(link: RtcLink): void
  /** It never opened; `detail` names what was tried. Not called after `cancel`. */
  failed(detail: string): void
  /** The opened link ended, whoever did it. */
  ended(reason: LinkCloseReason): void
}

/** One attempt to connect, and later the connection under the link. */
export interface RtcAttempt {
  /** Takes a text of the other side. Never throws: what is malformed, too much, or too late is dropped and counted. */
  signal(text: string): void
  readonly rejectedSignals: number
  /** Gives up and releases everything; an open link says goodbye first. */
  cancel(): void
}

/** Stands in for RTCSessionDescription and RTCIceCandidate: WebRTC takes plain records as well. */
class PlainRecord {
  constructor(init: object) {
    Object.assign(this, init)
  }
}

/** The three classes that simple-peer wants. An extension may have removed some of them. */
function wrtcOf(PeerConnection: PeerConnectionConstructor): SimplePeer.Options['wrtc'] {
  const own = PeerConnection === globalThis.RTCPeerConnection
  return {
    RTCPeerConnection: PeerConnection,
    RTCSessionDescription: (own && globalThis.RTCSessionDescription) || PlainRecord,
    RTCIceCandidate: (own && globalThis.RTCIceCandidate) || PlainRecord,
  } as SimplePeer.Options['wrtc']
}

/** What simple-peer keeps to itself and does not clean up. */
interface Internals {
  _pc: RTCPeerConnection | null
  _channel: RTCDataChannel | null
  _iceCompleteTimer: ReturnType<typeof setTimeout> | null
  _maybeReady(): void
}

export function openRtcLink(options: RtcAttemptOptions): RtcAttempt {
  const tried = { here: new Set<string>(), there: new Set<string>() }
  let state: 'connecting' | 'open' | 'over' = 'connecting'
  let rejectedSignals = 0
  let described = false
  let candidates = 0
  let lastError = ''

  // Let go of at the end: a game may keep its links, and closed connections count against the browser's limit of 500
  // until they are collected.
  let peer = newPeer()
  // Before anything else: a simple-peer without an error listener throws, and it may fail in its own constructor.
  peer?.on('error', (error: Error) => {
    lastError = `${'code' in error ? `${String(error.code)}: ` : ''}${error.message}`
    lost()
  })
  peer?.on('close', lost)
  peer?.on('signal', (signal: unknown) => {
    const text = JSON.stringify(signal)
    noteCandidate(tried.here, readSignal(text))
    options.sendSignal(text)
  })

  let connection = peer && openChannels(peer)
  const { link, lost: linkLost } = connection ? linkOver(connection) : { link: null, lost: release }
  const timer = setTimeout(() => fail(`nothing within ${Math.round(options.timeoutMs)} ms`), options.timeoutMs)

  function newPeer(): SimplePeer.Instance | null {
    const { PeerConnection, initiator, iceServers } = options
    try {
      return new SimplePeer({
        initiator,
        wrtc: wrtcOf(PeerConnection),
        config: { iceServers },
        channelConfig: stateChannel,
      })
    } catch (error) {
      // Taken away since it was looked for; nobody has a handle on this attempt before the next microtask.
      lastError = String(error)
      queueMicrotask(lost)
      return null
    }
  }

  function linkOver({ pc, channels }: NonNullable<typeof connection>) {
    // The host alone throws anybody out; a guest leaves.
    const dropsAs = options.initiator ? 'left' : 'kicked'
    const made = channelLink({ channels, dropsAs, opened, ended, release })
    // Only a peer of another make opens channels in-band; each would be kept by the browser until the end.
    pc.ondatachannel = ({ channel }) => {
      channel.close()
      made.refused()
    }
    return made
  }

  function opened(): void {
    if (!link) return
    state = 'open'
    clearTimeout(timer)
    options.opened(link)
  }

  function lost(): void {
    if (state === 'connecting') fail(lastError || 'the other side closed the connection')
    else linkLost()
  }

  function ended(reason: LinkCloseReason): void {
    if (state === 'connecting') fail(lastError || 'the other side closed the connection')
    else if (state === 'open') {
      state = 'over'
      options.ended(reason)
    }
  }

  function fail(what: string): void {
    if (state !== 'connecting') return
    const detail = describe(what)
    giveUp()
    options.failed(detail)
  }

  function giveUp(): void {
    state = 'over'
    clearTimeout(timer)
    linkLost()
  }

  function describe(what: string): string {
    const types = (from: Set<string>): string => [...from].join(', ') || 'none'
    const turn = options.iceServers.some(({ urls }) => [urls].flat().some((url) => /^turns?:/.test(url)))
    const ice = connection?.pc.iceConnectionState ?? 'not started'
    return `${what}; candidates here: ${types(tried.here)}; there: ${types(tried.there)}; TURN offered: ${turn ? 'yes' : 'no'}; ICE: ${ice}`
  }

  function release(): void {
    if (!peer) return
    const internals = peer as unknown as Internals
    // Left running it keeps the peer alive for five seconds more; left set, the handlers keep it alive for good.
    clearTimeout(internals._iceCompleteTimer ?? undefined)
    peer.removeAllListeners()
    // Its last words come in a microtask, and an error nobody listens to is thrown.
    peer.on('error', () => {})
    peer.destroy()
    if (connection) {
      const { pc, channels } = connection
      channels.bulk.close()
      pc.onconnectionstatechange = null
      pc.ondatachannel = null
      channels.state.onbufferedamountlow = null
    }
    peer = null
    connection = null
  }

  /** One description per side and attempt: a second would be a renegotiation, which we never ask for. */
  function wanted(signal: Signal | null): signal is Signal {
    if (!signal) return false
    if (signal.kind === 'candidate') return ++candidates <= MAX_CANDIDATES
    const expected = signal.type === (options.initiator ? 'answer' : 'offer') && !described
    if (expected) described = true
    return expected
  }

  return {
    get rejectedSignals() {
      return rejectedSignals
    },
    signal(text) {
      const signal = peer && readSignal(text)
      if (!peer || !wanted(signal)) {
        rejectedSignals++
        return
      }
      noteCandidate(tried.there, signal)
      try {
        if (signal.kind === 'description') peer.signal({ type: signal.type, sdp: signal.sdp })
        else peer.signal({ type: 'candidate', candidate: signal.candidate as RTCIceCandidate })
      } catch (error) {
        // A peer that died in this very task, or a candidate that the browser's own constructor refuses.
        rejectedSignals++
        lastError = String(error)
      }
    },
    cancel() {
      if (state === 'connecting') giveUp()
      else link?.close()
    },
  }
}

/** Null when the browser refused to make a connection at all; simple-peer reports that as an error a microtask later. */
function openChannels(peer: SimplePeer.Instance) {
  const internals = peer as unknown as Internals
  const { _pc: pc, _channel: state } = internals
  if (!pc || !state) return null
  // It would ask the connection for its stats before it says "connect", which we do not wait for: our channels say when
  // they are open. A connection that is closed while that question is out is kept by Chromium for ever.
  internals._maybeReady = () => {}
  // In the same task as the construction, so that both channels are part of the first offer.
  const bulk = pc.createDataChannel('bulk', bulkChannel)
  return { pc, channels: { state, bulk } }
}

function noteCandidate(types: Set<string>, signal: Signal | null): void {
  const type = signal?.kind === 'candidate' ? candidateType(signal.candidate.candidate) : null
  if (type) types.add(type)
}

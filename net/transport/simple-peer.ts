/**
 * The only file that knows simple-peer. It makes one WebRTC connection with two pre-negotiated channels and gives the pipe
 * over them, which opens, or fails with one reason, and leaves nothing behind. Each trap is named where it is avoided.
 */
import SimplePeer from 'simple-peer/simplepeer.min.js'
import type { ConnectionRoute, PeerReport, ServerFault } from '../errors/connection-report.ts'
import { browserPipe } from './browser-channel.ts'
import { CHANNEL_SETTINGS, type ChannelPipe } from './channel-pipe.ts'
import type { ConnectPeer, PeerAttempt, PeerConnectionOptions } from './peer-connection.ts'
import { SignalExchange } from './signal-exchange.ts'
import { readSignal } from './signal-text.ts'
import type { PeerConnectionConstructor } from './webrtc.ts'

/** What makes connections with this constructor, as `usableWebrtc` gave it. */
export function simplePeer(PeerConnection: PeerConnectionConstructor): ConnectPeer {
  return (options) => {
    const { offer } = options
    if (offer === null) return new SimplePeerAttempt(PeerConnection, options)
    const signal = readSignal(offer)
    // Nothing less than an offer makes this page set up a connection.
    if (signal?.kind !== 'description' || signal.type !== 'offer') return null
    const attempt = new SimplePeerAttempt(PeerConnection, options)
    attempt.signal(offer)
    return attempt
  }
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
  _iceCompleteTimer: Parameters<typeof clearTimeout>[0] | null
  _maybeReady(): void
}

class SimplePeerAttempt implements PeerAttempt {
  readonly pipe: ChannelPipe
  readonly #options: PeerConnectionOptions
  readonly #signals: SignalExchange
  /** Let go of at the end, with `#connection`: closed connections count against the browser's limit of 500 until they are collected. */
  #peer: SimplePeer.Instance | null
  #connection: Connection | null
  #lastError = ''
  #lastIce = 'new'
  #lastGathering = 'new'
  readonly #faults: ServerFault[] = []
  /** How this page reaches TURN, by the address that it got there. */
  readonly #relayProtocols = new Map<string, string>()

  constructor(PeerConnection: PeerConnectionConstructor, options: PeerConnectionOptions) {
    this.#options = options
    this.#signals = new SignalExchange(options.offer === null)
    this.#peer = this.#newPeer(PeerConnection)
    this.#connection = this.#peer && openChannels(this.#peer)
    const stopTimer = options.platform.after(options.timeoutMs, () =>
      this.pipe.fail(`nothing within ${Math.round(options.timeoutMs)} ms`),
    )
    this.pipe = browserPipe(this.#connection?.channels ?? null, {
      // In a page without a worker clock, what arrives drives the ticks.
      arrived: () => options.platform.pushClocks(options.platform.now()),
      opened: stopTimer,
      explain: (what) => this.#explain(what),
      route: () => (this.#connection ? routeOf(this.#connection.pc) : null),
      release: () => {
        stopTimer()
        this.#release()
      },
    })
    if (!this.#connection) return
    this.#watch(this.#connection.pc)
    // Only a peer of another make opens channels in-band; each would be kept by the browser until the end.
    this.#connection.pc.ondatachannel = ({ channel }) => {
      channel.close()
      this.pipe.refuse()
    }
  }

  get rejectedSignals(): number {
    return this.#signals.rejected
  }

  signal(text: string): void {
    const peer = this.#peer
    if (!peer) {
      this.#signals.rejected++
      return
    }
    const signal = this.#signals.take(text)
    if (!signal) return
    try {
      if (signal.kind === 'description') peer.signal({ type: signal.type, sdp: signal.sdp })
      else peer.signal({ type: 'candidate', candidate: signal.candidate as RTCIceCandidate })
    } catch (error) {
      // A peer that died in this very task, or a candidate that the browser's own constructor refuses.
      this.#signals.rejected++
      this.#lastError = String(error)
    }
  }

  report(): PeerReport {
    const ice = this.#connection?.pc.iceConnectionState ?? this.#lastIce
    const gathering = this.#connection?.pc.iceGatheringState ?? this.#lastGathering
    return { ...this.#signals.candidates(this.#relayProtocols), ice, gathering, faults: [...this.#faults] }
  }

  /** Not every WebRTC tells these: what it does not tell is missing in the report. */
  #watch(pc: RTCPeerConnection): void {
    pc.onicecandidateerror = ({ url, errorCode: code, errorText: text }) => {
      const isKnown = this.#faults.some((each) => each.url === url && each.code === code)
      if (!isKnown && this.#faults.length < MAX_FAULTS) this.#faults.push({ url, code, text })
    }
    pc.addEventListener?.('icecandidate', ({ candidate }) => {
      const { address, relayProtocol } = (candidate ?? {}) as { address?: string; relayProtocol?: string }
      if (address && relayProtocol && this.#relayProtocols.size < MAX_FAULTS)
        this.#relayProtocols.set(address, relayProtocol)
    })
  }

  #newPeer(PeerConnection: PeerConnectionConstructor): SimplePeer.Instance | null {
    const { offer, iceServers, relayOnly, sendSignal } = this.#options
    try {
      const peer = new SimplePeer({
        initiator: offer === null,
        wrtc: wrtcOf(PeerConnection),
        // Never left out: simple-peer's default asks Google and Twilio.
        config: { iceServers, ...(relayOnly && { iceTransportPolicy: 'relay' }) },
        channelConfig: CHANNEL_SETTINGS.state,
      })
      // Before anything else: a simple-peer without an error listener throws, and it may fail in its own constructor.
      peer.on('error', (error: Error) => {
        this.#lastError = `${'code' in error ? `${String(error.code)}: ` : ''}${error.message}`
        this.pipe.fail()
      })
      peer.on('close', () => this.pipe.fail())
      peer.on('signal', (signal: unknown) => {
        const text = JSON.stringify(signal)
        this.#signals.sends(text)
        sendSignal(text)
      })
      return peer
    } catch (error) {
      // Taken away since it was looked for; nobody has a handle on this attempt before the next microtask.
      this.#lastError = String(error)
      queueMicrotask(() => this.pipe.fail())
      return null
    }
  }

  #explain(what = this.#lastError || 'the other side closed the connection'): string {
    return this.#signals.explain(what, this.#options.iceServers, this.#connection?.pc.iceConnectionState)
  }

  #release(): void {
    const peer = this.#peer
    if (!peer) return
    const internals = peer as unknown as Internals
    // Left running it keeps the peer alive for five seconds more; left set, the handlers keep it alive for good.
    clearTimeout(internals._iceCompleteTimer ?? undefined)
    peer.removeAllListeners()
    // Its last words come in a microtask, and an error nobody listens to is thrown.
    peer.on('error', () => {})
    peer.destroy()
    if (this.#connection) {
      const { pc, channels } = this.#connection
      this.#lastIce = pc.iceConnectionState
      this.#lastGathering = pc.iceGatheringState
      pc.onicecandidateerror = null
      channels.bulk.close()
      pc.onconnectionstatechange = null
      pc.ondatachannel = null
      channels.state.onbufferedamountlow = null
    }
    this.#peer = null
    this.#connection = null
  }
}

/** Errors of STUN and TURN servers that are kept: each server has a few addresses and kinds of trouble. */
const MAX_FAULTS = 16

/** By the pair of candidates that ICE chose. Null where the browser does not tell. `getStats` would be kept by Chromium when it is out at the end. */
function routeOf(pc: RTCPeerConnection): ConnectionRoute | null {
  const pair = pc.sctp?.transport?.iceTransport?.getSelectedCandidatePair?.()
  if (!pair) return null
  return pair.local?.type === 'relay' || pair.remote?.type === 'relay' ? 'turn' : 'direct'
}

interface Connection {
  readonly pc: RTCPeerConnection
  readonly channels: Record<'state' | 'bulk', RTCDataChannel>
}

/** Null when the browser refused to make a connection at all; simple-peer reports that as an error a microtask later. */
function openChannels(peer: SimplePeer.Instance): Connection | null {
  const internals = peer as unknown as Internals
  const { _pc: pc, _channel: state } = internals
  if (!pc || !state) return null
  // It would ask the connection for its stats before it says "connect", which we do not wait for: our channels say when
  // they are open. A connection that is closed while that question is out is kept by Chromium for ever.
  internals._maybeReady = () => {}
  // In the same task as the construction, so that both channels are part of the first offer.
  const bulk = pc.createDataChannel('bulk', CHANNEL_SETTINGS.bulk)
  return { pc, channels: { state, bulk } }
}

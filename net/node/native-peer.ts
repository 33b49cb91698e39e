/**
 * The only file that knows node-datachannel: WebRTC for Node by libdatachannel, with prebuilt binaries. It makes one
 * connection with the two pre-negotiated channels that pages have, and gives the pipe over them. What browsers do to a
 * stranger's description (limits, one media section) is done by `SignalExchange` before the library sees it.
 */
import type { DataChannel, IceServer, PeerConnection } from 'node-datachannel'
import type { PeerReport } from '../errors/connection-report.ts'
import { StarwireError } from '../errors/starwire-error.ts'
import type { Cancel } from '../platform/platform.ts'
import { CHANNEL_SETTINGS, type ChannelPipe } from '../transport/channel-pipe.ts'
import type { ConnectPeer, PeerAttempt, PeerConnectionOptions } from '../transport/peer-connection.ts'
import { SignalExchange } from '../transport/signal-exchange.ts'
import { readCandidateLine, readSignal } from '../transport/signal-text.ts'
import type { Lane } from '../wire/lanes.ts'
import { nativePipe } from './native-channel.ts'
import { isOwnAddress } from './own-address.ts'

/** Which ports and address this process connects with. */
export interface NativePeerOptions {
  /** UDP ports, first and last, for a firewall that opens a few. One connection takes one. Default: any. */
  readonly ports?: readonly [first: number, last: number]
  /** The address of this machine to use. Default: all of them. */
  readonly bindAddress?: string
}

type Native = typeof import('node-datachannel')

/**
 * What makes connections in Node.
 * @throws StarwireError (rejects): `no-webrtc`, when the package node-datachannel is missing or has no binary for this machine.
 * @throws RangeError (rejects) for ports that are none.
 */
export async function nativePeers(options: NativePeerOptions = {}): Promise<ConnectPeer> {
  checkPorts(options.ports)
  const native = await load()
  return (peer) => {
    if (peer.offer !== null) {
      const signal = readSignal(peer.offer)
      if (signal?.kind !== 'description' || signal.type !== 'offer') return null
    }
    const attempt = new NativeAttempt(native, options, peer)
    if (peer.offer !== null) attempt.signal(peer.offer)
    return attempt
  }
}

async function load(): Promise<Native> {
  try {
    return await import('node-datachannel')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new StarwireError(
      'no-webrtc',
      `The package node-datachannel cannot be loaded: install it beside starwire (npm install node-datachannel). ${why}`,
    )
  }
}

function checkPorts(ports: NativePeerOptions['ports']): void {
  if (ports === undefined) return
  const [first, last] = ports
  const isPort = (port: unknown): boolean => Number.isInteger(port) && Number(port) >= 1024 && Number(port) <= 65_535
  if (!isPort(first) || !isPort(last) || first > last)
    throw new RangeError(
      `ports are two whole numbers from 1024 to 65535, the first and the last, not ${String(ports)}.`,
    )
}

/** Turns each URL of a page's `iceServers` into the record that libdatachannel wants. Others than STUN and TURN are left out. */
export function nativeIceServers(servers: readonly RTCIceServer[]): (string | IceServer)[] {
  return servers.flatMap(({ urls, username, credential }) =>
    [urls].flat().flatMap((url) => nativeIceServer(url, username, credential) ?? []),
  )
}

function nativeIceServer(url: string, username?: string, password?: string): string | IceServer | null {
  const [found, scheme, host = '', port, transport] =
    /^(stun|turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?$/.exec(url) ?? []
  if (found === undefined) return null
  if (scheme === 'stun') return url
  return {
    hostname: host.replace(/^\[|\]$/g, ''),
    // The ports of RFC 8656.
    port: Number(port ?? (scheme === 'turns' ? 5349 : 3478)),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    relayType: scheme === 'turns' ? 'TurnTls' : transport === 'tcp' ? 'TurnTcp' : 'TurnUdp',
  }
}

/**
 * On one machine the side that answers sends no check of its own for so long, ms, but only answers those of the other side, which takes the
 * answer meanwhile. libdatachannel gives an answer to ICE before it keeps the fingerprint in it, and a check that is there already connects at
 * once: where the machine is busy, the handshake came in between in one of 60 connections on one machine, and found no fingerprint
 * ("certificate verify failed"). From afar a handshake takes longer than any such moment, and a NAT opens by a check alone.
 *
 * Whoever is connected last says hello first: libdatachannel leaves a hello lying that comes before its DTLS transport has begun, until it
 * comes again a second later. That is the answering side with a head start of the other one, and the offering side without. With a head start
 * and the other order, 18 of 30 connections took 1.0 s in place of .07.
 */
const HEAD_START_MS = 500

/** An offer waits so long for the candidates behind it, which say whether the other side is on this machine, ms. */
const LOOK_MS = 20

class NativeAttempt implements PeerAttempt {
  readonly pipe: ChannelPipe
  readonly #options: PeerConnectionOptions
  readonly #signals: SignalExchange
  #connection: PeerConnection | null
  /** Candidates that wait for the other side's description, since libdatachannel takes none earlier, and for its head start; then null. */
  #early: { candidate: string; mid: string }[] | null = []
  /** An offer whose candidates are looked at. */
  #offer: string | null = null
  /** For candidates, or for the head start to end. */
  #stopWaiting: Cancel = () => {}
  #lastError = ''
  #lastIce = 'new'

  constructor(native: Native, own: NativePeerOptions, options: PeerConnectionOptions) {
    this.#options = options
    this.#signals = new SignalExchange(options.offer === null)
    const [portRangeBegin, portRangeEnd] = own.ports ?? []
    const connection = new native.PeerConnection('starwire', {
      iceServers: nativeIceServers(options.iceServers),
      ...(options.relayOnly && { iceTransportPolicy: 'relay' as const }),
      // Each side sends one description, once its channels are made.
      disableAutoNegotiation: true,
      ...(portRangeBegin !== undefined && portRangeEnd !== undefined && { portRangeBegin, portRangeEnd }),
      ...(own.bindAddress !== undefined && { bindAddress: own.bindAddress }),
    })
    this.#connection = connection
    const stopTimer = options.platform.after(options.timeoutMs, () =>
      this.pipe.fail(`nothing within ${Math.round(options.timeoutMs)} ms`),
    )
    this.pipe = nativePipe(openChannels(connection), {
      opened: stopTimer,
      explain: (what) => this.#explain(what),
      route: () => routeOf(connection),
      release: () => {
        stopTimer()
        this.#release()
      },
    })
    this.#listen(connection)
    if (options.offer === null) connection.setLocalDescription('offer')
  }

  get rejectedSignals(): number {
    return this.#signals.rejected
  }

  report(): PeerReport {
    return { ...this.#signals.candidates(), ice: this.#connection?.iceState() ?? this.#lastIce, faults: null }
  }

  signal(text: string): void {
    const connection = this.#connection
    if (!connection) {
      this.#signals.rejected++
      return
    }
    const signal = this.#signals.take(text)
    if (!signal) return
    try {
      if (signal.kind === 'description') this.#describe(connection, signal.sdp, signal.type)
      else this.#candidate(connection, signal.candidate)
    } catch (error) {
      this.#refused(error)
    }
  }

  #describe(connection: PeerConnection, sdp: string, type: 'offer' | 'answer'): void {
    if (type === 'offer') {
      this.#offer = sdp
      this.#stopWaiting = this.#options.platform.after(LOOK_MS, () => this.#answer(connection, this.#early ?? []))
    } else {
      connection.setRemoteDescription(sdp, type)
      this.#addEarly(connection)
    }
  }

  /** `from`: candidates of the other side. */
  #answer(connection: PeerConnection, from: readonly { readonly candidate: string }[]): void {
    const offer = this.#offer
    this.#offer = null
    this.#stopWaiting()
    if (offer === null) return
    const isHere = from.length > 0 && from.every(isOfThisMachine)
    try {
      connection.setRemoteDescription(isHere ? offer : asDtlsClient(offer), 'offer')
      connection.setLocalDescription('answer')
    } catch (error) {
      this.#refused(error)
      return
    }
    if (isHere) this.#stopWaiting = this.#options.platform.after(HEAD_START_MS, () => this.#addEarly(connection))
    else this.#addEarly(connection)
  }

  #addEarly(connection: PeerConnection): void {
    const early = this.#early ?? []
    this.#early = null
    for (const { candidate, mid } of early) this.#add(connection, candidate, mid)
  }

  #add(connection: PeerConnection, candidate: string, mid: string): void {
    try {
      connection.addRemoteCandidate(candidate, mid)
    } catch (error) {
      this.#refused(error)
    }
  }

  /** libdatachannel's own parser refuses it. */
  #refused(error: unknown): void {
    this.#signals.rejected++
    this.#lastError = String(error)
  }

  #candidate(connection: PeerConnection, { candidate, sdpMid }: RTCIceCandidateInit & { candidate: string }): void {
    // There is one section, and Chromium calls it 0.
    const mid = sdpMid ?? '0'
    if (!this.#early) return this.#add(connection, candidate, mid)
    this.#early.push({ candidate, mid })
    // One that is not of this machine says it all.
    if (this.#offer !== null && !isOfThisMachine({ candidate })) this.#answer(connection, this.#early)
  }

  #listen(connection: PeerConnection): void {
    connection.onLocalDescription((sdp, type) => this.#send({ type, sdp }))
    connection.onLocalCandidate((line, sdpMid) => {
      // libdatachannel gives a line of SDP; browsers want it without the "a=".
      const candidate = line.replace(/^a=/, '')
      this.#send({ type: 'candidate', candidate: { candidate, sdpMid, sdpMLineIndex: 0 } })
    })
    connection.onStateChange((state) => {
      if (state === 'failed' || state === 'closed') this.pipe.fail()
    })
    // Only a peer of another make opens channels in-band.
    connection.onDataChannel((channel) => {
      channel.close()
      this.pipe.refuse()
    })
  }

  #send(signal: object): void {
    // Callbacks come from libdatachannel's thread, and may arrive after the attempt has ended.
    if (!this.#connection) return
    const text = JSON.stringify(signal)
    this.#signals.sends(text)
    this.#options.sendSignal(text)
  }

  #explain(what = this.#lastError || 'the other side closed the connection'): string {
    return this.#signals.explain(what, this.#options.iceServers, this.#connection?.iceState())
  }

  #release(): void {
    this.#stopWaiting()
    const connection = this.#connection
    if (connection) this.#lastIce = connection.iceState()
    this.#connection = null
    connection?.close()
  }
}

/** What STUN and TURN servers see stands behind the addresses of a machine, and says nothing of it. */
function isOfThisMachine({ candidate }: { readonly candidate: string }): boolean {
  const { type, address } = readCandidateLine(candidate) ?? {}
  return type !== 'host' || isOwnAddress(address ?? '')
}

/** By the pair of candidates that ICE chose. */
function routeOf(connection: PeerConnection): 'direct' | 'turn' | null {
  const pair = connection.getSelectedCandidatePair()
  if (!pair) return null
  return [pair.local, pair.remote].some(({ type }) => type === 'relay') ? 'turn' : 'direct'
}

/**
 * The offer as one whose side begins the DTLS handshake. Left to choose, libdatachannel begins as soon as it has answered. Without a head start
 * of the other side that is before it can hear it, and comes again a second later (RFC 6347, 4.2.4.1): 1,020 ms in place of 60 measured.
 */
function asDtlsClient(offer: string): string {
  return offer.replace(/^a=setup:actpass/m, 'a=setup:active')
}

function openChannels(connection: PeerConnection): Record<Lane, DataChannel> {
  const open = (lane: Lane): DataChannel => {
    const { ordered, maxRetransmits, negotiated, id } = CHANNEL_SETTINGS[lane]
    return connection.createDataChannel(lane, {
      ...(negotiated !== undefined && { negotiated }),
      ...(id !== undefined && { id }),
      unordered: ordered === false,
      ...(maxRetransmits != null && { maxRetransmits }),
    })
  }
  return { state: open('state'), bulk: open('bulk') }
}

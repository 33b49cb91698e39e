/**
 * The option `transport.peerConnection` of a simulated lobby: pages connect over a {@link SimulatedNetwork}, in virtual
 * time. Its signals are texts that go through signalling like those of WebRTC: an offer, then an answer. Then each side
 * knocks until a packet has passed there and back, so a cut or lossy network delays or prevents the opening.
 */
import type { Cancel } from '../../platform/platform.ts'
import type { ConnectPeer, PeerAttempt, PeerConnectionOptions } from '../peer-connection.ts'
import type { SimulatedNetwork } from '../simulated.ts'
import { bothWays, type NetworkConditions } from './conditions.ts'
import type { SimulatedEnd, WayAhead } from './pipe.ts'

/** ICE sends its checks anew after about so long when no answer comes (RFC 8445, 14.3: at least 500 ms). */
const KNOCK_MS = 500

/** The two directions of one simulated connection. */
export interface SimulatedConnection {
  /** From the guest, who offers, to the host. */
  readonly toHost: WayAhead
  readonly toGuest: WayAhead
}

export interface SimulatedPeersOptions {
  /** Between who offers (a guest) and who answers (the host). Called for each connection. Default: a perfect network. */
  readonly conditions?: () => NetworkConditions
  /** Hears of each connection when it is answered, so that a test can cut it or change its conditions. */
  readonly connected?: (connection: SimulatedConnection) => void
}

/** Makes connections between all pages that are given it: one function for a whole simulated network. */
export function simulatedPeers(network: SimulatedNetwork, options: SimulatedPeersOptions = {}): ConnectPeer {
  /** Offers that wait for an answer, by the number in their text. */
  const offers = new Map<string, SimulatedAttempt>()
  let made = 0

  return (peer) => {
    if (peer.offer === null) {
      const text = `offer ${++made}`
      const { toHost, toGuest, route } = bothWays(options.conditions?.() ?? {})
      const ends = route === 'relay' ? network.relayPipes(toHost, toGuest) : network.pipes(toHost, toGuest)
      const [pipe, otherPipe] = ends
      const attempt = new SimulatedAttempt(network, peer, pipe, otherPipe)
      offers.set(text, attempt)
      network.at(network.now, () => peer.sendSignal(text))
      return attempt
    }
    const offering = offers.get(peer.offer)
    if (!offering) return null
    offers.delete(peer.offer)
    const answer = new SimulatedAttempt(network, peer, offering.otherPipe, offering.pipe)
    network.at(network.now, () => peer.sendSignal(`answer${peer.offer?.slice('offer'.length)}`))
    options.connected?.({ toHost: offering.pipe, toGuest: answer.pipe })
    return answer
  }
}

class SimulatedAttempt implements PeerAttempt {
  rejectedSignals = 0
  readonly pipe: SimulatedEnd
  readonly otherPipe: SimulatedEnd
  readonly #network: SimulatedNetwork
  readonly #offers: boolean
  #answered = false
  readonly #stopTimer: Cancel

  constructor(
    network: SimulatedNetwork,
    { offer, timeoutMs, platform }: PeerConnectionOptions,
    pipe: SimulatedEnd,
    otherPipe: SimulatedEnd,
  ) {
    this.#network = network
    this.#offers = offer === null
    this.pipe = pipe
    this.otherPipe = otherPipe
    this.#stopTimer = platform.after(timeoutMs, () => {
      if (!pipe.open) pipe.fail(`nothing within ${Math.round(timeoutMs)} ms`)
    })
  }

  signal(text: string): void {
    if (!this.#offers || this.#answered || !/^answer \d+$/.test(text)) {
      this.rejectedSignals++
      return
    }
    this.#answered = true
    this.#knock()
  }

  /** A packet there opens the other end, its echo opens this one. What is lost is sent again. */
  #knock(): void {
    const { pipe, otherPipe } = this
    if (pipe.closed || pipe.open) {
      this.#stopTimer()
      return
    }
    const network = this.#network
    const there = pipe.knock()
    if (there !== null)
      network.at(there, () => {
        otherPipe.opens()
        const back = otherPipe.knock()
        if (back !== null) network.at(back, () => pipe.opens())
      })
    network.at(network.now + KNOCK_MS, () => this.#knock())
  }
}

/**
 * One end of a simulated SCTP association: what Chromium does between `send` and the network. It is here because that,
 * not the network, is what makes messages late: `maxRetransmits: 0` gives up what is lost, never what still waits.
 *
 * Modelled: one congestion window for both lanes, delayed and selective acknowledgements which are lost like anything
 * else, packets that carry several small messages, messages cut into parts, retransmission, giving up. Not modelled: the
 * receiver's window, heartbeats of SCTP itself, the time that threads take.
 */
import type { Lane } from '../../wire/lanes.ts'
import type { Path } from './path.ts'
import { FORWARD_BYTES, type Message, PACKET_ROOM, type Packet, payloadBytes, sackBytes } from './sctp-packet.ts'
import { SctpReceiver } from './sctp-receiver.ts'
import { SctpSender } from './sctp-sender.ts'
import { RetransmissionTimeout, type TimeLine } from './sctp-timeout.ts'

/** Packets that one occasion may send; the next acknowledgement brings the next occasion. */
const MAX_BURST = 4

export class SctpAssociation {
  /** The other end's, once there is one. */
  peer: SctpAssociation = this
  readonly #time: TimeLine
  readonly #path: Path
  readonly #deliver: (message: Message) => void
  readonly #drained: () => void
  readonly #sender: SctpSender
  readonly #receiver: SctpReceiver
  readonly #sent: Record<Lane, number> = { state: 0, bulk: 0 }
  #open = true

  /** `drained` is called when less may wait than before. */
  constructor(time: TimeLine, path: Path, deliver: (message: Message) => void, drained: () => void) {
    this.#time = time
    this.#path = path
    this.#deliver = deliver
    this.#drained = drained
    const timeout = new RetransmissionTimeout()
    this.#sender = new SctpSender(time, timeout, () => this.#flush())
    this.#receiver = new SctpReceiver(
      time,
      () => timeout.ms,
      () => this.#acknowledge(),
    )
  }

  /** Bytes of a lane that are accepted and, as far as the page has been told, not yet on their way. */
  bufferedAmount(lane: Lane): number {
    return this.#sender.bufferedAmount(lane)
  }

  send(lane: Lane, bytes: Uint8Array, isText = false): void {
    this.#sender.queue({ lane, order: this.#sent[lane]++, bytes, isText })
    this.#flush()
  }

  /** Nothing is sent, heard or waited for any more. */
  stop(): void {
    this.#open = false
    this.#sender.stop()
  }

  #receive(packet: Packet): void {
    if (!this.#open) return
    if (packet.sack) {
      this.#sender.acknowledged(packet.sack)
      const fast = this.#sender.fastChunks(PACKET_ROOM)
      if (fast.length > 0) this.#transmit({ sack: null, forwardTo: null, chunks: fast, immediate: false })
      this.#flush()
    }
    const complete = this.#receiver.receive(packet)
    this.#acknowledge()
    for (const message of complete) if (this.#open) this.#deliver(message)
  }

  #acknowledge(): void {
    const sack = this.#open ? this.#receiver.takeSack(false) : null
    if (sack) this.#transmit({ sack, forwardTo: null, chunks: [], immediate: false })
  }

  /** Sends what the window allows. */
  #flush(): void {
    if (!this.#open) return
    for (let burst = 0; burst < MAX_BURST; burst++) {
      const sack = burst === 0 ? this.#receiver.takeSack(true) : null
      const forwardTo = burst === 0 ? this.#sender.forwardTo() : null
      const control = (sack ? sackBytes(sack) : 0) + (forwardTo === null ? 0 : FORWARD_BYTES)
      const chunks = this.#sender.nextChunks(PACKET_ROOM - control)
      if (!sack && forwardTo === null && chunks.length === 0) break
      this.#transmit({ sack, forwardTo, chunks, immediate: this.#sender.wantsImmediateAck })
    }
    this.#drained()
  }

  #transmit(packet: Packet): void {
    const [first, copy] = this.#path.arrivals(this.#time.now, payloadBytes(packet))
    const { peer } = this
    if (first !== undefined) this.#time.at(first, () => peer.#receive(packet))
    if (copy !== undefined) this.#time.at(copy, () => peer.#hearCopy(packet))
  }

  /** SCTP knows a packet that came twice; a reader of the state lane has to know it too, so here it gets the copy. */
  #hearCopy({ chunks }: Packet): void {
    for (const { message, length } of chunks)
      if (this.#open && message.lane === 'state' && length === message.bytes.length)
        this.#deliver({ ...message, bytes: message.bytes.slice() })
  }
}

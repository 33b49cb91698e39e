/**
 * The head start of the side that offers, over a double of node-datachannel that is interrupted where it hurts most: when an answer was
 * given to ICE, and its fingerprint was not kept yet. A real one is, on a busy machine, in one of some dozens of connections.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nativePeers } from '../../../net/node/native-peer.ts'
import { isOwnAddress } from '../../../net/node/own-address.ts'
import type { Platform } from '../../../net/platform/platform.ts'
import { VirtualTime } from '../../../net/platform/virtual-time.ts'

const OWN = '127.0.0.1'
const FAR = '203.0.113.9'
const SDP = 'v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=setup:actpass\r\n'
/** From one end to the other through signalling, ms. */
const SIGNAL_MS = 5

const { library } = vi.hoisted(() => ({ library: { PeerConnection: null as unknown } }))
vi.mock('node-datachannel', () => library)

let time: VirtualTime
/** The offering end, then the answering one. */
let ends: DoubledPeer[]
/** When an end was given an address to check. */
let checks: number[]
/** Where both ends are found. */
let address: string
/** Descriptions of the other side that were taken. */
let described: string[]

class DoubledPeer {
  #hasRemote = false
  #wasChecked = false
  #tellDescription = (_sdp: string, _type: string): void => {}
  #tellCandidate = (_line: string, _mid: string): void => {}
  #tellState = (_state: string): void => {}
  readonly #tellOpen: (() => void)[] = []
  isOpen = false

  constructor() {
    ends.push(this)
  }

  onLocalDescription(tell: (sdp: string, type: string) => void): void {
    this.#tellDescription = tell
  }

  onLocalCandidate(tell: (line: string, mid: string) => void): void {
    this.#tellCandidate = tell
  }

  onStateChange(tell: (state: string) => void): void {
    this.#tellState = tell
  }

  onDataChannel(): void {}

  createDataChannel(): object {
    let isOpen = false
    return {
      isOpen: () => isOpen,
      bufferedAmount: () => 0,
      setBufferedAmountLowThreshold() {},
      onMessage() {},
      onBufferedAmountLow() {},
      onClosed() {},
      onOpen: (tell: () => void) =>
        this.#tellOpen.push(() => {
          isOpen = true
          tell()
        }),
      close() {},
    }
  }

  iceState(): string {
    return 'checking'
  }

  getSelectedCandidatePair(): null {
    return null
  }

  close(): void {}

  setLocalDescription(type: string): void {
    this.#tellDescription(SDP, type)
    this.#tellCandidate(`a=candidate:1 1 UDP 1 ${address} 9 typ host`, '0')
  }

  /** Whose check is there already connects within this call, before the fingerprint is kept. */
  setRemoteDescription(sdp: string, type: string): void {
    described.push(sdp)
    if (type === 'answer' && this.#wasChecked) this.#tellState('failed')
    else this.#hasRemote = true
  }

  addRemoteCandidate(): void {
    checks.push(time.now)
    const other = ends.find((end) => end !== this)
    other?.hearCheck()
  }

  hearCheck(): void {
    this.#wasChecked = true
    if (!this.#hasRemote || this.isOpen) return
    for (const end of ends) {
      end.isOpen = true
      for (const tell of end.#tellOpen) tell()
    }
  }
}
library.PeerConnection = DoubledPeer

/** Both ends of one attempt, and what became of the offering one. */
async function connected() {
  const connect = await nativePeers()
  const platform = { after: (ms: number, run: () => void) => after(ms, run) } as unknown as Platform
  const common = { iceServers: [], timeoutMs: 10_000, platform }
  let answering: ReturnType<typeof connect> = null
  const offering = connect({
    ...common,
    offer: null,
    sendSignal: (text) =>
      time.at(time.now + SIGNAL_MS, () => {
        if (answering) return answering.signal(text)
        const sendSignal = (answer: string): void => time.at(time.now + SIGNAL_MS, () => offering?.signal(answer))
        answering = connect({ ...common, offer: text, sendSignal })
      }),
  })
  const ended: string[] = []
  offering?.pipe.attach({
    opened: () => ended.push('opened'),
    failed: () => ended.push('failed'),
    frame() {},
    refused() {},
    drained() {},
  })
  return { ended, answering: () => answering }
}

function after(ms: number, run: () => void): () => void {
  let isOff = false
  time.at(time.now + ms, () => isOff || run())
  return () => {
    isOff = true
  }
}

beforeEach(() => {
  time = new VirtualTime()
  ends = []
  checks = []
  described = []
  address = OWN
})

describe('the side that offers, in Node', () => {
  it('has a head start on one machine: no check is there while its answer is half taken in', async () => {
    const { ended } = await connected()
    time.advanceTo(1000)
    expect(ended).toEqual(['opened'])
    // The answering side is connected last, and begins the handshake.
    expect(described[0]).toContain('a=setup:actpass')
  })

  it('has none from afar, where a handshake takes longer than that moment and the delay would cost a second', async () => {
    address = FAR
    await connected()
    time.advanceTo(SIGNAL_MS)
    expect(checks).toEqual([SIGNAL_MS])
    expect(described).toEqual([SDP.replace('actpass', 'active')])
  })

  it('is checked no more by an end that has given up meanwhile', async () => {
    const { answering } = await connected()
    // The answer is on its way.
    while (described.length === 0) time.advanceTo(time.now + 1)
    answering()?.pipe.close()
    const answeredAt = time.now
    time.advanceTo(1000)
    // Only by the offering end, which the answer tells where to.
    expect(checks).toEqual([answeredAt + SIGNAL_MS])
  })
})

describe('an address of this machine', () => {
  it.each([
    [OWN, true],
    [FAR, false],
    ['a1b2c3d4-0000-4000-8000-000000000000.local', false],
    ['', false],
  ])('%s: %s', (given, own) => {
    expect(isOwnAddress(given)).toBe(own)
  })
})

/** Connections of Node processes: two ends in this process, over its own loopback. */
import { afterEach, describe, expect, it } from 'vitest'
import { nativeIceServers, nativePeers } from '../../../net/node/native-peer.ts'
import { thisPage } from '../../../net/platform/platform.ts'
import { LaneLink } from '../../../net/transport/lane-link.ts'
import type { PeerAttempt } from '../../../net/transport/peer-connection.ts'

// Found without a network: an address of the machine would come and go with its interfaces.
const connect = await nativePeers({ bindAddress: '127.0.0.1' })
const links: LaneLink[] = []

afterEach(() => {
  for (const link of links.splice(0)) link.closeAtOnce()
})

interface End {
  readonly attempt: PeerAttempt
  readonly link: LaneLink
  /** Messages as `lane bytes`, then the reason of the end. */
  readonly heard: string[]
}

function endOver(attempt: PeerAttempt): End {
  const heard: string[] = []
  // What ends it is told once by either: before it is open, by `ended` alone.
  const link = new LaneLink(attempt.pipe, { ended: (reason, detail) => heard.push(`${reason} ${detail}`.trim()) })
  link.listen({ message: (lane, bytes) => heard.push(`${lane} ${bytes.byteLength}`), closed: () => {} })
  links.push(link)
  return { attempt, link, heard }
}

/** Both ends of one connection; `change` sees every text on its way and may replace it. */
async function pair(change: (text: string, from: 'offering' | 'answering') => readonly string[] = (text) => [text]) {
  const common = { iceServers: [], timeoutMs: 20_000, platform: thisPage }
  let offering: End | null = null
  let answering: End | null = null
  const signalsOf = { offering: [] as string[], answering: [] as string[] }
  const first = connect({
    ...common,
    offer: null,
    sendSignal(text) {
      signalsOf.offering.push(text)
      if (answering) {
        for (const sent of change(text, 'offering')) answering.attempt.signal(sent)
        return
      }
      const attempt = connect({
        ...common,
        offer: text,
        sendSignal(answer) {
          signalsOf.answering.push(answer)
          for (const sent of change(answer, 'answering')) offering?.attempt.signal(sent)
        },
      })
      answering = attempt && endOver(attempt)
    },
  })
  offering = endOver(first!)
  await expect.poll(() => offering!.link.open && answering?.link.open, { timeout: 20_000 }).toBe(true)
  return { offering: offering!, answering: answering!, signalsOf }
}

describe('a connection in Node', () => {
  it('carries both lanes both ways, a large message whole, and a goodbye with its reason', async () => {
    const { offering, answering } = await pair()
    offering.link.send('state', new Uint8Array(500))
    offering.link.send('bulk', new Uint8Array(1_000_000))
    answering.link.send('bulk', new Uint8Array(3))
    await expect
      .poll(() => [offering.heard, answering.heard], { timeout: 20_000 })
      .toEqual([['bulk 3'], expect.arrayContaining(['bulk 1000000'])])
    expect(offering.link.describe()).toMatchObject({ kind: 'webrtc' })
    answering.link.close('kicked')
    await expect.poll(() => offering.heard.at(-1), { timeout: 20_000 }).toBe('kicked')
    expect([offering.attempt.rejectedSignals, answering.attempt.rejectedSignals]).toEqual([0, 0])
  })

  it('sends candidates as browsers read them', async () => {
    const { signalsOf } = await pair()
    for (const texts of [signalsOf.offering, signalsOf.answering]) {
      const candidates = texts
        .map((text) => JSON.parse(text) as { candidate?: { candidate: string } })
        .flatMap(({ candidate = [] }) => candidate)
      expect(candidates.length).toBeGreaterThan(0)
      for (const { candidate } of candidates as { candidate: string }[])
        expect(candidate).toMatch(/^candidate:\d+ 1 UDP /i)
    }
  })

  it('lets the answering side, which is connected last on one machine, begin the handshake: no second is lost on a repetition', async () => {
    const { signalsOf } = await pair()
    expect(signalsOf.answering.join()).toContain('a=setup:active')
  })

  it('drops and counts what is no signal, a second description, and candidates without end', async () => {
    let hostile = true
    const { offering, answering } = await pair((text, from) => {
      // Towards the side that offers, garbage that looks like an answer would be taken as the answer.
      if (!hostile || from === 'answering') return [text]
      hostile = false
      const garbage = [
        '',
        '{',
        '[]',
        '{"type":"offer"}',
        '{"type":"answer","sdp":"m=application 9 x"}',
        'x'.repeat(20_000),
      ]
      return [...garbage, text]
    })
    expect(offering.attempt.rejectedSignals + answering.attempt.rejectedSignals).toBeGreaterThan(4)
    const before = answering.attempt.rejectedSignals
    const line = { candidate: 'candidate:1 1 UDP 1 203.0.113.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 }
    for (let i = 0; i < 100; i++) answering.attempt.signal(JSON.stringify({ type: 'candidate', candidate: line }))
    answering.attempt.signal(
      JSON.stringify({ type: 'offer', sdp: 'v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n' }),
    )
    expect(answering.attempt.rejectedSignals - before).toBeGreaterThan(30)
    expect([offering.link.open, answering.link.open]).toEqual([true, true])
  })

  it('makes nothing of what is no offer', () => {
    const options = { iceServers: [], timeoutMs: 1000, platform: thisPage, sendSignal: () => {} }
    for (const offer of [
      '',
      'nonsense',
      '{"type":"answer","sdp":"m=application 9 x"}',
      '{"type":"offer","sdp":"m=audio 9 x"}',
    ])
      expect(connect({ ...options, offer })).toBeNull()
  })

  it('that a broken offer asks for fails with what was tried, and throws nothing', async () => {
    const offer = JSON.stringify({ type: 'offer', sdp: 'v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n' })
    const attempt = connect({ iceServers: [], timeoutMs: 50, platform: thisPage, sendSignal: () => {}, offer })
    const { heard } = endOver(attempt!)
    await expect.poll(() => attempt!.rejectedSignals, { timeout: 20_000 }).toBe(1)
    await expect
      .poll(() => heard, { timeout: 20_000 })
      .toEqual([expect.stringMatching(/^lost .+; candidates here: none; there: none; TURN offered: no; ICE: /)])
  })
})

it('refuses ports that are none, before anything is opened', async () => {
  for (const ports of [
    [80, 90],
    [50_000, 40_000],
    [50_000, 70_000],
    [1.5, 2],
  ] as const)
    await expect(nativePeers({ ports })).rejects.toThrow(/ports are two whole numbers from 1024 to 65535/)
})

it('takes the ICE servers of pages, each address of each, with its way and its secret', () => {
  const secret = { username: 'ann', credential: 's3cret' }
  expect(
    nativeIceServers([
      { urls: 'stun:stun.example:3478' },
      {
        urls: ['turn:turn.example:3479', 'turn:turn.example?transport=tcp', 'turns:[2001:db8::1]:443?transport=tcp'],
        ...secret,
      },
      { urls: 'turn:10.0.0.1?transport=udp' },
      { urls: ['http://not.example', 'turn:'] },
    ]),
  ).toEqual([
    'stun:stun.example:3478',
    { hostname: 'turn.example', port: 3479, username: 'ann', password: 's3cret', relayType: 'TurnUdp' },
    { hostname: 'turn.example', port: 3478, username: 'ann', password: 's3cret', relayType: 'TurnTcp' },
    { hostname: '2001:db8::1', port: 443, username: 'ann', password: 's3cret', relayType: 'TurnTls' },
    { hostname: '10.0.0.1', port: 3478, relayType: 'TurnUdp' },
  ])
})

/** The star without WebRTC and in virtual time: connections are in the test's hand. Real ones: test/browser/star.test.ts. */
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { StarwireError } from '../../../net/errors/starwire-error.ts'
import { VirtualPage } from '../../../net/platform/virtual-page.ts'
import { VirtualTime } from '../../../net/platform/virtual-time.ts'
import type { HostSignalHandlers, Signaling } from '../../../net/signaling/signals.ts'
import { JOIN_DEADLINE_MS } from '../../../net/star/attempt.ts'
import { type HostStarOptions, hostStar } from '../../../net/star/host-star.ts'
import { type JoinStarOptions, joinStar } from '../../../net/star/join-star.ts'
import { relayCode } from '../../../net/star/routes.ts'
import { readFrame } from '../../../net/transport/frames.ts'
import { LINGER_MS } from '../../../net/transport/lane-link.ts'
import type { LinkCloseReason } from '../../../net/transport/link.ts'
import type { ConnectPeer, PeerConnectionOptions } from '../../../net/transport/peer-connection.ts'
import type { Pipe, PipeEvents } from '../../../net/transport/pipe.ts'
import { readSignal } from '../../../net/transport/signal-text.ts'
import type { Reason } from '../../../net/wire/reasons.ts'
import { deliverAll as deliverStreams, testStreams } from '../transport/relay/test-stream.ts'

/** A connection that opens and fails when the test says so. */
interface FakeAttempt extends PeerConnectionOptions {
  /** After the offer. */
  readonly signals: string[]
  /** Given up before it was open. */
  cancelled: boolean
  readonly goodbyes: LinkCloseReason[]
  opens(): void
  failed(detail: string): void
}
const attempts: FakeAttempt[] = []
let time: VirtualTime
let page: VirtualPage

const peerConnection: ConnectPeer = (options) => {
  if (options.offer !== null && readSignal(options.offer)?.kind !== 'description') return null
  let state: 'opening' | 'open' | 'closed' = 'opening'
  let events: PipeEvents | null = null
  const attempt: FakeAttempt = {
    ...options,
    signals: [],
    cancelled: false,
    goodbyes: [],
    opens() {
      state = 'open'
      events?.opened()
    },
    failed: (detail) => events?.failed(detail),
  }
  const pipe: Pipe = {
    get open() {
      return state === 'open'
    },
    attach(given) {
      events = given
    },
    send(lane, data) {
      const frame = typeof data === 'string' ? readFrame(lane, data) : null
      if (frame?.kind === 'goodbye') attempt.goodbyes.push(frame.reason)
      return 'sent'
    },
    waiting: () => 0,
    close() {
      attempt.cancelled ||= state === 'opening'
      state = 'closed'
    },
    describe: () => ({ kind: 'simulated' }),
  }
  attempts.push(attempt)
  return { pipe, rejectedSignals: 0, signal: (text) => void attempt.signals.push(text) }
}

const offer = JSON.stringify({ type: 'offer', sdp: 'v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n' })
const candidate = JSON.stringify({ type: 'candidate', candidate: { candidate: 'candidate:1 typ host', sdpMid: '0' } })

beforeAll(async () => {
  await relayCode()
})
beforeEach(() => {
  time = new VirtualTime()
  page = new VirtualPage(time, 1)
  attempts.length = 0
})
afterEach(async () => {
  // A goodbye that nobody answers.
  await time.runTo(time.now + LINGER_MS + 1)
  expect(page.pending).toEqual({ timers: 0, clocks: 0, listeners: 0 })
  vi.unstubAllGlobals()
})

/** What each side of these stars runs on. */
const ground = () => ({ platform: page, transport: { peerConnection } })

async function setUpHost(options: HostStarOptions = {}) {
  let handlers: HostSignalHandlers | undefined
  const closed = vi.fn()
  const signaling: Signaling = {
    host: async (given) => {
      handlers = given
      return { code: 'K7QX2', iceServers: [{ urls: 'stun:stun.test' }], signal: () => {}, close: closed }
    },
    guest: () => Promise.reject(new Error('not here')),
  }
  const log: string[] = []
  const star = await hostStar(signaling, {
    ...ground(),
    onPeer: ({ id, info }) => log.push(`+${id} ${info}`),
    onPeerGone: ({ id }, reason) => log.push(`-${id} ${reason}`),
    ...options,
  })
  if (!handlers) throw new Error('signalling was not asked')
  const { join, signal, gone } = handlers
  /** A guest that gets as far as its offer. */
  const offers = (peer: string, epoch = 1): FakeAttempt => {
    expect(join({ peer, epoch }, `info of ${peer}`)).toBeNull()
    signal({ peer, epoch }, offer)
    return attempts.at(-1)!
  }
  return { star, log, join, signal, gone, offers, closed }
}

describe('the host of a star', () => {
  it('admits a guest, sets up a connection for its offer only, and has a peer once that is open', async () => {
    const { star, log, join, signal } = await setUpHost()
    const attempt = { peer: 'a', epoch: 1 }
    expect(join(attempt, 'Ann')).toBeNull()
    signal(attempt, 'junk')
    signal(attempt, candidate)
    expect(attempts).toHaveLength(0)
    signal(attempt, offer)
    signal(attempt, candidate)
    expect(attempts[0]).toMatchObject({ offer, iceServers: [{ urls: 'stun:stun.test' }] })
    expect(attempts[0]?.signals).toEqual([candidate])
    expect([star.connecting, star.peers.size, star.rejectedSignals]).toEqual([1, 0, 2])
    attempts[0]?.opens()
    expect([star.connecting, star.peers.size]).toEqual([0, 1])
    expect(log).toEqual(['+a Ann'])
    star.close()
  })

  it('hands out the ICE servers of signalling, or those that it was given', async () => {
    const own = [{ urls: 'stun:own.test' }]
    const [first, second] = [await setUpHost(), await setUpHost({ iceServers: own })]
    expect([first.star.iceServers, second.star.iceServers]).toEqual([[{ urls: 'stun:stun.test' }], own])
    first.star.close()
    second.star.close()
  })

  it('refuses with the reason of accept, before anything is set up', async () => {
    const { star, join } = await setUpHost({ accept: (info) => (info === 'mallory' ? 'banned' : null) })
    expect(join({ peer: 'm', epoch: 1 }, 'mallory')).toBe('banned')
    expect(star.connecting).toBe(0)
    star.close()
  })

  it('refuses a guest when accept fails, and shows the error', async () => {
    const errors: unknown[] = []
    vi.stubGlobal('reportError', (error: unknown) => errors.push(error))
    const { star, join } = await setUpHost({
      accept: () => {
        throw new Error('a bug of the game')
      },
    })
    expect(join({ peer: 'a', epoch: 1 }, '')).toBe('rules-failed')
    expect(errors).toEqual([new Error('a bug of the game')])
    star.close()
  })

  it('counts those on their way as seats, so a rush never overfills it', async () => {
    const { star, join, offers } = await setUpHost({ maxPeers: 2 })
    offers('a').opens()
    offers('b')
    expect(join({ peer: 'c', epoch: 1 }, '')).toBe('full')
    attempts[1]?.failed('no route')
    expect(join({ peer: 'c', epoch: 1 }, '')).toBeNull()
    star.close()
  })

  it('has a seat for an honest guest though thirty that asked to join make no offer, and forgets those after 5 s', async () => {
    const { star, join, offers } = await setUpHost({ maxPeers: 2 })
    for (let i = 0; i < 30; i++) expect(join({ peer: `half ${i}`, epoch: 1 }, '')).toBeNull()
    offers('a').opens()
    expect(star.connecting).toBe(30)
    time.advanceTo(time.now + 5000)
    expect(star.connecting).toBe(0)
    star.close()
  })

  it('remembers a bounded number of those who make no offer, and forgets the oldest first', async () => {
    const { star, join, offers, signal } = await setUpHost({ maxPeers: 2 })
    for (let i = 0; i < 500; i++) join({ peer: `half ${i}`, epoch: 1 }, '')
    expect(star.connecting).toBe(128)
    signal({ peer: 'half 0', epoch: 1 }, offer)
    expect([attempts.length, star.rejectedSignals]).toEqual([0, 1])
    offers('a').opens()
    star.close()
  })

  it('lets an offer that gets nowhere for 2 s give its seat to who comes when there is no other', async () => {
    const { star, join, offers } = await setUpHost({ maxPeers: 2 })
    const [fake, slow] = [offers('fake'), offers('slow')]
    expect(join({ peer: 'b', epoch: 1 }, '')).toBe('full')
    time.advanceTo(time.now + 2000)
    const honest = offers('b')
    expect([fake.cancelled, slow.cancelled, honest.cancelled]).toEqual([true, false, false])
    honest.opens()
    slow.opens()
    expect(star.peers.size).toBe(2)
    expect(join({ peer: 'c', epoch: 1 }, '')).toBe('full')
    star.close()
  })

  it('seats who offers first when more were let in at once than there are seats', async () => {
    const { star, join, signal } = await setUpHost({ maxPeers: 1 })
    for (const peer of ['a', 'b']) expect(join({ peer, epoch: 1 }, '')).toBeNull()
    for (const peer of ['b', 'a']) signal({ peer, epoch: 1 }, offer)
    expect([attempts.length, star.connecting]).toEqual([1, 1])
    attempts[0]?.opens()
    expect([...star.peers.keys()]).toEqual(['b'])
    star.close()
  })

  it('drops and counts signals of a stale attempt', async () => {
    const { star, signal, offers } = await setUpHost()
    offers('a', 1)
    const second = offers('a', 2)
    expect(attempts[0]?.cancelled).toBe(true)
    signal({ peer: 'a', epoch: 1 }, candidate)
    signal({ peer: 'nobody', epoch: 1 }, offer)
    expect(second.signals).toEqual([])
    expect(star.rejectedSignals).toBe(2)
    expect(attempts).toHaveLength(2)
    star.close()
  })

  it('keeps the old link of a guest until its new one is open', async () => {
    const { star, log, offers } = await setUpHost({ maxPeers: 1 })
    offers('a', 1).opens()
    const again = offers('a', 2)
    expect(log).toEqual(['+a info of a'])
    again.opens()
    expect(log).toEqual(['+a info of a', '-a left', '+a info of a'])
    expect(star.peers.size).toBe(1)
    expect(attempts[0]?.goodbyes).toEqual(['left'])
    star.close()
  })

  it('lets a guest leave signalling once connected, and finish connecting if it is almost there', async () => {
    const { star, gone, offers } = await setUpHost()
    const here = offers('a')
    here.opens()
    gone({ peer: 'a', epoch: 1 })
    expect(star.peers.size).toBe(1)
    const almost = offers('b')
    gone({ peer: 'b', epoch: 1 })
    time.advanceTo(time.now + 2000)
    almost.opens()
    expect(star.peers.size).toBe(2)
    const never = offers('c')
    gone({ peer: 'c', epoch: 1 })
    time.advanceTo(time.now + 3000)
    expect(never.cancelled).toBe(true)
    expect(star.connecting).toBe(0)
    star.close()
  })

  it('says goodbye to everybody, gives the code back, and admits nobody any more', async () => {
    const { star, log, join, offers, closed } = await setUpHost()
    offers('a').opens()
    offers('b')
    star.close()
    star.close()
    expect(attempts[0]?.goodbyes).toEqual(['host-left'])
    expect(attempts[1]?.cancelled).toBe(true)
    expect(log.at(-1)).toBe('-a host-left')
    expect([star.peers.size, star.connecting]).toEqual([0, 0])
    expect(closed).toHaveBeenCalledTimes(1)
    expect(join({ peer: 'c', epoch: 1 }, '')).toBe('host-left')
  })

  it('takes a new code when its own is lost, keeps who is here, and lets go of who was on the way', async () => {
    const given: HostSignalHandlers[] = []
    const codes = ['K7QX2', 'D3FCN']
    const sent: string[] = []
    let down = false
    const signaling: Signaling = {
      host: async (handlers) => {
        if (down) throw new StarwireError('signaling-down')
        const code = codes[given.push(handlers) - 1] ?? ''
        return {
          code,
          iceServers: [],
          signal: ({ peer }) => sent.push(`${code} ${peer}`),
          close: () => sent.push(`${code} closed`),
        }
      },
      guest: () => Promise.reject(new Error('not here')),
    }
    const lost: Reason[] = []
    const star = await hostStar(signaling, { ...ground(), onLost: (reason) => lost.push(reason) })
    const arrives = (by: HostSignalHandlers | undefined, peer: string) => {
      expect(by?.join({ peer, epoch: 1 }, '')).toBeNull()
      by?.signal({ peer, epoch: 1 }, offer)
      return attempts.at(-1)!
    }
    arrives(given[0], 'here').opens()
    const onTheWay = arrives(given[0], 'way')
    expect(await star.renewCode()).toBe('K7QX2')
    given[0]?.lost('not-found')
    down = true
    await expect(star.renewCode()).rejects.toMatchObject({ reason: 'signaling-down' })
    down = false
    expect(await Promise.all([star.renewCode(), star.renewCode()])).toEqual(['D3FCN', 'D3FCN'])
    expect([star.code, given.length, lost, [...star.peers.keys()], onTheWay.cancelled]).toEqual([
      'D3FCN',
      2,
      ['not-found'],
      ['here'],
      true,
    ])
    arrives(given[1], 'new').opens()
    expect([...star.peers.keys()]).toEqual(['here', 'new'])
    star.close()
    expect(sent.at(-1)).toBe('D3FCN closed')
    await expect(star.renewCode()).rejects.toMatchObject({ reason: 'host-left' })
  })

  it('rejects with a typed reason when signalling is down, and throws for a wrong option', async () => {
    const down: Signaling = { host: () => Promise.reject(new Error('refused')), guest: () => Promise.reject() }
    await expect(hostStar(down, ground())).rejects.toMatchObject({ reason: 'signaling-down', detail: 'Error: refused' })
    await expect(hostStar(down, { ...ground(), maxPeers: 0 })).rejects.toThrow(RangeError)
  })
})

/** Signalling in the test's hand: it admits when told to. */
function setUpGuest(options: JoinStarOptions = {}) {
  const stages: string[] = []
  let admit = (): void => {}
  let refuse = (_: Reason): void => {}
  let hear = (_: string): void => {}
  let fail = (_: Reason): void => {}
  let contact = (): void => {}
  const closed = vi.fn()
  const signaling: Signaling = {
    host: () => Promise.reject(new Error('not here')),
    guest: (_code, _info, handlers, stage) =>
      new Promise((resolve, reject) => {
        stage('finding the lobby')
        contact = () => stage('contacting the host')
        hear = handlers.signal
        fail = (reason) => handlers.failed(reason, '')
        refuse = (reason) => reject(new StarwireError(reason))
        admit = () =>
          resolve({
            attempt: { peer: 'me', epoch: 1 },
            iceServers: [{ urls: 'stun:stun.test' }],
            signal: () => {},
            close: closed,
          })
      }),
  }
  const joined = joinStar(signaling, 'k7qx2', { ...ground(), onProgress: (stage) => stages.push(stage), ...options })
  const result = joined.then(
    () => 'joined',
    (error: StarwireError) => error.reason,
  )
  const settle = (): Promise<unknown> => time.runTo(time.now)
  return {
    joined,
    result,
    stages,
    closed,
    settle,
    contact: () => contact(),
    admit: async () => {
      admit()
      await settle()
      return attempts.at(-1)!
    },
    refuse: (reason: Reason) => refuse(reason),
    hear: (text: string) => hear(text),
    fail: (reason: Reason) => fail(reason),
  }
}

describe('a guest of a star', () => {
  it('goes through its stages, makes the offer, and lets go of signalling once it is connected', async () => {
    const { joined, stages, closed, settle, contact, admit } = setUpGuest()
    await settle()
    contact()
    const attempt = await admit()
    expect(attempt.offer).toBeNull()
    expect(closed).not.toHaveBeenCalled()
    attempt.opens()
    const star = await joined
    expect(stages).toEqual(['finding the lobby', 'contacting the host', 'connecting'])
    expect([star.code, star.id]).toEqual(['K7QX2', 'me'])
    expect(closed).toHaveBeenCalledTimes(1)
    star.close()
    expect(attempt.goodbyes).toEqual(['left'])
  })

  it('hands out what it was connected with, so that connections of its own, as for voice, find the same way', async () => {
    const { joined, settle, contact, admit } = setUpGuest()
    await settle()
    contact()
    const attempt = await admit()
    attempt.opens()
    const star = await joined
    expect([star.iceServers, attempt.iceServers]).toEqual(Array(2).fill([{ urls: 'stun:stun.test' }]))
    star.close()
  })

  it('passes on why it was refused', async () => {
    const { result, settle, refuse } = setUpGuest()
    await settle()
    refuse('locked')
    expect(await result).toBe('locked')
  })

  it('says which part was silent when the deadline passes', async () => {
    const nobody = setUpGuest()
    const noHost = setUpGuest({ deadlineMs: 2000 })
    await noHost.settle()
    noHost.contact()
    await time.runTo(time.now + 2000)
    expect(await noHost.result).toBe('host-silent')
    await time.runTo(time.now + 13_000)
    expect(await nobody.result).toBe('signaling-down')
    expect(await nobody.admit()).toBeUndefined()
    expect(nobody.closed).toHaveBeenCalledTimes(1)
  })

  it('gives the connection what is left of the deadline', async () => {
    const { admit, joined, settle } = setUpGuest()
    await settle()
    await time.runTo(time.now + 4000)
    const attempt = await admit()
    expect(attempt.timeoutMs).toBeCloseTo(JOIN_DEADLINE_MS - 4000, -1)
    attempt.opens()
    ;(await joined).close()
  })

  it('tells no route from a host that never answered', async () => {
    const silent = setUpGuest()
    await silent.settle()
    const unanswered = await silent.admit()
    unanswered.sendSignal(offer)
    unanswered.failed('nothing within 15000 ms')
    expect(await silent.result).toBe('host-silent')
    const blocked = setUpGuest()
    await blocked.settle()
    const attempt = await blocked.admit()
    attempt.sendSignal(offer)
    blocked.hear('{}')
    attempt.failed('ICE failed; TURN offered: no')
    await expect(blocked.joined).rejects.toMatchObject({ reason: 'no-route', detail: 'ICE failed; TURN offered: no' })
    expect(blocked.closed).toHaveBeenCalledTimes(1)
  })

  it('needs no signalling any more once the host has answered, but takes its refusals', async () => {
    const lucky = setUpGuest()
    await lucky.settle()
    const attempt = await lucky.admit()
    lucky.hear('{}')
    lucky.fail('signaling-down')
    attempt.opens()
    expect(await lucky.result).toBe('joined')
    ;(await lucky.joined).close()
    const kicked = setUpGuest()
    await kicked.settle()
    const other = await kicked.admit()
    kicked.hear('{}')
    kicked.fail('kicked')
    expect(await kicked.result).toBe('kicked')
    expect(other.cancelled).toBe(true)
  })
})

describe('a page that goes away', () => {
  it('says goodbye for the host', async () => {
    const gone = vi.fn()
    const { offers, closed } = await setUpHost({ onPageGone: gone })
    offers('a').opens()
    page.close()
    page.close()
    expect(attempts[0]?.goodbyes).toEqual(['host-left'])
    expect(closed).toHaveBeenCalledTimes(1)
    expect(gone).toHaveBeenCalledTimes(1)
  })

  it('says goodbye for a guest, and gives up an attempt', async () => {
    const here = setUpGuest()
    await here.settle()
    const attempt = await here.admit()
    attempt.opens()
    await here.joined
    const onItsWay = setUpGuest()
    await onItsWay.settle()
    const other = await onItsWay.admit()
    page.close()
    expect(attempt.goodbyes).toEqual(['away'])
    expect(other.cancelled).toBe(true)
    expect(await onItsWay.result).toBe('no-route')
  })
})

describe('a star whose pages show no address', () => {
  const texts: string[] = []

  /** A host and a guest over signalling that gives them a relay. */
  async function meet(privacy: { host?: 'relay-only'; guest?: 'relay-only' }, hasRelay = true) {
    texts.length = 0
    const streams = testStreams()
    let hostHandlers: HostSignalHandlers | undefined
    const attempt = { peer: 'a', epoch: 1 }
    const signaling: Signaling = {
      host: async (given) => {
        hostHandlers = given
        return { code: 'K7RX2', iceServers: [], signal: (_attempt, text) => void texts.push(text), close() {} }
      },
      guest: async (_code, info, handlers) => {
        expect(hostHandlers?.join(attempt, info)).toBeNull()
        const askForRelay = (): void => {
          hostHandlers?.relay?.(attempt, () => streams[0])
          handlers.relay?.(() => streams[1])
          // Once both sides have the code for it.
          page.after(1, () => {
            for (const stream of streams) stream.paired()
            deliverStreams(...streams)
          })
        }
        const signal = (text: string): void => {
          texts.push(text)
          hostHandlers?.signal(attempt, text)
        }
        return { attempt, iceServers: [], signal, close() {}, ...(hasRelay && { askForRelay }) }
      },
    }
    const star = await hostStar(signaling, { ...ground(), ...(privacy.host && { privacy: privacy.host }) })
    const joining = joinStar(signaling, 'K7RX2', { ...ground(), ...(privacy.guest && { privacy: privacy.guest }) })
    return { star, joining, streams }
  }

  it('makes no connection and says nothing to the other page outside of the relay, when the guest wants that', async () => {
    const { star, joining, streams } = await meet({ guest: 'relay-only' })
    await time.runTo(time.now + 10)
    const guest = await joining
    expect(guest.link.describe()).toMatchObject({ kind: 'relay', route: 'relayed' })
    expect([attempts, texts]).toEqual([[], []])
    expect(star.peers.get('a')?.link.open).toBe(true)
    guest.close()
    deliverStreams(...streams)
    star.close()
  })

  it('answers no offer when the host wants that, and takes the guest by the relay', async () => {
    const { star, joining, streams } = await meet({ host: 'relay-only' })
    await time.runTo(time.now + 1)
    attempts[0]?.sendSignal(offer)
    await time.runTo(time.now + 600)
    const guest = await joining
    expect(guest.link.describe()?.kind).toBe('relay')
    // The guest's own attempt alone, and no text of the host.
    expect([attempts.length, texts, star.rejectedSignals]).toEqual([1, [offer], 1])
    guest.close()
    deliverStreams(...streams)
    star.close()
  })

  it('cannot be joined where signalling has no relay, and says so at once', async () => {
    const { star, joining } = await meet({ guest: 'relay-only' }, false)
    await expect(joining).rejects.toMatchObject({ reason: 'no-route', detail: 'this signalling has no relay' })
    star.close()
  })

  it('is refused with a sentence for another wish', async () => {
    const wish = { ...ground(), privacy: 'please' as never }
    await expect(joinStar({} as Signaling, 'K7RX2', wish)).rejects.toThrow(/privacy is 'relay-only' or left out/)
    await expect(hostStar({} as Signaling, wish)).rejects.toThrow(RangeError)
  })
})

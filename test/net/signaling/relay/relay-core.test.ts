/** The relay's core with hostile sockets, in virtual time. Over real ones: relay-sockets.test.ts. */
import { describe, expect, it } from 'vitest'
import { VirtualPage } from '../../../../net/platform/virtual-page.ts'
import { VirtualTime } from '../../../../net/platform/virtual-time.ts'
import { defaultLimits, LEASE_MS, type SignalingLimits } from '../../../../net/signaling/server/limits.ts'
import type { OpenOnward } from '../../../../net/signaling/server/relay/other-process.ts'
import { PAIRED, RelayCore, type RelayOffer } from '../../../../net/signaling/server/relay/relay-core.ts'
import * as limit from '../../../../net/signaling/server/relay/relay-limits.ts'
import type { RelaySocket } from '../../../../net/signaling/server/relay/relay-socket.ts'
import { tokensOf } from '../../../../net/signaling/server/tokens.ts'
import { MAX_RELAY_MESSAGE_BYTES } from '../../../../net/transport/relay/relay-frames.ts'

const tokens = tokensOf('a secret for tests')
const lobby = { code: 'K7RX2', id: 'lobby-one' }

function setUp(limits: Partial<SignalingLimits> = {}) {
  const time = new VirtualTime()
  const page = new VirtualPage(time, 1)
  const platform = {
    now: () => time.now,
    after: (ms: number, run: () => void) => page.after(ms, run),
    randomBytes: (count: number) => page.randomBytes(count),
  }
  const newCore = (openOnward?: OpenOnward) =>
    new RelayCore({ platform, limits: { ...defaultLimits, ...limits }, tokens, openOnward })
  const core = newCore()

  /** A socket in the test's hand. `reads`: whether what is sent to it leaves at once. `answers`: pings. */
  function open({ core: at = core, address = 'somewhere', reads = true, answers = true } = {}) {
    const heard: (string | number[])[] = []
    const kept: { bytes: number; left: (() => void) | undefined }[] = []
    const state = { heard, closed: null as string | null, paused: 0, sentBytes: 0, pings: 0 }
    const socket: RelaySocket = {
      get bufferedBytes() {
        return kept.reduce((sum, { bytes }) => sum + bytes, 0)
      },
      send(message, left) {
        state.sentBytes += message.length
        heard.push(typeof message === 'string' ? message : [message[0]!, message.length])
        if (reads) left?.()
        else kept.push({ bytes: message.length, left })
      },
      pause: () => state.paused++,
      resume: () => {
        state.paused = 0
      },
      ping() {
        state.pings++
        if (answers) events.alive()
      },
      close(code, reason) {
        state.closed ??= `${code} ${reason}`
        if (answers) queueMicrotask(() => events.closed())
      },
      terminate() {
        state.closed ??= 'cut'
        queueMicrotask(() => events.closed())
      },
    }
    const events = at.accept(socket, address)
    return Object.assign(state, {
      say: (message: Uint8Array | string) => events.message(message),
      leave: () => events.closed(),
      /** All that waits for it leaves. */
      read() {
        for (const { left } of kept.splice(0)) left?.()
      },
    })
  }

  function pair(offer: RelayOffer | null = core.offer(lobby), options: Parameters<typeof open>[0] = {}) {
    const guest = open(options)
    const host = open(options)
    guest.say(offer!.guest)
    host.say(offer!.host)
    return { guest, host }
  }
  const pass = (ms: number) => time.runTo(time.now + ms)
  return { core, newCore, open, pair, pass, page }
}

const bytes = (first: number, length = 4): Uint8Array => new Uint8Array(length).fill(first)

describe('a pair', () => {
  it('hears that it is complete, and then each what the other says, in order, as it came', () => {
    const { core, pair } = setUp()
    const { guest, host } = pair()
    guest.say(bytes(1))
    guest.say(bytes(2, MAX_RELAY_MESSAGE_BYTES))
    host.say(bytes(3))
    expect(host.heard).toEqual([PAIRED, [1, 4], [2, MAX_RELAY_MESSAGE_BYTES]])
    expect(guest.heard).toEqual([PAIRED, [3, 4]])
    expect(core.stats()).toMatchObject({ pairs: 1, sockets: 2, messages: 3, bytes: MAX_RELAY_MESSAGE_BYTES + 8 })
  })

  it('ends with either socket, and leaves nothing behind', async () => {
    const { core, pair, pass, page } = setUp()
    const { guest, host } = pair()
    guest.leave()
    expect(host.closed).toBe('1000 the other side left')
    host.say(bytes(1))
    await pass(1)
    expect(core.stats()).toMatchObject({ pairs: 0, sockets: 0, messages: 0 })
    core.close()
    expect(page.pending.timers).toBe(0)
  })
})

describe('a relay is no open proxy:', () => {
  it('a socket without a ticket, or with one that is none, carries nothing', () => {
    const { core, open, pair } = setUp()
    const { host } = pair()
    const tampered = core.offer(lobby)!.guest.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    for (const first of [bytes(1), '', 'ticket', '{"type":"host"}', tampered, 'x'.repeat(16_000)]) {
      const stranger = open()
      stranger.say(first)
      stranger.say(bytes(1))
      expect([stranger.closed, stranger.heard]).toEqual(['1008 ticket', []])
    }
    expect(host.heard).toEqual([PAIRED])
  })

  it('a ticket is used once, by one side, in its time, at the process that gave it', async () => {
    const { core, newCore, open, pass } = setUp()
    const offer = core.offer(lobby)!
    const first = open()
    first.say(offer.guest)
    const replay = open()
    replay.say(offer.guest)
    expect([first.closed, replay.closed]).toEqual([null, '1008 ticket'])
    const elsewhere = open({ core: newCore() })
    elsewhere.say(offer.host)
    expect(elsewhere.closed).toBe('1008 ticket')
    await pass(limit.TICKET_MS)
    const late = open()
    late.say(offer.host)
    expect(late.closed).toBe('1008 ticket')
  })

  it('a ticket of a pair whose other side has gone again is void', async () => {
    const { core, open, pass } = setUp()
    const offer = core.offer(lobby)!
    const guest = open()
    guest.say(offer.guest)
    guest.leave()
    await pass(1)
    const host = open()
    host.say(offer.host)
    expect(host.closed).toBe('1008 ticket')
  })

  it('a ticket that was signed for another lobby, process, pair or purpose opens nothing', () => {
    const { core, open } = setUp()
    const claim = tokens.readRelay(core.offer(lobby)!.guest, 0)!
    const foreign = tokens.signRelay({ ...claim, id: 'lobby-two' })
    const elsewhere = tokens.signRelay({ ...claim, process: 'elsewhere' })
    const ticket = tokens.signTicket({ code: claim.code, id: claim.id, guest: 'me', expiresAt: 9e15 })
    for (const text of [foreign, ticket, tokens.signRelay({ ...claim, pair: 'no such pair' }), elsewhere]) {
      const socket = open()
      socket.say(text)
      expect(socket.closed).toBe('1008 ticket')
    }
  })
})

describe('a relay is no amplifier:', () => {
  it('whatever is said, what is sent is no more than what came in and a word for each pair', () => {
    const { core, open, pair } = setUp()
    const { guest, host } = pair()
    let said = 0
    for (let i = 1; i < 200; i++) {
      guest.say(bytes(i, i))
      said += i
    }
    const stranger = open()
    stranger.say('nonsense')
    expect(guest.sentBytes + host.sentBytes + stranger.sentBytes).toBe(said + 2 * PAIRED.length)
    expect(core.stats().bytes).toBe(said)
  })

  it('a page that speaks before its partner is there, says text, nothing, or too much, is cut off', () => {
    const { core, open, pair } = setUp()
    const early = open()
    early.say(core.offer(lobby)!.guest)
    early.say(bytes(1))
    expect(early.closed).toBe('1008 spoke')
    for (const bad of ['text', new Uint8Array(), new Uint8Array(MAX_RELAY_MESSAGE_BYTES + 1)]) {
      const { guest, host } = pair()
      guest.say(bad)
      guest.say(bytes(1))
      expect([guest.closed, host.heard]).toEqual(['1008 spoke', [PAIRED]])
    }
    expect(core.stats().refused.spoke).toBe(4)
  })

  it('a lobby that sends more than its rate is read more slowly, and loses nothing', async () => {
    const { core, pair, pass } = setUp({ relayKilobytesPerSecond: 10 })
    const { guest, host } = pair()
    for (let i = 0; i < 5; i++) guest.say(bytes(1, 10_000))
    expect(guest.paused).toBe(1)
    expect(host.heard).toHaveLength(6)
    await pass(900)
    expect(guest.paused).toBe(1)
    await pass(200)
    expect(guest.paused).toBe(0)
    expect(core.stats().slowed).toBe(1)
    // The other lobby has a rate of its own.
    const other = pair(core.offer({ code: 'CCCCC', id: 'lobby-two' }))
    other.guest.say(bytes(1, 10_000))
    expect(other.guest.paused).toBe(0)
    host.say(bytes(1, 2000))
    expect(host.paused).toBe(1)
  })

  it('lobbies together have the rate of the process', () => {
    const { core, pair } = setUp({ relayKilobytesPerSecond: 1 })
    let slowed = 0
    for (let i = 0; i < 60; i++) {
      const { guest } = pair(core.offer({ code: 'CCCCC', id: `lobby ${i}` }))
      guest.say(bytes(1, 3_990))
      slowed += guest.paused
    }
    // 200 kB at once, in portions of 3.99 kB.
    expect(slowed).toBe(60 - 50)
  })
})

describe('a relay is bounded:', () => {
  it('a page whose partner does not read is not read either, until the partner reads again', () => {
    const { pair } = setUp()
    const { guest, host } = pair(undefined, { reads: false })
    for (let i = 0; i < 10; i++) guest.say(bytes(1, 16_000))
    expect(guest.paused).toBeGreaterThan(0)
    host.read()
    expect(guest.paused).toBe(0)
  })

  it('two pages that send and never read are cut, though neither is silent', async () => {
    const { core, pair, pass } = setUp()
    const { guest, host } = pair(undefined, { reads: false })
    for (const each of [guest, host]) for (let i = 0; i < 5; i++) each.say(bytes(1, 16_000))
    await pass(LEASE_MS + 1100)
    expect([guest.closed, host.closed]).toContain('cut')
    expect(core.stats()).toMatchObject({ sockets: 0, pairs: 0 })
  })

  it('takes no more pairs than it may, of one lobby and in all, offers that nobody used included', async () => {
    const { core, pass } = setUp({ relayPairsPerLobby: 2, relayPairs: 3 })
    const ask = (id: string) => core.offer({ code: 'CCCCC', id }) !== null
    expect([ask('one'), ask('one'), ask('one'), ask('two'), ask('three')]).toEqual([true, true, false, true, false])
    await pass(limit.TICKET_MS + 1000)
    expect([ask('one'), ask('three')]).toEqual([true, true])
    expect(setUp({ relayPairs: 0 }).core.offer(lobby)).toBeNull()
    expect(setUp({ relayKilobytesPerSecond: 0 }).core.offer(lobby)).toBeNull()
  })

  it('takes no more sockets of one address, with and without tickets, than it may', () => {
    const { core, open } = setUp({ relayPairs: 999, relayPairsPerLobby: 999 })
    for (let i = 0; i < limit.MAX_NEW_PER_ADDRESS; i++) open({ address: 'a' })
    expect([core.refusal('a'), core.refusal('b')]).toEqual(['address', null])
    for (let i = 0; i < limit.MAX_PER_ADDRESS; i++) open({ address: 'b' }).say(core.offer(lobby)!.guest)
    expect(core.refusal('b')).toBe('address')
    for (let i = 0; i < limit.MAX_NEW; i++) open({ address: `c${i}` })
    expect(core.refusal('d')).toBe('full')
  })
})

describe('a half-open socket', () => {
  it('that shows no ticket, or whose partner never comes, is closed', async () => {
    const { core, open, pass } = setUp()
    const silent = open()
    const alone = open()
    alone.say(core.offer(lobby)!.host)
    await pass(limit.HELLO_MS + 1000)
    expect([silent.closed, alone.closed]).toEqual(['1008 late', null])
    await pass(limit.TICKET_MS)
    expect(alone.closed).toBe('1000 alone')
    expect(core.stats()).toMatchObject({ sockets: 0, refused: { late: 1, alone: 1 } })
  })

  it('that answers no ping is cut within its lease, and its partner goes with it', async () => {
    const { core, open, pass } = setUp()
    const offer = core.offer(lobby)!
    const guest = open({ answers: false })
    const host = open()
    guest.say(offer.guest)
    host.say(offer.host)
    for (let i = 0; i < 14; i++) {
      host.say(bytes(1))
      await pass(1000)
    }
    expect([guest.closed, host.closed]).toEqual(['cut', '1000 the other side left'])
    expect(core.stats().sockets).toBe(0)
  })

  it('whose browser answers and whose page says nothing keeps no pair for long', async () => {
    const { core, pair, pass } = setUp()
    pair()
    await pass(limit.QUIET_MS + 1100)
    expect(core.stats()).toMatchObject({ sockets: 0, pairs: 0 })
  })
})

describe('a process that drains', () => {
  it('takes nobody and lets its pairs go on, until they end or time is up', async () => {
    const { core, pair, pass } = setUp()
    const { guest, host } = pair()
    let isDrained = false
    void core.drain(30_000).then(() => {
      isDrained = true
    })
    expect([core.refusal('anybody'), core.offer(lobby)]).toEqual(['stopping', null])
    guest.say(bytes(1))
    expect(host.heard.at(-1)).toEqual([1, 4])
    await pass(100)
    expect(isDrained).toBe(false)
    guest.leave()
    await pass(1)
    expect(isDrained).toBe(true)
  })

  it('tells its pairs to move over other processes after a moment, where there are some, and ends those that stay', async () => {
    const { newCore, pair, pass } = setUp()
    const core = newCore(async () => null)
    const { guest, host } = pair(core.offer(lobby), { core })
    let isDrained = false
    void core.drain(30_000).then(() => {
      isDrained = true
    })
    await pass(limit.MOVE_AFTER_MS - 1)
    guest.say(bytes(1))
    expect(host.heard.at(-1)).toEqual([1, 4])
    await pass(2)
    expect([guest.heard.at(-1), host.heard.at(-1)]).toEqual(['{"type":"move"}', '{"type":"move"}'])
    guest.say(bytes(2))
    expect([host.heard.at(-1), isDrained]).toEqual([[2, 4], false])
    await pass(limit.MOVE_WITHIN_MS)
    expect([guest.closed, host.closed, isDrained]).toEqual(['1012 move', '1012 move', true])
  })

  it('closes what is left with a word', () => {
    const { core, pair } = setUp()
    const { guest, host } = pair()
    core.close()
    expect([guest.closed, host.closed]).toEqual(['1001 the server stops', '1001 the server stops'])
    expect(core.stats().sockets).toBe(0)
  })
})

describe('a ticket for another process', () => {
  it('is void where no other process is known, where that one is not reached, and where its page left meanwhile', async () => {
    const { newCore, open, pass } = setUp()
    const ticket = newCore().offer(lobby)!.guest
    const alone = open()
    alone.say(ticket)
    const asked: string[] = []
    let answer = (): void => {}
    const other = newCore(async (process, from) => {
      asked.push(`${process.length} ${from}`)
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      return null
    })
    const unreached = open({ core: other })
    unreached.say(ticket)
    answer()
    await pass(1)
    const gone = open({ core: other })
    gone.say(ticket)
    gone.leave()
    answer()
    await pass(1)
    expect([alone.closed, unreached.closed, gone.closed]).toEqual(['1008 ticket', '1013 unreached', null])
    expect(asked).toEqual(['8 somewhere', '8 somewhere'])
    expect(other.stats()).toMatchObject({ sockets: 0, forwarded: 0, refused: { unreached: 1 } })
  })

  it('opens nothing when it is forged or over, and a page that speaks before the other process answers is refused', async () => {
    const { newCore, open, pass } = setUp()
    const asked: string[] = []
    const core = newCore((process) => {
      asked.push(process)
      return new Promise(() => {})
    })
    const ticket = newCore().offer(lobby)!.guest
    const forged = open({ core })
    forged.say(`${ticket.slice(0, -1)}${ticket.endsWith('A') ? 'B' : 'A'}`)
    const early = open({ core })
    early.say(ticket)
    early.say(bytes(1))
    await pass(limit.TICKET_MS)
    const late = open({ core })
    late.say(ticket)
    expect([forged.closed, early.closed, late.closed]).toEqual(['1008 ticket', '1008 spoke', '1008 ticket'])
    expect(asked).toHaveLength(1)
  })
})

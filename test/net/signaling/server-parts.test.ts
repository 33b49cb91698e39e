/** The pure parts of the server: tokens, ICE servers, addresses. */
import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countedAddress, payerOf } from '../../../net/signaling/server/address.ts'
import { DEFAULT_STUN, iceServersFromEnvironment } from '../../../net/signaling/server/ice.ts'
import { createSignalingServer } from '../../../net/signaling/server/server.ts'
import { readHostToken, readTicket, signHostToken, signTicket } from '../../../net/signaling/server/tokens.ts'
import { manualClock } from './support.ts'

describe('a host token', () => {
  const claim = { code: 'K7DPX', id: 'lobby', term: 1, expiresAt: 2000 }

  test('is read back until it ends', () => {
    const token = signHostToken(claim, 's')
    expect(readHostToken(token, 's', 1999)).toEqual(claim)
    expect(readHostToken(token, 's', 2000)).toBeNull()
  })

  test('is void with any other secret, and with any character changed', () => {
    const token = signHostToken(claim, 's')
    expect(readHostToken(token, 'S', 0)).toBeNull()
    fc.assert(
      fc.property(fc.nat(token.length - 2), fc.constantFrom('A', 'B', '.', '-', '€'), (at, other) => {
        fc.pre(token[at] !== other)
        expect(readHostToken(token.slice(0, at) + other + token.slice(at + 1), 's', 0)).toBeNull()
      }),
    )
  })

  test('of any text is null and never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => readHostToken(text, 's', 0) === null))
  })

  test('with a good signature over something else is null', () => {
    const payload = Buffer.from('{"code":"AAAAA"}').toString('base64url')
    const signature = createHmac('sha256', 's').update(`starwire host token\n${payload}`).digest('base64url')
    expect(readHostToken(`${payload}.${signature}`, 's', 0)).toBeNull()
  })
})

describe('a ticket', () => {
  const claim = { code: 'K7DPX', id: 'lobby', guest: 'g', expiresAt: 2000 }

  test('is read back until it ends, and is no host token, nor the other way round', () => {
    const ticket = signTicket(claim, 's')
    expect(readTicket(ticket, 's', 1999)).toEqual(claim)
    expect(readTicket(ticket, 's', 2000)).toBeNull()
    expect(readTicket(ticket, 'S', 0)).toBeNull()
    expect(readHostToken(ticket, 's', 0)).toBeNull()
    const { guest: _, ...host } = claim
    expect(readTicket(signHostToken({ ...host, term: 1 }, 's'), 's', 0)).toBeNull()
  })
})

describe('the ICE servers from the environment', () => {
  test('are one public STUN server when nothing is set, and none when so wished', () => {
    expect(iceServersFromEnvironment({})(0)).toEqual([{ urls: [DEFAULT_STUN] }])
    expect(iceServersFromEnvironment({ STARWIRE_STUN: 'none' })(0)).toEqual([])
    expect(iceServersFromEnvironment({ STARWIRE_STUN: 'stun:a:1, stun:b:2' })(0)).toEqual([
      { urls: ['stun:a:1', 'stun:b:2'] },
    ])
  })

  test('have TURN credentials that coturn accepts: they name their end and are signed with SHA-1, each under a name of its own', () => {
    const make = iceServersFromEnvironment({
      STARWIRE_STUN: 'none',
      STARWIRE_TURN: 'turn:a:3478,turns:a:443?transport=tcp',
      STARWIRE_TURN_SECRET: 'north',
    })
    const [server] = make(100_000)
    const { username = '', credential } = server ?? {}
    expect(username).toMatch(/^43300:[\w-]{12}$/)
    expect(credential).toBe(createHmac('sha1', 'north').update(username).digest('base64'))
    expect(server?.urls).toEqual(['turn:a:3478', 'turns:a:443?transport=tcp'])
    // coturn's quota of a user counts by the name without the time.
    const names = Array.from({ length: 50 }, () => make(100_000)[0]?.username?.split(':')[1])
    expect(new Set(names).size).toBe(50)
  })

  test('have the fixed TURN login where one is set', () => {
    const environment = {
      STARWIRE_STUN: 'none',
      STARWIRE_TURN: 'turn:a',
      STARWIRE_TURN_USERNAME: 'u',
      STARWIRE_TURN_CREDENTIAL: 'c',
    }
    expect(iceServersFromEnvironment(environment)(0)).toEqual([{ urls: ['turn:a'], username: 'u', credential: 'c' }])
  })

  test('that cannot be are told to the operator in a sentence', () => {
    expect(() => iceServersFromEnvironment({ STARWIRE_STUN: 'example.org' })).toThrow('STARWIRE_STUN has the entry')
    expect(() => iceServersFromEnvironment({ STARWIRE_TURN: 'stun:a' })).toThrow('turn:host:port')
    expect(() => iceServersFromEnvironment({ STARWIRE_TURN: 'turn:a' })).toThrow('STARWIRE_TURN_SECRET')
  })
})

describe('the secret', () => {
  test('is random with one warning when none is set, and may not be empty', async () => {
    const warnings: string[] = []
    const log = (_: string, sentence: string) => warnings.push(sentence)
    const server = createSignalingServer({ iceServers: [], log, platform: manualClock() })
    await server.close()
    expect(warnings).toEqual([expect.stringContaining('STARWIRE_SECRET is not set')])
    expect(() => createSignalingServer({ iceServers: [], secret: '' })).toThrow('empty')
  })
})

describe('the address that limits count by', () => {
  test('is the whole IPv4 address, and the first 64 bits of IPv6, which one customer has', () => {
    expect(countedAddress('192.0.2.7')).toBe('192.0.2.7')
    expect(countedAddress('::ffff:192.0.2.7')).toBe('192.0.2.7')
    expect(countedAddress('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
    expect(countedAddress('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64')
    expect(countedAddress('2001:db8::9')).toBe('2001:db8:0:0::/64')
    expect(countedAddress('::1')).toBe('0:0:0:0::/64')
    expect(countedAddress('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
  })

  test.each([
    '203.0.113.7:40001',
    '203.0.113.7:1',
    ' 203.0.113.7 ',
    '"203.0.113.7:40001"',
    '::ffff:203.0.113.7',
    '::FFFF:203.0.113.7',
    '[::ffff:203.0.113.7]:40001',
    '[::ffff:203.0.113.7%2]:40001',
    '::ffff:cb00:7107',
    '0:0:0:0:0:ffff:cb00:7107',
    '[::ffff:cb00:7107]',
    '::203.0.113.7',
    '64:ff9b::203.0.113.7',
    '64:ff9b::cb00:7107',
  ])('is one for a customer, who is 203.0.113.7 also when a proxy writes %j', (text) => {
    expect(countedAddress(text)).toBe('203.0.113.7')
  })

  test.each([
    '[2001:db8:1:2::9]',
    '[2001:DB8:1:2::9]:40001',
    '"[2001:db8:1:2::9]:40002"',
    '2001:db8:1:2::9%eth0',
    '[2001:db8:1:2::9%25eth0]:443',
    '2001:0db8:0001:0002:0:0:0:9',
  ])('is one for a customer with IPv6, also when a proxy writes %j', (text) => {
    expect(countedAddress(text)).toBe('2001:db8:1:2::/64')
  })

  test('is that of the proxy when the proxy writes nonsense, for each new nonsense would be a new customer', () => {
    for (const text of [
      'unknown',
      '_hidden',
      '',
      ',',
      '999.1.1.1',
      '1.2.3',
      '203.0.113.07',
      ':40001',
      '[]',
      '[::1',
      '1:2:3',
    ]) {
      const request = { headers: { 'x-forwarded-for': text }, socket: { remoteAddress: '10.0.0.1' } }
      expect(payerOf(request as unknown as IncomingMessage, true).address, text).toBe('10.0.0.1')
    }
  })

  test('is what the nearest proxy wrote, and only when that is trusted', () => {
    const request = {
      headers: { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' },
      socket: { remoteAddress: '10.0.0.1' },
    } as unknown as IncomingMessage
    expect(payerOf(request, false).address).toBe('10.0.0.1')
    expect(payerOf(request, true).address).toBe('203.0.113.9')
  })
})

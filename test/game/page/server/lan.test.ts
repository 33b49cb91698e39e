import { describe, expect, it } from 'vitest'
import { mayKnowAddresses } from '../../../../src/server/lan.ts'

const own = { headers: { host: 'localhost:8080' }, socket: { remoteAddress: '127.0.0.1' } }

describe('the addresses of the server’s machine', () => {
  it.each([
    own,
    { ...own, socket: { remoteAddress: '::1' } },
    { ...own, socket: { remoteAddress: '::ffff:127.0.0.1' } },
    { ...own, headers: { host: '127.0.0.1:8080' } },
    { ...own, headers: { host: '[::1]:8080' } },
    { ...own, headers: { host: 'localhost', 'sec-fetch-site': 'same-origin' } },
  ])('are told to a page of this computer: %j', (asked) => expect(mayKnowAddresses(asked)).toBe(true))

  it.each([
    { ...own, socket: { remoteAddress: '192.168.1.7' } },
    { ...own, socket: { remoteAddress: undefined } },
    { ...own, headers: {} },
    { ...own, headers: { host: 'dogstar.example' } },
    { ...own, headers: { host: 'localhost.example' } },
    { ...own, headers: { host: '192.168.1.20:8080' } },
    { ...own, headers: { host: 'localhost:8080', 'sec-fetch-site': 'cross-site' } },
    { ...own, headers: { host: 'localhost:8080', 'x-forwarded-for': '203.0.113.7' } },
    { ...own, headers: { host: 'localhost:8080', forwarded: 'for=203.0.113.7' } },
    { ...own, headers: { host: 'localhost:8080', 'x-real-ip': '203.0.113.7' } },
  ])('are told to nobody else: %j', (asked) => expect(mayKnowAddresses(asked)).toBe(false))
})

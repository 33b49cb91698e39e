import { describe, expect, it } from 'vitest'
import { isOnlyHere, lanAddressesIn } from '../../../src/doors/lan-link.ts'

describe('the link for friends', () => {
  it.each(['localhost', 'LOCALHOST', 'dogstar.localhost', '127.0.0.1', '127.1.2.3', '[::1]', '0.0.0.0'])(
    'reaches nobody else under %s',
    (hostname) => expect(isOnlyHere(hostname)).toBe(true),
  )

  it.each(['192.168.1.20', 'dogstar.example', 'localhost.example', '127.example', '[fd00::1]', 'laptop.local'])(
    'is left alone under %s',
    (hostname) => expect(isOnlyHere(hostname)).toBe(false),
  )

  it('names the address first that a home network most likely has, and a container’s last', () => {
    const addresses = ['172.17.0.1', '203.0.113.9', '10.0.0.5', '192.168.1.20']
    expect(lanAddressesIn({ addresses })).toEqual(['192.168.1.20', '10.0.0.5', '203.0.113.9', '172.17.0.1'])
  })

  it.each([
    [null],
    ['a text'],
    [{}],
    [{ addresses: 'all' }],
    [{ addresses: [null, 7, '', 'localhost', '127.0.0.1', '169.254.7.7', 'evil.example/#', '1.2.3.4@evil.example'] }],
  ])('is made of addresses only, whatever the server answers: %j', (answer) => {
    expect(lanAddressesIn(answer)).toEqual([])
  })
})

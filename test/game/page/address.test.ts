import { describe, expect, it } from 'vitest'
import { codeInHash, linkTo, readCode, readSwitches } from '../../../src/address.ts'

describe('reading a code', () => {
  it.each([
    ['k7m2p', 'K7M2P'],
    [' K7 M2 P ', 'K7M2P'],
    ['k7m-2p', 'K7M2P'],
    ['http://192.168.1.20:8080/#K7M2P', 'K7M2P'],
    ['Fly with me: https://dogstar.example/?debug#k7m2p ', 'K7M2P'],
  ])('takes %j for %s', (text, code) => {
    expect(readCode(text)).toBe(code)
  })

  it.each(['', 'K7M2', 'K7M2PX', 'K7M2!', 'ＫＫＫＫＫ', '<b>x</b>'])('refuses %j', (text) => {
    expect(readCode(text)).toBe(null)
  })

  it('finds the code in the address, and nothing in other anchors', () => {
    expect(codeInHash('#k7m2p')).toBe('K7M2P')
    expect(codeInHash('#K7M2P%20')).toBe('K7M2P')
    expect(codeInHash('#page')).toBe('')
    expect(codeInHash('#%E0%A4%A')).toBe('')
    expect(codeInHash('')).toBe('')
  })

  it('makes a link that leaves out this player’s own switches', () => {
    const link = linkTo('K7M2P', new URL('http://192.168.1.20:8080/play/?debug&renderer=canvas#OLD22'))
    expect(link).toBe('http://192.168.1.20:8080/play/#K7M2P')
    expect(readCode(link)).toBe('K7M2P')
  })
})

describe('switches', () => {
  it('are off unless named', () => {
    expect(readSwitches('')).toEqual({ debug: false, look: {} })
    expect(readSwitches('?renderer=toaster')).toEqual({ debug: false, look: {} })
  })

  it('reach the game as it names them', () => {
    expect(readSwitches('?debug&renderer=canvas')).toEqual({ debug: true, look: { renderer: 'canvas' } })
  })
})

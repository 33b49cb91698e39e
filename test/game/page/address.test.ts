import { parseCode } from 'starwire'
import { describe, expect, it } from 'vitest'
import { codeInHash, linkTo, readSwitches } from '../../../src/doors/address.ts'
import { codeComplaint } from '../../../src/words/code-complaint.ts'

describe('the code in the address', () => {
  it('is found, and nothing in other anchors', () => {
    expect(codeInHash('#k7m2p')).toBe('K7M2P')
    expect(codeInHash('#K7M2P%20')).toBe('K7M2P')
    expect(codeInHash('#K7M2P?utm_source=chat')).toBe('K7M2P')
    expect(codeInHash('#K7M2P%E2%80%8B.')).toBe('K7M2P')
    expect(codeInHash('#page')).toBe('')
    expect(codeInHash('#%E0%A4%A')).toBe('')
    expect(codeInHash('')).toBe('')
  })

  it('makes a link that leaves out this player’s own switches', () => {
    const link = linkTo('K7M2P', new URL('http://192.168.1.20:8080/play/?debug&renderer=canvas#OLD22'))
    expect(link).toBe('http://192.168.1.20:8080/play/#K7M2P')
    expect(parseCode(link)).toBe('K7M2P')
  })
})

describe('a complaint about a code', () => {
  it.each([
    ['', 'Type the code first'],
    [' \u200b', 'Type the code first'],
    ['K7M2', 'this has 4'],
    ['K', 'this has one'],
    ['k7m2px', 'this has 6'],
    ['K7M2S', '“S” is in no code: is it “5”?'],
    ['b7m2p', '“B” is in no code: is it “8”?'],
    ['K7M20', '“0” is in no code'],
    ['apple', '“A” is in no code'],
    ['ＫＫＫＫ０', '“0” is in no code'],
    ['пляжи', '“П” is in no code'],
    ['https://dogstar.example/', 'no lobby code in this link'],
  ])('about %j says what is wrong with it', (typed, words) => {
    expect(parseCode(typed)).toBeNull()
    expect(codeComplaint(typed)).toContain(words)
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

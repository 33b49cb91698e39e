import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { trimPeer, trimReader } from '../../../.ci/slim-packages.mjs'

const source = readFileSync('node_modules/simple-peer/index.js', 'utf8')

describe('the simple-peer of our builds', () => {
  it('is a module on our base, without media, statistics and a log', () => {
    const trimmed = trimPeer(source, '/base.ts')
    expect(trimmed).toMatch(/^import \* as base from "\/base\.ts"$/m)
    expect(trimmed).toMatch(/^export default Peer$/m)
    for (const gone of ['require(', '_debug', 'getStats', 'addTrack (', '_onTrack', 'ransceivers()', 'module.exports'])
      expect(trimmed).not.toContain(gone)
    for (const kept of ['signal (data) {', '_setupData (event) {']) expect(trimmed).toContain(kept)
  })

  it('is not built from a version that nobody has read', () => {
    for (const [theirs, other] of [
      ['  getStats (cb) {', '  getReport (cb) {'],
      ["require('err-code')", "require('error-code')"],
      ['module.exports = Peer', 'exports.Peer = Peer'],
      ["    this._debug('signal()')", "    if (data) this._debug('signal()')"],
      ['this._pc.ontrack = event', 'this._pc.onTrack = event'],
      ['  _read () {}', '  _read () {}\n\n  _read () {}'],
    ] as const) {
      expect(source).toContain(theirs)
      expect(() => trimPeer(source.replace(theirs, other), '/base.ts')).toThrow(/^simple-peer has/)
    }
  })
})

describe('the reader of MessagePack in our builds', () => {
  const reader = readFileSync('node_modules/msgpackr/unpack.js', 'utf8')

  it('makes nothing but plain values, and no function of text', async () => {
    const text = 'data:text/javascript,export const fromUtf8 = (bytes) => new TextDecoder().decode(bytes)'
    const trimmed = trimReader(reader, text)
    for (const gone of ['new Function(', 'new RegExp(data', 'new Set(read', 'BigInt(data[0]', 'new Date('])
      expect(trimmed).not.toContain(gone)
    expect(trimmed).not.toMatch(/\b(?:glbl|typedArrays|TEMP_BUNDLE)\b/)
    const { Unpackr } = await import(`data:text/javascript,${encodeURIComponent(trimmed)}`)
    const read = (...bytes: number[]): unknown => new Unpackr({ useRecords: false }).unpack(Uint8Array.from(bytes))
    expect(read(0x82, 0xa1, 0x61, 0x01, 0xa1, 0x62, 0x92, 0xc3, 0xc0)).toEqual({ a: 1, b: [true, null] })
    expect(read(0x81, 0xa0, 0xd9, 0x02, 0xc3, 0xa9)).toEqual({ '': 'é' })
    for (const cut of [
      [0xa3, 0x61],
      [0xd9],
      [0xd9, 0x02, 0x61],
      [0xda, 0, 9, 0x61],
      [0xc4],
      [0xc4, 2, 1],
      [0x91],
      [0xcd, 1],
      [0xca, 0],
    ])
      expect(() => read(...cut), String(cut)).toThrow()
    // Types of extensions that msgpackr knows, and one that nobody does.
    for (const type of [0x42, 0x62, 0x72, 0x65, 0x69, 0x70, 0x73, 0x74, 0x78, 0xff, 0x55])
      expect(() => read(0xd4, type, 0x90), String(type)).toThrow(/^Unknown extension/)
  })

  it('is not built from a version that nobody has read', () => {
    for (const [theirs, other] of [
      ['currentExtensions[0x42] =', 'extensions.big ='],
      ['const validName =', 'const isName ='],
      ['function shortStringInJS(', 'function shortText('],
      ['if (bundledStrings) {', 'if (bundle) {'],
      ['const recordDefinition =', 'const define ='],
      ['export function clearSource() {', 'export function clearSource() {\n\tnew Function()'],
    ] as const) {
      expect(reader).toContain(theirs)
      expect(() => trimReader(reader.replace(theirs, other), '/text.ts'), theirs).toThrow(/^msgpackr (?:has|makes)/)
    }
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { trimPeer } from '../../../.ci/slim-packages.mjs'

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

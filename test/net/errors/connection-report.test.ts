/** Reports of connections: which causes the facts show, and what a copied text gives away. */
import { describe, expect, it } from 'vitest'
import {
  type ConnectionFacts,
  connectionAdvice,
  connectionReport,
  connectionReportText,
  type PeerReport,
} from '../../../net/errors/connection-report.ts'
import { maskAddresses } from '../../../net/errors/mask-addresses.ts'

const host = { type: 'host', protocol: 'udp', address: '192.168.7.31' }
const srflx = { type: 'srflx', protocol: 'udp', address: '203.0.113.77' }
const relay = { type: 'relay', protocol: 'udp/udp', address: '198.51.100.1' }
const hidden = { type: 'host', protocol: 'udp', address: '5d8f2c1e-0b0a-4e57-9a8b-1c2d3e4f5a6b.local' }
const peer: PeerReport = { here: [host, srflx, relay], there: [host, srflx], ice: 'failed', faults: [] }
const facts: ConnectionFacts = {
  reason: 'no-route',
  stage: 'connecting',
  route: null,
  times: { server: 40, host: 90, open: null, end: 14_500 },
  peer,
  stun: true,
  turn: true,
  relay: 'none',
  clockAheadMs: 120,
  isOffline: false,
  serverAnswers: null,
  detail: '',
}
const causes = (more: Partial<ConnectionFacts>) => connectionReport({ ...facts, relay: 'used', ...more }).causes
const fault = (url: string, code: number) => ({ url, code, text: 'said so' })
const TURN = 'turn:turn.example:3478?transport=udp'

describe('the cause of a join that found no way is', () => {
  it.each<[string, Partial<ConnectionFacts>, string[]]>([
    ['no interface', { peer: { ...peer, here: [] } }, ['no-interface']],
    ['a wrong TURN secret', { peer: { ...peer, here: [host, srflx], faults: [fault(TURN, 401)] } }, ['turn-refused']],
    [
      'a TURN server that is down',
      { peer: { ...peer, here: [host, srflx], faults: [fault(TURN, 701)] } },
      ['turn-unreachable'],
    ],
    [
      'blocked UDP',
      { peer: { ...peer, here: [host], faults: [fault('stun:stun.example:3478', 701), fault(TURN, 701)] } },
      ['turn-unreachable', 'udp-blocked'],
    ],
    [
      'blocked UDP, which the browser has not given up yet',
      { turn: true, peer: { ...peer, here: [host], gathering: 'gathering' } },
      ['turn-unreachable', 'udp-blocked'],
    ],
    [
      'blocked UDP, where TURN over TCP works',
      { peer: { ...peer, here: [host, { ...relay, protocol: 'udp/tcp' }], faults: [fault('stun:stun.example', 701)] } },
      ['udp-blocked'],
    ],
    ['names that nobody resolves', { peer: { ...peer, there: [hidden], ice: 'new' } }, ['mdns-unresolved']],
    ['a host without a network', { peer: { ...peer, there: [] } }, ['other-side-empty']],
    ['no TURN, and no relay', { turn: false, relay: 'none' }, ['no-turn', 'no-relay']],
    ['a relay that broke', { relay: 'failed' }, ['relay-failed']],
    ['a clock that is wrong by hours', { clockAheadMs: -3 * 3_600_000 }, ['clock-wrong']],
    ['no network', { reason: 'signaling-down', isOffline: true, peer: null }, ['no-network']],
    ['blocked WebSockets', { reason: 'signaling-down', serverAnswers: true, peer: null }, ['websocket-blocked']],
    ['a server that is down', { reason: 'signaling-down', serverAnswers: false, peer: null }, ['server-unreachable']],
    ['missing WebRTC', { reason: 'no-webrtc', peer: null }, ['no-webrtc']],
  ])('%s', (_what, more, expected) => {
    expect(causes(more)).toEqual(expected)
  })

  it('nothing that the facts do not show: a public machine that STUN answers has no srflx, and names that resolve are tried', () => {
    expect(causes({ peer: { ...peer, here: [host, relay], there: [hidden] } })).toEqual([])
    expect(causes({ reason: null, turn: false, relay: 'none', clockAheadMs: 1e9 })).toEqual([])
    expect(causes({ reason: 'full', turn: false, relay: 'none' })).toEqual([])
  })
})

it('says each cause in a sentence, and shows no whole address in the copied text unless asked', () => {
  const told = connectionReport({ ...facts, turn: false, detail: 'no answer from ws://203.0.113.9:443/starwire' })
  expect(connectionAdvice(told)).toHaveLength(2)
  const text = connectionReportText(told)
  for (const sentence of connectionAdvice(told)) expect(text).toContain(sentence)
  expect(text).toContain('192.168.7.x')
  for (const whole of ['192.168.7.31', '203.0.113.77', '203.0.113.9']) expect(text).not.toContain(whole)
  expect(connectionReportText(told, { addresses: true })).toContain('203.0.113.77')
})

it.each([
  ['203.0.113.77:50731', '203.0.113.x:50731'],
  ['2001:db8:7:1::31', '2001:db8:7:…'],
  ['[2001:db8:7:1:2:3:4:5]:443', '[2001:db8:7:…]:443'],
  ['fe80::1', 'fe80:…'],
  ['::1', ':…'],
  ['::ffff:203.0.113.77', ':…'],
  ['5d8f2c1e-0b0a-4e57-9a8b-1c2d3e4f5a6b.local', '5d8f….local'],
  ['at 12:30, ICE: new', 'at 12:30, ICE: new'],
  ['Chrome/156.0.0.0', 'Chrome/156.0.0.x'],
])('masks %s as %s', (whole, masked) => {
  expect(maskAddresses(whole)).toBe(masked)
})

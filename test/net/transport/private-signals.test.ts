/** What a page that shows no address lets out. */
import { expect, it } from 'vitest'
import { descriptionWithoutAddresses, hasTurn, withoutAddresses } from '../../../net/transport/private-signals.ts'

const candidate = (line: string): string =>
  JSON.stringify({ type: 'candidate', candidate: { candidate: line, sdpMid: '0', sdpMLineIndex: 0 } })

/** As Chromium and Firefox write them on a machine with two addresses, behind a NAT. */
const own = ['192.168.7.31', '203.0.113.77', '2001:db8:7::31', '5d8f2c1e-0b0a-4e57-9a8b-1c2d3e4f5a6b.local', '50731']
const lines = {
  host: `candidate:1 1 udp 2122260223 ${own[0]} 50731 typ host generation 0 ufrag aaaa network-id 1`,
  host6: `candidate:2 1 udp 2122260223 ${own[2]} 50731 typ host`,
  mdns: `candidate:3 1 udp 2122260223 ${own[3]} 50731 typ host`,
  tcp: `candidate:4 1 tcp 1518280447 ${own[0]} 9 typ host tcptype active`,
  srflx: `candidate:5 1 udp 1686052607 ${own[1]} 50731 typ srflx raddr ${own[0]} rport 50731`,
  prflx: `candidate:6 1 udp 1686052607 ${own[1]} 50731 typ prflx raddr ${own[0]} rport 50731`,
  relay: `candidate:7 1 udp 41885439 198.51.100.1 61234 typ relay raddr ${own[1]} rport 50731 generation 0 ufrag aaaa`,
}
const hasOwn = (text: string): boolean => own.some((each) => text.includes(each))

it.each(['host', 'host6', 'mdns', 'tcp', 'srflx', 'prflx'] as const)('lets no candidate of type %s out', (type) => {
  expect(withoutAddresses(candidate(lines[type]))).toBeNull()
})

it('lets a relay candidate out without the address that the TURN server sees', () => {
  const left = withoutAddresses(candidate(lines.relay)) ?? ''
  expect(hasOwn(left)).toBe(false)
  expect(JSON.parse(left).candidate).toEqual({
    candidate: 'candidate:7 1 udp 41885439 198.51.100.1 61234 typ relay raddr 0.0.0.0 rport 0',
    sdpMid: '0',
    sdpMLineIndex: 0,
  })
})

it('takes every address of the page out of a description, and leaves what connects', () => {
  const sdp = [
    'v=0',
    `o=mozilla 1 2 IN IP4 ${own[0]}`,
    's=-',
    't=0 0',
    'm=application 50731 UDP/DTLS/SCTP webrtc-datachannel',
    `c=IN IP6 ${own[2]}`,
    ...Object.values(lines).map((line) => `a=${line}`),
    `a=rtcp:50731 IN IP4 ${own[1]}`.replace('50731', '9'),
    'a=ice-ufrag:aaaa',
    'a=ice-pwd:bbbbbbbbbbbbbbbbbbbbbbbb',
    'a=fingerprint:sha-256 AA:BB',
    'a=setup:actpass',
    'a=sctp-port:5000',
    '',
  ].join('\r\n')
  const left = withoutAddresses(JSON.stringify({ type: 'offer', sdp })) ?? ''
  expect(hasOwn(left)).toBe(false)
  const told = JSON.parse(left).sdp as string
  expect(told.match(/a=candidate/g)).toHaveLength(1)
  for (const line of ['a=ice-ufrag:aaaa', 'a=fingerprint:sha-256 AA:BB', 'a=setup:actpass', 'a=sctp-port:5000'])
    expect(told).toContain(`${line}\r\n`)
})

it('leaves a section that is refused refused', () => {
  expect(descriptionWithoutAddresses('m=video 0 UDP/TLS/RTP/SAVPF 96')).toBe('m=video 0 UDP/TLS/RTP/SAVPF 96')
})

it.each(['offer 1', '{}', '{"type":"offer"}', `{"address":"${own[0]}"}`])(
  'lets nothing out that is no signal: %s',
  (text) => {
    expect(withoutAddresses(text)).toBeNull()
  },
)

it('knows TURN from STUN', () => {
  expect(hasTurn([{ urls: 'stun:a.example' }])).toBe(false)
  expect(hasTurn([{ urls: ['stun:a.example', 'turns:b.example:443?transport=tcp'] }])).toBe(true)
  expect(hasTurn([])).toBe(false)
})

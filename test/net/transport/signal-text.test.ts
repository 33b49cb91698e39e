import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { candidateType, MAX_SIGNAL_LENGTH, readSignal } from '../../../net/transport/signal-text.ts'

const sdp = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n'
const line = 'candidate:1 1 udp 2113937151 192.168.1.4 54321 typ host generation 0'
const read = (value: unknown) => readSignal(JSON.stringify(value))

describe('reading the signals of a stranger', () => {
  it('takes offers, answers and candidates as browsers make them', () => {
    expect(read({ type: 'offer', sdp })).toEqual({ kind: 'description', type: 'offer', sdp })
    expect(read({ type: 'answer', sdp })).toEqual({ kind: 'description', type: 'answer', sdp })
    const candidate = { candidate: line, sdpMLineIndex: 0, sdpMid: '0' }
    expect(read({ type: 'candidate', candidate })).toEqual({ kind: 'candidate', candidate })
    expect(read({ type: 'candidate', candidate: { candidate: line, sdpMid: '0' } })).not.toBeNull()
  })

  it.each([
    ['nothing', ''],
    ['not JSON', '{"type":"offer"'],
    ['null', 'null'],
    ['a number', '7'],
    ['an array', '[]'],
    ['deep nesting', `${'['.repeat(8000)}${']'.repeat(8000)}`],
    ['an offer without a description', '{"type":"offer"}'],
    ['a description that is no text', '{"type":"offer","sdp":{}}'],
    ['a description of nothing', '{"type":"offer","sdp":""}'],
    ['a rollback', JSON.stringify({ type: 'rollback', sdp })],
    ['a request to renegotiate', '{"type":"renegotiate","renegotiate":true}'],
    ['a request for a transceiver', '{"type":"transceiverRequest","transceiverRequest":{"kind":"video"}}'],
    ['an offer of video', JSON.stringify({ type: 'offer', sdp: `${sdp}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n` })],
    ['a candidate of nothing', '{"type":"candidate","candidate":{}}'],
    ['the empty candidate that ends a list', '{"type":"candidate","candidate":{"candidate":"","sdpMid":"0"}}'],
    ['a candidate of no section', JSON.stringify({ type: 'candidate', candidate: { candidate: line } })],
    [
      'a candidate of section 900',
      JSON.stringify({ type: 'candidate', candidate: { candidate: line, sdpMLineIndex: 900 } }),
    ],
    ['a section that is no text', JSON.stringify({ type: 'candidate', candidate: { candidate: line, sdpMid: {} } })],
    ['a huge text', JSON.stringify({ type: 'offer', sdp: sdp + 'a=x\r\n'.repeat(MAX_SIGNAL_LENGTH / 4) })],
  ])('drops %s', (_, text) => {
    expect(readSignal(text)).toBeNull()
  })

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readSignal(text)))
    const shape = fc.record({
      type: fc.constantFrom('offer', 'answer', 'candidate', 'x'),
      sdp: fc.oneof(fc.string(), fc.constant(sdp), fc.anything()),
      candidate: fc.oneof(fc.record({ candidate: fc.anything(), sdpMid: fc.anything() }), fc.anything()),
    })
    fc.assert(fc.property(shape, (value) => void readSignal(JSON.stringify(value) ?? '')))
  })

  it('knows the type of a candidate', () => {
    expect(candidateType(line)).toBe('host')
    expect(candidateType('candidate:2 1 udp 1 203.0.113.7 1 typ relay raddr 0.0.0.0 rport 0')).toBe('relay')
    expect(candidateType('typ host')).toBeNull()
  })
})

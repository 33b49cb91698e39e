import { unpack } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { goodbyeFrame, heartbeatFrame, readFrame } from '../../../net/transport/frames.ts'
import type { LinkCloseReason } from '../../../net/transport/link.ts'

const reasons: LinkCloseReason[] = ['left', 'lost', 'kicked', 'banned', 'host-left', 'rules-failed', 'away', 'replaced']

describe('the text frames of the transport', () => {
  it('carry every reason there and back, at the index that is on the wire', () => {
    reasons.forEach((reason, i) => {
      expect(goodbyeFrame(reason)).toBe(String.fromCharCode(16 + i))
      expect(readFrame('bulk', goodbyeFrame(reason))).toEqual({ kind: 'goodbye', reason })
    })
  })

  it('are each one valid MessagePack value of one byte', () => {
    const frames = [heartbeatFrame, ...reasons.map(goodbyeFrame)]
    expect(frames.map((frame) => unpack(new TextEncoder().encode(frame)))).toEqual([1, 16, 17, 18, 19, 20, 21, 22, 23])
  })

  it('mean nothing on the other lane, or with anything added', () => {
    expect(readFrame('state', goodbyeFrame('left'))).toBeNull()
    expect(readFrame('bulk', heartbeatFrame)).toBeNull()
    for (const text of ['', '\u0001\u0001', '\u0010 ', '\u0018', 'x', '\u{1F600}']) {
      expect(readFrame('state', text)).toBeNull()
      expect(readFrame('bulk', text)).toBeNull()
    }
  })
})

import { describe, expect, it } from 'vitest'
import { browserRtc, Duplex, errCode, randomBytes } from '../../../net/transport/peer-base.ts'

describe('what simple-peer stands on', () => {
  it('calls listeners in order, once where asked, and none that was taken off', () => {
    const peer = new Duplex()
    const heard: string[] = []
    const first = (): void => void heard.push('first')
    const never = (): void => void heard.push('never')
    peer
      .on('signal', first)
      .once('signal', () => heard.push('once'))
      .once('signal', never)
    peer.removeListener('signal', never)
    expect(peer.emit('signal')).toBe(true)
    peer.emit('signal')
    expect(heard).toEqual(['first', 'once', 'first'])
    peer.removeAllListeners()
    expect(peer.emit('signal')).toBe(false)
    expect(heard).toHaveLength(3)
  })

  it('goes on with the others when a listener takes itself off while it is called', () => {
    const peer = new Duplex()
    let calls = 0
    const off = (): void => void peer.removeListener('close', off)
    peer.on('close', off).on('close', () => calls++)
    peer.emit('close')
    expect(calls).toBe(1)
  })

  it('throws an error that nobody listens to, as Node does, so that none is lost', () => {
    const peer = new Duplex()
    const error = errCode(new Error('no'), 'ERR_NO')
    expect(() => peer.emit('error', error as never)).toThrow(error)
    let heard: unknown
    peer.on('error', (given) => {
      heard = given
    })
    peer.emit('error', error as never)
    expect(heard).toMatchObject({ code: 'ERR_NO' })
    expect(errCode(new DOMException('gone', 'OperationError'), 'ERR_NO').code).toBe('ERR_NO')
  })

  it('ends as a stream that has nothing to say, names with chance, and says where WebRTC is missing', () => {
    const peer = new Duplex()
    expect([peer._readableState.ended, peer._writableState.finished]).toEqual([true, true])
    expect(randomBytes(20).toString()).toMatch(/^[0-9a-f]{40}$/)
    expect(randomBytes(20).toString()).not.toBe(randomBytes(20).toString())
    expect(browserRtc()).toBeNull()
  })
})

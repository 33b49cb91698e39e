import { describe, expect, it, vi } from 'vitest'
import { loopbackPair } from '../../../net/transport/loopback.ts'
import { type Lane, MAX_BULK_BYTES, MAX_STATE_BYTES } from '../../../net/wire/lanes.ts'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

/** A pump in the test's hand, and everything that either end heard. */
function pair() {
  const due: (() => void)[] = []
  const [a, b] = loopbackPair({ defer: (deliver) => due.push(deliver) })
  const heard: string[] = []
  const listener = (name: string) => ({
    message: (lane: Lane, got: Uint8Array) => heard.push(`${name} ${lane} ${[...got]}`),
    closed: (reason: string) => heard.push(`${name} closed ${reason}`),
  })
  const pump = (): void => {
    while (due.length > 0) due.shift()?.()
  }
  return { a, b, heard, listener, pump }
}

describe('the loopback link', () => {
  it('delivers in order on both lanes, and never inside the call that sends', () => {
    const { a, b, heard, listener, pump } = pair()
    b.listen(listener('b'))
    expect(a.send('bulk', bytes(1))).toBe('sent')
    expect(a.send('state', bytes(2))).toBe('sent')
    expect(a.send('bulk', bytes(3, 3))).toBe('sent')
    expect(heard).toEqual([])
    pump()
    expect(heard).toEqual(['b bulk 1', 'b state 2', 'b bulk 3,3'])
  })

  it('delivers by itself in a microtask', async () => {
    const [a, b] = loopbackPair()
    const message = vi.fn()
    b.listen({ message, closed: () => {} })
    a.send('state', bytes(7))
    expect(message).not.toHaveBeenCalled()
    await Promise.resolve()
    expect(message).toHaveBeenCalledWith('state', bytes(7))
  })

  it('calls queueMicrotask as browsers want it: not as a method of something else', async () => {
    vi.stubGlobal('queueMicrotask', function (this: unknown, run: () => void) {
      if (this !== undefined && this !== globalThis) throw new TypeError('Illegal invocation')
      void Promise.resolve().then(run)
    })
    const [a, b] = loopbackPair()
    const message = vi.fn()
    b.listen({ message, closed: () => {} })
    a.send('bulk', bytes(1))
    a.close()
    await Promise.resolve()
    await Promise.resolve()
    expect(message).toHaveBeenCalledTimes(1)
    vi.unstubAllGlobals()
  })

  it('copies, so that a sender may write into its buffer again', () => {
    const { a, b, heard, listener, pump } = pair()
    b.listen(listener('b'))
    const buffer = bytes(1, 2, 3)
    a.send('state', buffer.subarray(1))
    buffer.fill(9)
    pump()
    expect(heard).toEqual(['b state 2,3'])
  })

  it('keeps what came before anybody listened', () => {
    const { a, b, heard, listener, pump } = pair()
    a.send('bulk', bytes(1))
    a.send('bulk', bytes(2))
    a.close('kicked')
    pump()
    b.listen(listener('b'))
    expect(heard).toEqual(['b bulk 1', 'b bulk 2', 'b closed kicked'])
  })

  it('can be passed on to another listener in the middle of a conversation', () => {
    const { a, b, heard, listener, pump } = pair()
    b.listen(listener('lobby'))
    a.send('bulk', bytes(1))
    pump()
    b.listen(listener('session'))
    a.send('bulk', bytes(2))
    pump()
    expect(heard).toEqual(['lobby bulk 1', 'session bulk 2'])
  })

  it('carries the reason of a goodbye after what was said before, and tells both ends once', () => {
    const { a, b, heard, listener, pump } = pair()
    a.listen(listener('a'))
    b.listen(listener('b'))
    a.send('bulk', bytes(1))
    a.close('host-left')
    a.close('left')
    expect([a.open, b.open]).toEqual([false, true])
    expect(heard).toEqual([])
    pump()
    expect(heard).toEqual(['b bulk 1', 'b closed host-left', 'a closed host-left'])
    expect(b.open).toBe(false)
    b.close()
    pump()
    expect(heard).toHaveLength(3)
  })

  it('gives each end its own reason when both leave at once', () => {
    const { a, b, heard, listener, pump } = pair()
    a.listen(listener('a'))
    b.listen(listener('b'))
    a.close('host-left')
    b.close('left')
    pump()
    expect(heard.toSorted()).toEqual(['a closed host-left', 'b closed left'])
  })

  it('sends nothing once closed, and still refuses what no lane takes', () => {
    const { a, pump } = pair()
    a.close()
    expect(a.send('bulk', bytes(1))).toBe('closed')
    pump()
    expect(a.stats().bulk).toMatchObject({ sentMessages: 0, bufferedBytes: 0 })
    expect(() => a.send('bulk', bytes())).toThrow(RangeError)
  })

  it.each([
    ['state', 0],
    ['state', MAX_STATE_BYTES + 1],
    ['bulk', 0],
    ['bulk', MAX_BULK_BYTES + 1],
  ] as const)('refuses a message on the %s lane of %i bytes with a sentence', (lane, size) => {
    const { a } = pair()
    expect(() => a.send(lane, new Uint8Array(size))).toThrow(/A message on the .* lane has 1 to \d+ bytes/)
  })

  it('counts like a channel', () => {
    const { a, b, listener, pump } = pair()
    b.listen(listener('b'))
    a.send('state', new Uint8Array(MAX_STATE_BYTES))
    expect(a.buffered('state')).toBe(MAX_STATE_BYTES)
    pump()
    expect(a.buffered('state')).toBe(0)
    expect(a.stats().state).toMatchObject({ sentMessages: 1, sentBytes: 1128 })
    expect(b.stats().state).toMatchObject({ receivedMessages: 1, receivedBytes: 1128 })
    expect(b.stats().bulk).toMatchObject({ receivedMessages: 0 })
  })
})

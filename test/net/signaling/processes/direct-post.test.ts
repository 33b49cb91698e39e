/** Messages to other processes, with lines that the test opens and cuts. */
import { describe, expect, test } from 'vitest'
import { DirectPost, type Line } from '../../../../net/signaling/server/processes/direct-post.ts'
import { manualClock } from '../support.ts'

const flush = () => new Promise((resolve) => setImmediate(resolve))

function post({ urlOf = (_: string): string | null => 'ws://other:1/starwire/process' } = {}) {
  const clock = manualClock()
  const sent: string[] = []
  const warnings: string[] = []
  const opening: { url: string; open(): void; fail(): void; cut(): void }[] = []
  const direct = new DirectPost({
    store: {
      whereIs: async (process) => urlOf(process),
      send: async (_, text) => {
        sent.push(`store ${text}`)
        return true
      },
    },
    tokens: { signPeer: ({ process }) => process },
    platform: clock,
    openLine: (url, _, closed) =>
      new Promise((resolve, reject) => {
        let isOpen = true
        const line: Line = {
          send(_, text) {
            if (isOpen) sent.push(`line ${text}`)
            return isOpen
          },
          close: () => {},
        }
        opening.push({
          url,
          open: () => resolve(line),
          fail: () => reject(Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:8080'), { code: 'ECONNREFUSED' })),
          cut: () => {
            isOpen = false
            closed()
          },
        })
      }),
    warn: (sentence) => warnings.push(sentence),
  })
  return { direct, clock, sent, warnings, opening }
}

const to = 'process1.socket'

describe('messages to another process', () => {
  test('wait for the line that opens, and keep their order', async () => {
    const { direct, sent, opening } = post()
    const all = ['a', 'b', 'c'].map((text) => direct.send(to, text))
    await flush()
    expect([opening.length, sent]).toEqual([1, []])
    opening[0]?.open()
    expect(await Promise.all(all)).toEqual([true, true, true])
    await direct.send(to, 'd')
    expect(sent).toEqual(['line a', 'line b', 'line c', 'line d'])
  })

  test('go by the store, in order, where no line opens; it is tried again later and later, and the log names no address', async () => {
    const { direct, clock, sent, warnings, opening } = post()
    const all = ['a', 'b'].map((text) => direct.send(to, text))
    await flush()
    opening[0]?.fail()
    await Promise.all(all)
    await direct.send(to, 'c')
    expect(sent).toEqual(['store a', 'store b', 'store c'])
    expect(warnings.join()).toContain('ECONNREFUSED')
    expect(warnings.join()).not.toContain('10.0.0.7')
    clock.advance(1000)
    void direct.send(to, 'd')
    await flush()
    opening[1]?.fail()
    await flush()
    clock.advance(1999)
    await direct.send(to, 'e')
    expect(opening).toHaveLength(2)
    clock.advance(1)
    void direct.send(to, 'f')
    await flush()
    expect(opening).toHaveLength(3)
    opening[2]?.open()
    await flush()
    expect(sent.at(-1)).toBe('line f')
  })

  test('open another line when theirs was cut', async () => {
    const { direct, sent, opening } = post()
    void direct.send(to, 'a')
    await flush()
    opening[0]?.open()
    await flush()
    opening[0]?.cut()
    void direct.send(to, 'b')
    await flush()
    opening[1]?.open()
    await flush()
    expect(sent).toEqual(['line a', 'line b'])
    expect(direct.size).toBe(1)
  })

  test('of a thousand processes that never were open no line, and leave nothing', async () => {
    const { direct, sent, opening } = post({ urlOf: () => null })
    for (let i = 0; i < 1000; i++) await direct.send(`forged${i}.socket`, 'x')
    expect(sent).toHaveLength(1000)
    expect([opening.length, direct.size]).toEqual([0, 0])
    expect(direct.unreached).toBeLessThanOrEqual(256)
  })

  test('open no line to what is no address of a WebSocket', async () => {
    for (const url of ['http://10.0.0.1/', 'nonsense', 'ws://user:password@host']) {
      const { direct, sent, opening } = post({ urlOf: () => url })
      await direct.send(to, 'a')
      expect([opening.length, sent]).toEqual([0, ['store a']])
    }
  })
})

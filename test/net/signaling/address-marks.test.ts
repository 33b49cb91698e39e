/** Marks of addresses: hosts get them where the operator allows it, and learn nothing else from them. */
import { describe, expect, test } from 'vitest'
import { bareGuest, bareHost, startServer } from './virtual-support.ts'

const ADDRESS = '203.0.113.77'

async function marksOf(options: Parameters<typeof startServer>[0], lobbies = 1, addresses = [ADDRESS]) {
  const { url } = startServer(options)
  const marks: (string | undefined)[] = []
  for (let i = 0; i < lobbies; i++) {
    const lobby = await bareHost(url)
    for (const address of addresses) marks.push((await bareGuest(url, lobby, lobby.lobby.code, { address })).asked.mark)
  }
  return marks
}

describe('a mark of an address', () => {
  test('is given to no host unless the operator says so', async () => {
    expect(await marksOf({})).toEqual([undefined])
  })

  test('is the same for all guests of one address in one lobby, and tells addresses apart', async () => {
    const [one, again, other] = await marksOf({ addressMarks: true }, 1, [ADDRESS, ADDRESS, '203.0.113.78'])
    expect(one).toMatch(/^[\w-]{22}$/)
    expect(again).toBe(one)
    expect(other).not.toBe(one)
  })

  test('is another in each lobby, so that two hosts cannot compare theirs', async () => {
    const [one, other] = await marksOf({ addressMarks: true }, 2)
    expect(one).not.toBe(other)
  })
})

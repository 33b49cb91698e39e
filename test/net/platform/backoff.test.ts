import { expect, it } from 'vitest'
import { Backoff } from '../../../net/platform/backoff.ts'

const options = { firstMs: 250, longestMs: 5000 }

it('waits twice as long from try to try and never longer than the longest, until a try led somewhere', () => {
  const backoff = new Backoff(options, { random: () => 1 })
  expect(Array.from({ length: 7 }, () => backoff.nextMs())).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000])
  backoff.reset()
  expect(backoff.nextMs()).toBe(250)
})

it('leaves half of each pause to chance, so that pages that lost the same server do not come back together', () => {
  const backoff = new Backoff(options, { random: () => 0 })
  expect(Array.from({ length: 3 }, () => backoff.nextMs())).toEqual([125, 250, 500])
})

it('goes on pausing for the longest after a thousand tries', () => {
  const backoff = new Backoff(options, { random: () => 1 })
  for (let i = 0; i < 2000; i++) backoff.nextMs()
  expect(backoff.nextMs()).toBe(5000)
})

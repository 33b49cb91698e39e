import { expect, it } from 'vitest'
import { onDemand } from '../../../net/lobby/on-demand.ts'

it('loads code once, however many lobbies a page opens at the same time', async () => {
  let loads = 0
  const side = onDemand(async () => ({ load: ++loads }))
  expect(await Promise.all([side(), side()])).toEqual([{ load: 1 }, { load: 1 }])
  expect(await side()).toEqual({ load: 1 })
})

it('says signaling-down when the code cannot be had, and asks for it again the next time', async () => {
  let loads = 0
  const side = onDemand(async () => {
    if (++loads === 1) throw new TypeError('Failed to fetch dynamically imported module')
    return loads
  })
  await expect(side()).rejects.toMatchObject({
    reason: 'signaling-down',
    detail: expect.stringMatching(/Failed to fetch/),
  })
  expect(await side()).toBe(2)
})

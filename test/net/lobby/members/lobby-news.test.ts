/** What a host tells everybody of its members: nothing is lost, and no honest host is taken for a hostile one. */
import { expect, it } from 'vitest'
import { TokenBucket } from '../../../../net/congestion/token-bucket.ts'
import { LobbyNews } from '../../../../net/lobby/members/lobby-news.ts'
import type { PlayerId } from '../../../../net/world/ids.ts'
import { HandClock } from '../support.ts'

/** What a guest takes of its host: guest/host-link.ts. */
const guestBudget = () => new TokenBucket(60, 600)

it('64 pages that change something ten times a second do not make a guest leave its honest host, and each last change is told', async () => {
  const clock = new HandClock()
  const budget = guestBudget()
  const [now, told] = [new Map<unknown, number>(), new Map<unknown, number>()]
  let excess = 0
  const news = new LobbyNews(clock.platform, (member) => {
    if (budget.available(clock.now) < 1) excess++
    budget.spend(1)
    told.set(member, now.get(member) ?? 0)
  })
  for (let round = 0; round < 200; round++) {
    for (let member = 0; member < 64; member++) {
      now.set(member, round)
      news.changed(member as PlayerId)
    }
    await clock.tick(6)
  }
  await clock.tick(200)
  expect(excess).toBe(0)
  expect([...told.values()]).toEqual(Array(64).fill(199))
  expect(clock.running).toBe(0)
})

it('tells at once what seldom changes, in the order in which it changed', () => {
  const clock = new HandClock()
  const told: unknown[] = []
  const news = new LobbyNews(clock.platform, (member) => told.push(member))
  for (const member of [3, 1, 2, 1]) news.changed(member as PlayerId)
  expect(told).toEqual([3, 1, 2, 1])
  expect(clock.running).toBe(0)
})

it('leaves no clock behind when the lobby ends while something waits', () => {
  const clock = new HandClock()
  const news = new LobbyNews(clock.platform, () => {})
  for (let i = 0; i < 1000; i++) news.changed(i as PlayerId)
  expect(clock.running).toBe(1)
  news.stop()
  expect(clock.running).toBe(0)
})

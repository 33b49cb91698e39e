/** A match with a bot in a real page: recorded there, run again to the bit in Node, and the other way round. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settingsOf } from '../../game/arenas/arena.ts'
import { exampleArenas } from '../../game/arenas/examples.ts'
import { dogstar } from '../../game/rules/dogstar.ts'
import { simulate } from '../../net/testing.ts'
import { hunt } from '../net/bots/hunt.ts'
import { opened } from '../net/records/recorded.ts'
import { type Harness, startHarness } from './harness.ts'

interface Fixture {
  hunters(): { x: number; mine: boolean }[]
  save(): number[]
  open(bytes: number[]): { differs: number | null; hash: number; tick: number } | string
  runDogstar(bytes: number[]): { differs: number | null; hash: number; tick: number } | string
  shown(): { playing: boolean; tick: number; hunters: { x: number; mine: boolean }[] } | null
}

let harness: Harness

beforeAll(async () => {
  harness = await startHarness({ root: 'test/browser/fixtures/records' })
})
afterAll(() => harness.close())

describe('a recording', { tags: ['long'] }, () => {
  it('made in a page runs to the bit in Node, one made in Node runs to the bit in a page, which draws it', async () => {
    const { page } = await harness.open('/')
    await page.waitForFunction(() => 'hunters' in window)
    const other = (): Promise<number> =>
      page.evaluate(() => (window as unknown as Fixture).hunters().find(({ mine }) => !mine)?.x ?? 0)
    // The bot runs after its hare by itself.
    await expect.poll(other, { timeout: 20_000 }).toBeGreaterThan(200)

    const file = Uint8Array.from(await page.evaluate(() => (window as unknown as Fixture).save()))
    const replay = opened(hunt, file)
    expect(replay.check()).toBe(null)
    expect(replay.about.players.map(({ name }) => name)).toEqual(['Ann', 'Ace'])
    const again = await page.evaluate((bytes) => (window as unknown as Fixture).open(bytes), [...file])
    expect(again).toEqual({ differs: null, hash: replay.hash, tick: replay.lastTick })

    const match = simulate(hunt, { players: 2, network: { latencyMs: 40 }, seed: 9 })
    const recording = match.record()
    match.addBot('runner')
    match.run(3_000)
    const made = recording.save()
    const truth = opened(hunt, made)
    expect(truth.check()).toBe(null)
    const run = await page.evaluate((bytes) => (window as unknown as Fixture).open(bytes), [...made])
    expect(run).toEqual({ differs: null, hash: truth.hash, tick: truth.lastTick })
    const shown = () => page.evaluate(() => (window as unknown as Fixture).shown())
    await expect.poll(async () => (await shown())?.playing, { timeout: 20_000 }).toBe(false)
    const { tick, hunters } = (await shown())!
    expect(tick).toBe(truth.lastTick)
    expect(hunters.map(({ x }) => x)).toEqual(
      truth
        .world()
        .entities.filter(({ type }) => type === 'hunter')
        .map(({ fields }) => fields.x),
    )
    harness.assertQuiet()
  })

  it('of Dogstar with bots of every hull and special has the same hash in Node and in a page', async () => {
    const { page } = await harness.open('/')
    await page.waitForFunction(() => 'runDogstar' in window)
    const match = simulate(dogstar, {
      ...{ players: 2, network: { latencyMs: 40, loss: 0.02 }, seed: 4, settings: settingsOf(exampleArenas[0]!) },
    })
    const recording = match.record()
    for (let i = 0; i < 7; i++) match.addBot('ace', { skill: i / 6 })
    match.run(12_000)
    const file = recording.save()
    const truth = opened(dogstar, file)
    expect(truth.check()).toBe(null)
    const run = await page.evaluate((bytes) => (window as unknown as Fixture).runDogstar(bytes), [...file])
    expect(run).toEqual({ differs: null, hash: truth.hash, tick: truth.lastTick })
    harness.assertQuiet()
  })
})

/** A lobby that is parted in two halves, of which neither has most of the voters: one goes on at most, and all are together again after. In virtual time. */
import { describe, expect, it } from 'vitest'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import { epochOf, here, hostOf, open, openMatch, type Page, positionsOf, roleOf } from './table.ts'

const long = { tags: ['long'] }
const PARTED_MS = 12_000
/** Until a host that hears half has noticed it, and signalling's vote has run out where it is not there, ms. */
const NOTICED_MS = 5000

/** Whether a page hosts and would run a tick now. */
const runs = (page: Page): boolean =>
  page.lobby.hosting && roleOf<{ handOvers: { mayRun: boolean } }>(page).handOvers.mayRun

describe.each(['before a match', 'in a match'])('two halves of a lobby of four, %s,', (when) => {
  it.each([
    ['of which the host’s has the lobby server', true, false, 'Ann'],
    ['of which the heir’s has the lobby server', false, true, 'heir'],
    ['that both have the lobby server', true, true, 'one'],
    ['that have no lobby server', false, false, 'nobody'],
  ] as const)('%s, never both go on, and are one lobby again', long, async (_, hostOnline, heirOnline, who) => {
    const table =
      when === 'in a match' ? await openMatch(111, 'Bea', 'Cleo', 'Dan') : await open(111, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const [bea, cleo, dan] = others as [Page, Page, Page]
    const pages = [ann, ...others]
    const seats = pages.map(({ lobby }) => lobby.me)
    // Bea and Cleo are the heirs: one in each half.
    const [near, far] = [
      [ann, bea],
      [cleo, dan],
    ]
    const sitesOf = (half: readonly Page[]) => half.map(({ site }) => site)
    world.part(PARTED_MS, sitesOf(near!), sitesOf(far!))
    for (const [half, isOnline] of [
      [near!, hostOnline],
      [far!, heirOnline],
    ] as const)
      for (const { page } of isOnline ? [] : sitesOf(half)) {
        world.internet.cut(page)
        world.time.at(world.time.now + PARTED_MS, () => world.internet.mend(page))
      }
    await pass(world, NOTICED_MS)
    const epochs = new Map<number, string>()
    for (let i = 0; i < 60; i++) {
      const running = pages.filter(runs)
      expect(running.length).toBeLessThanOrEqual(1)
      for (const page of running) {
        const name = hostOf(page)!
        expect(epochs.get(epochOf(page)) ?? name).toBe(name)
        epochs.set(epochOf(page), name)
      }
      await pass(world, 100)
    }
    const hosts = [...new Set(epochs.values())]
    if (who === 'Ann') expect(hosts).toEqual(['Ann'])
    if (who === 'heir') expect(hosts).toEqual(['Cleo'])
    if (who === 'one') expect(hosts).toHaveLength(1)
    if (who === 'nobody') expect(hosts).toEqual([])
    if (who === 'nobody') expect(ann.lobby.paused).toBe(true)
    const state = when === 'in a match' ? 'playing' : 'lobby'
    const isWhole = () =>
      new Set(pages.map((page) => `${hostOf(page)} ${epochOf(page)} ${here(page)}`)).size === 1 &&
      pages.every(({ lobby }) => lobby.state === state) &&
      pages.filter(runs).length === 1
    const said = () =>
      pages.map((page) => `${hostOf(page)} ${page.lobby.state} ${epochOf(page)} ${here(page)}`).join('\n')
    expect(await world.time.runUntil(isWhole, world.time.now + 60_000), said()).toBe(true)
    await pass(world, 2000)
    expect([isWhole(), pages.map(({ lobby }) => lobby.me), here(ann)]).toEqual([
      true,
      seats,
      'Ann:here Bea:here Cleo:here Dan:here',
    ])
    if (when === 'in a match') {
      for (const { lobby } of pages) (await settled(world, lobby.session())).input({ x: 1 })
      const before = await positionsOf(dan, world)
      await pass(world, 1500)
      for (const page of pages) {
        const after = await positionsOf(page, world)
        for (const seat of seats) expect(after[seat]!).toBeGreaterThan(before[seat]! + 10)
      }
    }
    const sorted = [...pages].sort((a, b) => Number(a.lobby.hosting) - Number(b.lobby.hosting))
    await expectReleased(world, ...sorted.map(({ lobby }) => lobby))
  })
})

import { describe, expect, it } from 'vitest'
import { mean } from '../rivals/timing.ts'
import { startScenario } from '../worlds/scenarios.ts'
import { BenchChannel, BenchHost, EVERY, plainChannel, viewers } from './channel.ts'
import { Stream } from './entropy.ts'
import { climb } from './ladder.ts'
import { inOrder, noLoss, randomLoss, reordered } from './loss.ts'
import { plain, play } from './play.ts'
import { partsOf, whereTable } from './where.ts'

describe('what the bytes are', { timeout: 30_000 }, () => {
  // A part that nobody counted would make the table lie by as much.
  it.each(['S', 'walkers', 'bodies'] as const)('adds up to the bytes that were sent in %s', (scenario) => {
    const [outcome] = play(scenario, 1, 2, 2, [{ ...plain, dissects: true }])
    const { sizes, tally } = outcome!
    const { exact, presented, head, parameters, envelope } = partsOf(tally, sizes.length)
    expect(exact + presented + head + parameters + envelope).toBeCloseTo(mean(sizes), 6)
    expect(exact > 0).toBe(scenario === 'S')
  })

  it('is never below the entropy of the same symbols', () => {
    const [outcome] = play('S', 1, 3, 2, [{ ...plain, dissects: true }])
    for (const { field, stream } of outcome!.tally.all) expect(stream.floorBits, field).toBeLessThanOrEqual(stream.bits)
  })

  it('names no line twice and leaves none out', () => {
    const [outcome] = play('S', 1, 2, 1, [{ ...plain, dissects: true }])
    const { tally, sizes } = outcome!
    const lines = whereTable([{ scenario: 'S', tally, snapshots: sizes.length }], true).split('\n')
    const told = lines.map((line) => line.split(/ {2,}/)[0])
    expect(new Set(told).size).toBe(told.length)
    expect(told).toContain('presented bullet: new, x y')
    const bytes = lines.slice(1, -1).map((line) => Number(/([\d.]+) \(/.exec(line)?.[1] ?? 0))
    const total = Number(/([\d.]+) \(/.exec(lines[lines.length - 1]!)?.[1])
    expect(Math.abs(bytes.reduce((a, b) => a + b, 0) - total)).toBeLessThan(0.05 * lines.length)
  })
})

describe('the entropy floor', () => {
  it('is a bit for a fair coin, next to nothing for one that falls on one side, and whole low bits for large numbers', () => {
    const [fair, biased, large] = [new Stream(), new Stream(), new Stream()]
    for (let i = 0; i < 1000; i++) {
      fair.add(i % 2, 1)
      biased.add(i === 0 ? 1 : 0, 1)
      large.add(1024 + i, 16)
    }
    expect(fair.floorBits).toBeCloseTo(1000, 6)
    expect(biased.floorBits).toBeLessThan(20)
    // All are of eleven bits, of which the first is told by that: a codebook of a thousand values would be no model.
    expect(large.floorBits).toBeCloseTo(10_000, 6)
  })
})

describe('the check against the truth', { timeout: 30_000 }, () => {
  it('finds a state that is beyond its step, an entity that was never told, and one that is no more', () => {
    const run = startScenario('S', 1)
    const host = new BenchHost(run)
    const channel = new BenchChannel(host, { ...plainChannel, player: viewers(run, 1)[0]! })
    const asteroids = run.game.schema.entities.get('asteroid')!
    const x = asteroids.numbers.findIndex(({ name }) => name === 'x')
    const send = (spoil: () => unknown): number => {
      for (let i = 0; i < EVERY; i++) host.tick()
      host.trajectories.update(host.world)
      spoil()
      host.truths.keep(run.world)
      const before = channel.wrong
      channel.step((run.world.tick * 1000) / 60, true)
      return channel.wrong - before
    }
    expect(send(() => {})).toBe(0)
    const asteroid = run.world.list(asteroids)[0]!
    const moveUntold = (): void => {
      asteroid.numbers[x]! += 1
    }
    expect(send(moveUntold)).toBe(1)
    expect(send(() => run.world.spawn('asteroid', {}))).toBe(1)
    expect(send(() => run.world.remove(asteroid))).toBe(1)
  })

  it('finds nothing wrong on links that lose, overtake and are late', () => {
    const outcomes = play('S', 1, 4, 2, [
      { ...plain, loss: randomLoss(0.2, true) },
      { ...plain, lateness: reordered(0.3, 60) },
      { ...plain, ackMs: 300 },
    ])
    for (const { wrong, sizes } of outcomes) {
      expect(wrong).toBe(0)
      expect(sizes.length).toBeGreaterThan(100)
    }
  })
})

describe('a link', () => {
  it.each([
    [0.05, false],
    [0.2, false],
    [0.05, true],
    [0.2, true],
  ])('loses its share of %d, in bursts: %s', (share, bursts) => {
    const lost = randomLoss(share, bursts)(1)
    const fates = Array.from({ length: 200_000 }, (_, i) => lost(i * 10))
    expect(fates.filter(Boolean).length / fates.length).toBeGreaterThan(share * 0.9)
    expect(fates.filter(Boolean).length / fates.length).toBeLessThan(share * 1.1)
    const ends = fates.filter((fate, i) => fate && !fates[i + 1]).length
    const burstMs = (fates.filter(Boolean).length * 10) / ends
    if (bursts) expect(Math.abs(burstMs - 120)).toBeLessThan(15)
    else expect(burstMs).toBeLessThan(14)
  })

  it('lets nothing be lost or late unless it is told to', () => {
    expect(noLoss(1)(5)).toBe(false)
    expect(inOrder(1)()).toBe(0)
  })
})

describe('the ladder', () => {
  // A rung that brings nothing, or is wrong, was built wrongly: each is a step that the codec owes its bytes to.
  it('costs less on every rung, and tells nothing wrong on any', { timeout: 60_000, tags: ['long'] }, () => {
    const rungs = climb('S', 1, 3)
    for (const [i, { fixedBytes, learnedBytes, wrong, name }] of rungs.entries()) {
      expect(wrong, name).toBe(0)
      expect(fixedBytes, name).toBeLessThan(rungs[i - 1]?.fixedBytes ?? Number.POSITIVE_INFINITY)
      if (learnedBytes !== null) expect(learnedBytes, name).toBeLessThan(fixedBytes)
    }
  })
})

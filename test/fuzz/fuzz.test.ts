import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../net/testing.ts'
import { Campaign, type Counters, runCase } from './campaign.ts'
import { packSteps, shorterSteps, unpackSteps } from './cases.ts'
import type { News } from './coverage.ts'
import { playHonestly } from './honest.ts'
import { mutate, mutateBits, mutateTree } from './mutate.ts'
import { fingerprint, law, Meter, type Target, weigh } from './target.ts'
import { allTargets } from './targets.ts'

/** A target with a fault of one's own. */
function target(run: Target['run'], seed: Uint8Array = Uint8Array.of(1, 2, 3, 4)): Target {
  return { name: 'planted', batch: 64, seeds: [seed], mutate, run }
}

async function findings(planted: Target, rounds = 20, coverage: Counters | null = null) {
  const campaign = new Campaign({ targets: [planted], seed: 1, coverage })
  await campaign.begin()
  for (let i = 0; i < rounds; i++) await campaign.round()
  return campaign
}

describe('fuzzing', () => {
  it.each<[string, Target['run'], RegExp]>([
    [
      'a throw',
      (bytes) => {
        if (bytes[0] === 0xff) throw new RangeError('too far')
      },
      /^threw RangeError: too far in /,
    ],
    ['a broken law', (bytes) => law(bytes.length < 40, () => `${bytes.length} bytes`), /^\d+ bytes$/],
    [
      'a decoder that makes too much of too little',
      (bytes, meter) => meter.became(new Array(bytes[0] === 0 ? 9999 : 0).fill(0), bytes.length),
      / bytes became \d+ values each$/,
    ],
    [
      'a packet that takes long, each time',
      (bytes, meter) =>
        meter.packet(() => {
          if (bytes[0] === 0) for (const end = performance.now() + 60; performance.now() < end; );
        }),
      /^a packet took \d+ ms$/,
    ],
  ])('finds %s, tells it once, and it can be seen again', async (_name, run, problem) => {
    const planted = target(run)
    const found = (await findings(planted, 4)).findings
    expect(found.map((finding) => finding.problem)).toEqual([expect.stringMatching(problem)])
    if (!problem.source.includes('took'))
      expect(runCase(planted, Buffer.from(found[0]!.hex, 'hex'), new Meter())).toMatch(problem)
  })

  it('does not take a pause of the machine for a hang', async () => {
    let paused = false
    const run: Target['run'] = (_bytes, meter) =>
      meter.packet(() => {
        if (paused) return
        paused = true
        for (const end = performance.now() + 80; performance.now() < end; );
      })
    expect((await findings(target(run))).findings).toEqual([])
  })

  it('finds that the prototype of all objects was written to', () => {
    const planted = target(() => {
      ;(Object.prototype as Record<string, unknown>).admin = true
    })
    try {
      expect(runCase(planted, Uint8Array.of(1), new Meter())).toMatch(/prototype/)
    } finally {
      delete (Object.prototype as Record<string, unknown>).admin
    }
  })

  it('goes on from what reached new code, so that it gets where chance alone does not', async () => {
    // Four bytes, each of which is looked at only when the one before is right: by chance once in a billion.
    const secret = [0xc4, 0xff, 0xdd, 0x94]
    const deepest = { now: 0, ever: 0 }
    const planted = target((bytes) => {
      let deep = 0
      while (deep < 4 && bytes[deep] === secret[deep]) deep++
      deepest.now = Math.max(deepest.now, deep)
      law(deep < 4, () => 'the innermost')
    })
    const news = new Map([['script', []]]) as unknown as News
    const counters: Counters = {
      look: () => {
        const fresh = deepest.now > deepest.ever
        if (!fresh) deepest.now = 0
        return fresh ? news : (new Map() as News)
      },
      lookAgain: () => {
        deepest.now = 0
      },
      keep: () => {
        deepest.ever = Math.max(deepest.ever, deepest.now)
        deepest.now = 0
      },
    }
    expect((await findings(planted, 600, counters)).findings.map(({ problem }) => problem)).toEqual(['the innermost'])
    expect((await findings(planted, 600)).findings).toEqual([])
  }, 30_000)

  it('is the same from the same seed', async () => {
    const cases: string[][] = []
    for (let i = 0; i < 2; i++) {
      const seen: string[] = []
      await findings(target((bytes) => void seen.push(Buffer.from(bytes).toString('hex'))))
      cases.push(seen)
    }
    expect(cases[0]!.length).toBeGreaterThan(1000)
    expect(cases[1]).toEqual(cases[0])
  })

  it('shortens a case to what is needed', async () => {
    const steps = Array.from({ length: 20 }, (_, i) => ({ when: i, bytes: Uint8Array.of(i) }))
    const run: Target['run'] = (bytes) =>
      law(!unpackSteps(bytes).some(({ when }) => when === 7), () => 'the seventh is there')
    const planted = { ...target(run, packSteps(steps)), shorter: shorterSteps }
    const [finding] = (await findings(planted, 0)).findings
    expect(unpackSteps(Buffer.from(finding!.hex, 'hex'))).toHaveLength(1)
  })

  it('begins with cases in which nothing is wrong, and of which most is taken', {
    timeout: 30_000,
    tags: ['long'],
  }, async () => {
    const targets = allTargets().filter(({ name }) => name !== 'match')
    const campaign = new Campaign({ targets, seed: 1, coverage: null })
    await campaign.begin()
    expect(campaign.findings).toEqual([])
    for (const { name, meter } of campaign.tallies())
      expect([name, meter.taken / meter.packets > 0.4]).toEqual([name, true])
  })

  it('makes cases that are right but for one thing, and others that are not', () => {
    const random = seededRandom(4)
    for (const { seeds, mutate: other, name } of allTargets()) {
      if (name === 'match') continue
      const made = new Set<string>()
      for (let i = 0; i < 60; i++) made.add(Buffer.from(other(seeds[i % seeds.length]!, seeds, random)).toString('hex'))
      expect([name, made.size > 20]).toEqual([name, true])
    }
    expect(mutateBits(Uint8Array.of(1), Uint8Array.of(2), random).length).toBeLessThan(20)
    expect(() => mutateTree({ a: [1, { b: 'x' }] }, random)).not.toThrow()
  })
})

describe('what a value weighs', () => {
  it('counts everything once, however it hangs together', () => {
    const shared = [1, 2]
    expect(weigh({ a: shared, b: shared, c: new Map([['k', 'v']]) })).toBe(1 + 3 + 3)
  })

  it('and its fingerprint tell any change, but for what is left out', () => {
    const honest = playHonestly(3)
    const before = fingerprint(honest, new Set())
    expect(fingerprint(honest, new Set())).toBe(before)
    const [first] = honest.toHost
    expect(fingerprint({ ...honest, toHost: [{ ...first, when: 1 }] }, new Set())).not.toBe(before)
    expect(fingerprint({ ...honest, more: 1 }, new Set(['more']))).toBe(before)
  })
})

it('npm run fuzz says what it did in one line, and that nothing was found', { tags: ['long'] }, () => {
  const run = spawnSync(process.execPath, ['.ci/run-ts.mjs', 'test/fuzz/command-line.ts', '--seconds', '1'], {
    encoding: 'utf8',
  })
  expect(run.stderr).toBe('')
  expect(run.stdout.trim().split('\n').at(-1)).toMatch(
    /^fuzz: \d+ packets in \d+ cases from seed 1, \d+ a second, \d\d % passed the envelope, \d\d % were taken, \d{4} of \d{4} blocks reached \(\d\d %\), corpus \d+, 0 findings$/,
  )
  expect(run.status).toBe(0)
})

/** `link.switchTo`: another pipe takes over, make before break, and nothing on the bulk lane is lost or doubled. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SimulatedNetwork } from '../../../net/testing.ts'
import { encodeAck, encodePiece } from '../../../net/transport/bulk-frames.ts'
import { LaneLink, type LaneLinkOptions } from '../../../net/transport/lane-link.ts'
import type { PipeReport } from '../../../net/transport/pipe.ts'
import type { Lane } from '../../../net/wire/lanes.ts'
import { deliverAll, type TestPipe, testPipes } from './test-pipe.ts'

/** Time in the test's hand. */
function clock() {
  let now = 0
  const timers = new Set<{ at: number; run: () => void }>()
  const looks = new Set<(now: number) => void>()
  return {
    platform: {
      now: () => now,
      after(ms: number, run: () => void) {
        const timer = { at: now + ms, run }
        timers.add(timer)
        return () => void timers.delete(timer)
      },
      onPulse(look: (now: number) => void) {
        looks.add(look)
        return () => void looks.delete(look)
      },
    },
    pending: () => timers.size + looks.size,
    pass(ms: number) {
      for (const until = now + ms; now < until; ) {
        now += 125
        for (const timer of [...timers]) if (timer.at <= now && timers.delete(timer)) timer.run()
        for (const look of [...looks]) look(now)
      }
    },
  }
}

function linked(options: LaneLinkOptions = {}) {
  const time = clock()
  const pipes = testPipes()
  const log: string[] = []
  const ends = pipes.map((pipe, i) => {
    const name = 'ab'[i]
    const link = new LaneLink(pipe, {
      platform: time.platform,
      ended: (reason, detail) => log.push(`${name} ended ${reason} ${detail}`.trim()),
      suspended: () => log.push(`${name} suspended`),
      ...options,
    })
    const heard: string[] = []
    link.listen({
      message: (lane: Lane, bytes) => heard.push(`${lane} ${[...bytes.subarray(0, 4)]}`),
      liveness: (state) => heard.push(state),
      closed: (reason) => heard.push(`closed ${reason}`),
    })
    return { link, heard }
  })
  const [a, b] = ends as [(typeof ends)[0], (typeof ends)[0]]
  return { ...time, a, b, pipes, log }
}

const send = (link: LaneLink, ...values: number[]) => link.send('bulk', Uint8Array.from(values))
const kinds = (link: LaneLink): PipeReport['kind'] | undefined => link.describe()?.kind

/** Equal for equal bytes. */
const text = (bytes: Uint8Array): string =>
  `${bytes.length} ${bytes[0]} ${createHash('md5').update(bytes).digest('hex')}`

/** A pipe that says which it is. */
function named(kind: string): [TestPipe, TestPipe] {
  const ends = testPipes({ open: false })
  for (const end of ends) end.describe = () => ({ kind })
  return ends
}

describe('a better pipe', () => {
  it('takes over once both sides can use it, and the one before brings what was under way', () => {
    const { a, b, pipes, pass } = linked()
    send(a.link, 1)
    send(b.link, 9)
    a.link.send('state', Uint8Array.of(5))
    const [left, right] = named('direct')
    a.link.switchTo(left)
    b.link.switchTo(right)
    send(a.link, 2)
    left.opens()
    right.opens()
    expect(kinds(a.link)).toBe('test')
    deliverAll(left, right)
    expect([kinds(a.link), kinds(b.link)]).toEqual(['direct', 'direct'])
    send(a.link, 3)
    a.link.send('state', Uint8Array.of(6))
    deliverAll(left, right)
    deliverAll(...pipes)
    deliverAll(left, right)
    expect(b.heard).toEqual(['bulk 1', 'bulk 2', 'bulk 3', 'state 6', 'state 5'])
    expect(a.heard).toEqual(['bulk 9'])
    expect(pipes.map(({ closed }) => closed)).toEqual([false, false])
    pass(1000)
    expect(pipes.map(({ closed }) => closed)).toEqual([true, true])
    expect([a.link.open, b.link.open]).toEqual([true, true])
  })

  it('that fails on the way changes nothing', () => {
    const { a, b, pipes, log } = linked()
    const [left, right] = named('direct')
    a.link.switchTo(left)
    b.link.switchTo(right)
    left.opens()
    right.opens()
    left.dies()
    right.dies()
    send(a.link, 1)
    deliverAll(...pipes)
    expect(b.heard).toEqual(['bulk 1'])
    expect(log).toEqual([])
  })

  it('that fails on one side only, after the other has moved, is left again', () => {
    const { a, b, pipes, log } = linked()
    const [left, right] = named('direct')
    a.link.switchTo(left)
    b.link.switchTo(right)
    left.opens()
    right.opens()
    // Only a has heard the other side.
    right.deliver()
    expect([kinds(a.link), kinds(b.link)]).toEqual(['direct', 'test'])
    send(a.link, 1)
    left.dies()
    right.dies()
    send(a.link, 2)
    deliverAll(...pipes)
    expect(b.heard).toEqual(['bulk 1', 'bulk 2'])
    expect(log).toEqual([])
  })

  it('lets the one before acknowledge what already waits to go again', () => {
    const { a, b, pipes } = linked()
    const [left, right] = named('direct')
    a.link.switchTo(left)
    b.link.switchTo(right)
    left.opens()
    right.opens()
    a.link.send('bulk', new Uint8Array(400_000))
    while (pipes[0].deliver());
    // It gets nothing out, so most of the message waits.
    left.holds = true
    right.deliver()
    expect(a.link.buffered('bulk')).toBeGreaterThan(300_000)
    while (pipes[1].deliver());
    deliverAll(left, right)
    expect(a.link.buffered('bulk')).toBe(0)
    expect(b.heard).toEqual(['bulk 0,0,0,0'])
    expect(a.link.stats().bulk.rejected).toBe(0)
  })

  it('is given up for the next one', () => {
    const { a, b, pipes } = linked()
    const [first, next] = [named('first'), named('next')]
    for (const [left, right] of [first, next]) {
      a.link.switchTo(left)
      b.link.switchTo(right)
    }
    expect(first.map(({ closed }) => closed)).toEqual([true, true])
    for (const end of next) end.opens()
    deliverAll(...next, ...pipes)
    expect([kinds(a.link), kinds(b.link)]).toEqual(['next', 'next'])
  })

  it('is closed by a link that has ended, and by one that ends', () => {
    const { a, pipes, pending } = linked()
    const [left] = named('direct')
    a.link.switchTo(left)
    a.link.closeAtOnce()
    const [late] = named('late')
    a.link.switchTo(late)
    expect([left.closed, late.closed, pipes[0].closed]).toEqual([true, true, true])
    // Those of the other side.
    expect(pending()).toBe(1)
  })

  it('takes no piece before it was told where to go on, nor a number that was never reached', () => {
    for (const frame of [encodePiece(0, 0, Uint8Array.of(1)), encodeAck(1), Uint8Array.of(1, 2, 3)]) {
      const { a } = linked()
      const [left] = named('direct')
      a.link.switchTo(left)
      left.opens()
      for (let i = 0; i < 30; i++) left.says('bulk', frame)
      expect(a.heard.filter((line) => line.startsWith('bulk'))).toEqual([])
      expect(a.link.open).toBe(false)
    }
  })
})

describe('a pipe that fails', () => {
  it('ends the link as lost when nobody waits for another', () => {
    const { a, pipes, log } = linked()
    pipes[0].dies()
    expect(log).toEqual(['a ended lost cut'])
    expect(a.heard).toEqual(['closed lost'])
  })

  it('suspends the link when its owner wants that, and another goes on where it stopped', () => {
    const { a, b, pipes, log, pass } = linked({ suspendMs: 10_000 })
    send(a.link, 1)
    send(b.link, 8)
    pipes[0].dies()
    pipes[1].dies()
    expect(log).toEqual(['a suspended', 'b suspended'])
    expect(send(a.link, 2)).toBe('sent')
    expect(a.link.send('state', Uint8Array.of(7))).toBe('skipped')
    pass(6000)
    expect([a.link.open, a.heard]).toEqual([true, ['late']])
    const [left, right] = named('next')
    a.link.switchTo(left)
    b.link.switchTo(right)
    left.opens()
    right.opens()
    deliverAll(left, right)
    expect(b.heard).toEqual(['late', 'alive', 'bulk 1', 'bulk 2'])
    expect(a.heard).toEqual(['late', 'alive', 'bulk 8'])
    pass(20_000)
    expect(log.slice(2)).toEqual([
      'a suspended',
      'b suspended',
      'a ended lost nothing heard',
      'b ended lost nothing heard',
    ])
  })

  it('without a word, by a cut, suspends it after 5 s of silence', () => {
    const { a, log, pass } = linked({ suspendMs: 3000 })
    pass(5125)
    expect(log).toEqual(['a suspended', 'b suspended'])
    expect(a.heard).toEqual(['late'])
    pass(3000)
    expect(log.slice(2)).toEqual(['a ended lost nothing heard', 'b ended lost nothing heard'])
    expect(a.heard).toEqual(['late', 'closed lost'])
  })

  it('waits for the pipe that is about to take over', () => {
    const { a, b, pipes, log, pass } = linked()
    const [left, right] = named('next')
    a.link.switchTo(left)
    b.link.switchTo(right)
    for (const pipe of pipes) pipe.dies()
    send(a.link, 1)
    left.opens()
    right.opens()
    deliverAll(left, right)
    expect(b.heard).toEqual(['late', 'alive', 'bulk 1'])
    left.dies()
    expect(log).toEqual(['a suspended', 'b suspended', 'a ended lost cut'])
    pass(6000)
    expect(log.at(-1)).toBe('b ended lost nothing heard')
  })

  it('leaves no timer of a suspension behind', () => {
    const { a, b, pipes, pending } = linked({ suspendMs: 60_000 })
    for (const pipe of pipes) pipe.dies()
    a.link.close()
    b.link.closeAtOnce()
    expect(pending()).toBe(0)
  })
})

it('in virtual time a cut in the middle of a transfer costs its silence, and no message', () => {
  const network = new SimulatedNetwork(7)
  const conditions = { latencyMs: 30, loss: 0.01 }
  const platform = {
    ...network.timers,
    onPulse(look: (now: number) => void) {
      let goesOn = true
      const turn = (): void => {
        if (!goesOn) return
        look(network.now)
        network.at(network.now + 125, turn)
      }
      turn()
      return () => {
        goesOn = false
      }
    },
  }
  const first = network.pipes(conditions, conditions)
  let suspended = 0
  const links = first.map(
    (pipe) => new LaneLink(pipe, { platform, suspendMs: 10_000, suspended: () => ++suspended === 2 && takeOver() }),
  )
  const takeOver = (): void => {
    const next = network.pipes(conditions, conditions)
    for (const [i, link] of links.entries()) link.switchTo(next[i as 0 | 1])
    network.at(network.now + 200, () => {
      for (const pipe of next) pipe.opens()
    })
  }
  const heard: string[][] = [[], []]
  for (const [i, link] of links.entries())
    link.listen({ message: (_lane, bytes) => heard[i]?.push(text(bytes)), closed: (reason) => heard[i]?.push(reason) })
  for (const pipe of first) pipe.opens()
  const said = Array.from({ length: 30 }, (_, i) => new Uint8Array(40_000).fill(i))
  for (const link of links) for (const message of said) expect(link.send('bulk', message)).toBe('sent')
  network.advanceTo(400)
  for (const pipe of first) pipe.cut(1e9)
  network.advanceTo(60_000)
  expect(suspended).toBe(2)
  for (const each of heard) expect(each).toEqual(said.map(text))
})

type Step =
  | { kind: 'send'; from: 0 | 1; size: number }
  | { kind: 'deliver'; pipe: number; from: 0 | 1; frames: number }
  | { kind: 'switch'; first: 0 | 1 }
  | { kind: 'open'; pipe: number; side: 0 | 1 }
  | { kind: 'die'; pipe: number; side: 0 | 1 }
  | { kind: 'pass'; ms: number }

const side = fc.constantFrom<(0 | 1)[]>(0, 1)
/** Counted from the newest pipe. */
const pipe = fc.integer({ min: 0, max: 3 })
const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('send' as const),
        from: side,
        size: fc.constantFrom(1, 7, 16_384, 33_000),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('deliver' as const),
        pipe,
        from: side,
        frames: fc.integer({ min: 1, max: 6 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('switch' as const), first: side }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('open' as const), pipe, side }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('die' as const), pipe, side }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(125, 1000) }) },
  ),
  { maxLength: 60, size: 'max' },
)

describe('whatever becomes of the pipes', () => {
  it('both sides hear all that the other said on the bulk lane, once and in order', () => {
    fc.assert(
      fc.property(steps, (steps: Step[]) => {
        const time = clock()
        const all = [testPipes()]
        const said: Uint8Array[][] = [[], []]
        const heard: Uint8Array[][] = [[], []]
        const links = all[0]!.map((pipe, i) => {
          const link = new LaneLink(pipe, { platform: time.platform, heartbeat: false, suspendMs: 1e9 })
          link.listen({ message: (_lane, bytes) => heard[i]?.push(bytes), closed: () => {} })
          return link
        }) as [LaneLink, LaneLink]
        const join = (first: 0 | 1): void => {
          const ends = testPipes({ open: false })
          all.push(ends)
          links[first].switchTo(ends[first])
          links[(1 - first) as 0 | 1].switchTo(ends[(1 - first) as 0 | 1])
        }
        const run = (step: Step): void => {
          if (step.kind === 'send') {
            const bytes = new Uint8Array(step.size).fill(said[step.from]!.length)
            if (links[step.from].send('bulk', bytes) === 'sent') said[step.from]!.push(bytes)
          } else if (step.kind === 'switch') join(step.first)
          else if (step.kind === 'pass') time.pass(step.ms)
          else {
            const ends = all.at(-1 - step.pipe)
            if (step.kind === 'open') ends?.[step.side].opens()
            else if (step.kind === 'die') ends?.[step.side].dies()
            else for (let i = 0; i < step.frames; i++) ends?.[step.from].deliver()
          }
        }
        for (const step of steps) run(step)
        // In the end there is a pipe that works.
        join(0)
        for (const end of all.at(-1)!) end.opens()
        deliverAll(...all.at(-1)!)
        expect(links.map(({ open }) => open)).toEqual([true, true])
        expect(heard[1]?.map(text)).toEqual(said[0]?.map(text))
        expect(heard[0]?.map(text)).toEqual(said[1]?.map(text))
        for (const link of links) expect(link.stats().bulk).toMatchObject({ rejected: 0, bufferedBytes: 0 })
      }),
      { numRuns: 300 },
    )
  })
})

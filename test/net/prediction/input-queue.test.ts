import fc from 'fast-check'
import { defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { InputQueue } from '../../../net/prediction/input-queue.ts'
import type { Row } from '../../../net/world/record.ts'

const { schema } = defineGame({
  id: 'game',
  version: 1,
  maxPlayers: 1,
  input: { x: t.int(-9, 9), jump: t.button(), fire: t.button() },
  entities: { thing: entity({}) },
  step() {},
})

function row(x: number, jump = 0, fire = 0): Row {
  return { numbers: Float64Array.of(x, jump, fire), objects: [] }
}

function queue(tickRate = 60, consumed = 0): InputQueue {
  return new InputQueue(schema.input, tickRate, consumed)
}

const take = (from: InputQueue, tick: number): number[] => [...from.consume(tick, tick).numbers]

describe('inputs in time', () => {
  it('are taken one per tick, each at its own, in whatever packets and order they come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 8 })), { maxLength: 30 }),
        (packets) => {
          const inputs = queue()
          const came = new Set<number>()
          for (const [newest, count] of packets) {
            const n = Math.min(count, newest)
            const ticks = Array.from({ length: n }, (_, i) => newest - n + 1 + i)
            for (const tick of ticks) came.add(tick)
            inputs.receive(
              newest,
              ticks.map((tick) => row(tick % 9)),
              0,
            )
          }
          for (let tick = 1; tick <= 20; tick++) {
            const [x] = take(inputs, tick)
            if (came.has(tick)) expect(x).toBe(tick % 9)
          }
          expect(inputs.starvedTicks).toBe(20 - came.size)
          expect(inputs.waitingCount).toBe(0)
        },
      ),
    )
  })

  it('of one tick that come twice differently: the first counts, or a hostile client could look ahead', () => {
    const inputs = queue()
    inputs.receive(1, [row(1)], 0)
    inputs.receive(1, [row(2)], 0)
    expect(take(inputs, 1)).toEqual([1, 0, 0])
  })

  it('tell the shortest wait since the last report, of those that came too late as well', () => {
    const inputs = queue()
    inputs.receive(2, [row(1), row(1)], 0.25)
    inputs.receive(3, [row(1)], 2.5)
    inputs.consume(1, 1)
    inputs.consume(2, 2)
    expect(inputs.shortestWait).toBe(0.75)
    inputs.reported()
    // Until there is news the old figure stands.
    expect(inputs.shortestWait).toBe(0.75)
    inputs.consume(3, 3.25)
    expect(inputs.shortestWait).toBe(0.75)
    inputs.consume(4, 4)
    inputs.consume(5, 5)
    inputs.receive(6, [row(1), row(1), row(1)], 5.5)
    inputs.consume(6, 6)
    expect(inputs.shortestWait).toBe(-1.5)
    expect([inputs.starvedTicks, inputs.recent.waitTicks]).toEqual([2, (0.75 + 1.75 + 0.75 + 0.5) / 4])
  })
})

describe('inputs that are missing', () => {
  it('are bridged by the last one for 250 ms, then by neutral: whoever is cut off does not fly on', () => {
    for (const [rate, ticks] of [
      [60, 15],
      [20, 5],
      [120, 30],
    ] as const) {
      const inputs = queue(rate)
      inputs.receive(1, [row(7)], 0)
      take(inputs, 1)
      const seen = Array.from({ length: ticks + 2 }, (_, i) => take(inputs, 2 + i)[0])
      expect(seen).toEqual([...new Array<number>(ticks).fill(7), 0, 0])
      // And the next that comes counts at once.
      inputs.receive(ticks + 4, [row(3)], 0)
      expect(take(inputs, ticks + 4)[0]).toBe(3)
    }
  })

  it('never repeat a press', () => {
    const inputs = queue()
    inputs.receive(1, [row(5, 1, 0)], 0)
    expect(take(inputs, 1)).toEqual([5, 1, 0])
    expect(take(inputs, 2)).toEqual([5, 0, 0])
  })

  it('are counted over the last 64 ticks, those too that came late', () => {
    const inputs = queue()
    for (let tick = 1; tick <= 10; tick++) take(inputs, tick)
    inputs.receive(10, [row(1), row(1)], 11)
    expect(inputs.recentStarvedTicks).toBe(10)
    for (let tick = 11; tick <= 74; tick++) {
      inputs.receive(tick, [row(1)], tick)
      take(inputs, tick)
    }
    expect(inputs.recentStarvedTicks).toBe(0)
    expect(inputs.starvedTicks).toBe(10)
  })
})

describe('inputs that come late', () => {
  it('give their presses to the next tick, merged into one, and nothing else', () => {
    const inputs = queue()
    for (let tick = 1; tick <= 3; tick++) take(inputs, tick)
    inputs.receive(3, [row(9, 1, 0), row(8, 0, 0), row(7, 0, 1)], 4)
    inputs.receive(4, [row(2)], 4)
    expect(take(inputs, 4)).toEqual([2, 1, 1])
    expect(take(inputs, 5)).toEqual([2, 0, 0])
  })

  it('press once, however often they are repeated', () => {
    const inputs = queue()
    take(inputs, 1)
    for (let i = 0; i < 5; i++) {
      inputs.receive(1, [row(0, 1)], 2)
      take(inputs, 2 + i)
    }
    inputs.receive(1, [row(0, 1)], 8)
    expect(take(inputs, 7)).toEqual([0, 0, 0])
  })

  it('press nothing again that was taken in time', () => {
    const inputs = queue()
    inputs.receive(1, [row(0, 1)], 0)
    take(inputs, 1)
    inputs.receive(2, [row(0, 1), row(0)], 1)
    expect(take(inputs, 2)).toEqual([0, 0, 0])
  })

  it('do not change the row that another tick shares with them', () => {
    const inputs = queue()
    const shared = row(1)
    take(inputs, 1)
    inputs.receive(1, [row(0, 1)], 1)
    inputs.receive(3, [shared, shared], 1)
    take(inputs, 2)
    expect([...shared.numbers]).toEqual([1, 0, 0])
    expect(take(inputs, 3)).toEqual([1, 0, 0])
  })
})

describe('inputs of a broken or hostile clock', () => {
  it('are kept up to 128 ticks ahead, and no further: nothing grows', () => {
    const inputs = queue()
    for (let newest = 1; newest < 100_000; newest += 7) inputs.receive(newest, [row(1), row(1), row(1)], 0)
    expect(inputs.waitingCount).toBeLessThanOrEqual(128)
    expect(inputs.newest).toBeLessThanOrEqual(128)
    for (let tick = 1; tick <= 1000; tick++) take(inputs, tick)
    expect(inputs.waitingCount).toBe(0)
  })

  it('of long ago are nothing', () => {
    const inputs = queue(60, 5000)
    inputs.receive(100, [row(1, 1)], 5000)
    expect(take(inputs, 5001)).toEqual([0, 0, 0])
    expect(inputs.waitingCount).toBe(0)
  })
})

describe('a queue that goes on at another host', () => {
  it('takes the inputs that had come for later ticks, and each of them once, though their client sends them again', () => {
    const old = queue()
    old.receive(4, [row(1), row(2), row(3), row(4, 0, 1)], 0)
    take(old, 1)
    take(old, 2)
    const inputs = queue(60, 2)
    inputs.load(JSON.parse(JSON.stringify(old.save())))
    // They do not count as received, so that the client sends what is missing.
    expect(inputs.newest).toBeNull()
    inputs.receive(4, [row(9), row(9)], 2)
    expect([take(inputs, 3), take(inputs, 4), take(inputs, 5)]).toEqual([
      [3, 0, 0],
      [4, 0, 1],
      [4, 0, 0],
    ])
    expect(inputs.starvedTicks).toBe(1)
  })

  it('takes none for a tick that is too far ahead, or has run', () => {
    const saved = {
      ...queue().save(),
      waiting: [1, 2, 9999].map((tick) => ({ tick, numbers: [7, 0, 0], seenTick: tick })),
    }
    const inputs = queue(60, 2)
    inputs.load(saved)
    expect(inputs.waitingCount).toBe(0)
  })
})

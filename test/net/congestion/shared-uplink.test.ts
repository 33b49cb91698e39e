import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fairShares, SharedUplink, type Sharer } from '../../../net/congestion/shared-uplink.ts'
import { ToyLine, ToyPath } from './toy-path.ts'

describe('fair shares', () => {
  it('give everybody what they have use for, and the rest alike', () => {
    expect(fairShares(100, [10, Number.POSITIVE_INFINITY, 30, Number.POSITIVE_INFINITY])).toEqual([10, 30, 30, 30])
    expect(fairShares(100, [10, 20])).toEqual([10, 20])
    expect(fairShares(90, [50, 50, 50])).toEqual([30, 30, 30])
    expect(fairShares(5, [])).toEqual([])
  })

  it('are max-min fair: none is below its demand while another has more', () => {
    const demands = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), demands, (total, list) => {
        const shares = fairShares(total, list)
        const sum = shares.reduce((a, b) => a + b, 0)
        const wanted = list.reduce((a, b) => a + b, 0)
        expect(sum).toBeCloseTo(Math.min(total, wanted), 6)
        const most = Math.max(...shares)
        for (const [i, share] of shares.entries()) {
          expect(share).toBeLessThanOrEqual(list[i]! + 1e-9)
          if (share < list[i]! - 1e-6) expect(share).toBeGreaterThanOrEqual(most - 1e-6)
        }
      }),
    )
  })
})

function sharer(bytesPerSecond: number, demand = Number.POSITIVE_INFINITY): Sharer & { bytesPerSecond: number } {
  return {
    bytesPerSecond,
    demand,
    assign(to) {
      this.bytesPerSecond = to
    },
  }
}

describe('a host’s uplink', () => {
  it('is dealt out anew when nearly all are cut at once', () => {
    const all = [sharer(8000), sharer(12_000), sharer(10_000), sharer(10_000)]
    const uplink = new SharedUplink()
    uplink.update(0, all.slice(0, 2), 4)
    expect(all.map(({ bytesPerSecond }) => bytesPerSecond)).toEqual([8000, 12_000, 10_000, 10_000])
    uplink.update(50, all.slice(2), 4)
    for (const { bytesPerSecond } of all) expect(bytesPerSecond).toBe(10_000)
  })

  it('is left alone when two of four are cut, or all one after the other', () => {
    const all = [sharer(8000), sharer(12_000), sharer(10_000), sharer(10_000)]
    const uplink = new SharedUplink()
    uplink.update(0, all.slice(0, 2), 4)
    for (const [i, one] of all.entries()) uplink.update(1000 + i * 400, [one], 4)
    expect(all.map(({ bytesPerSecond }) => bytesPerSecond)).toEqual([8000, 12_000, 10_000, 10_000])
  })

  it('never gives one much more at once than they had: it may have been chance', () => {
    const all = [sharer(2000), sharer(20_000), sharer(20_000)]
    new SharedUplink().update(0, all, 3)
    expect(all[0]!.bytesPerSecond).toBe(2500)
  })

  it('of 1 Mbit/s serves eight alike, with a short queue, also one who comes when the others have learnt', () => {
    const line = new ToyLine()
    const uplink = new SharedUplink()
    const paths = Array.from({ length: 8 }, (_, i) => new ToyPath({ kbits: 1000 }, 1128, i + 1, line))
    const sharers = new Map(
      paths.map((path) => [
        path,
        {
          get bytesPerSecond() {
            return path.rate.bytesPerSecond
          },
          demand: Number.POSITIVE_INFINITY,
          assign: (to: number) => path.rate.assign(to),
        },
      ]),
    )
    for (let tick = 0; tick < 40 * 60; tick++) {
      // The last comes after ten seconds.
      const here = tick < 600 ? paths.slice(0, 7) : paths
      const cut: Sharer[] = []
      for (const path of here) {
        if (path.now === 0) path.now = (tick * 1000) / 60
        const { cuts } = path
        path.step()
        if (path.cuts > cuts) cut.push(sharers.get(path)!)
      }
      uplink.update((tick * 1000) / 60, cut, here.length)
    }
    const fair = 125_000 / 8
    for (const path of paths) {
      const throughput = path.throughput(15, 40)
      expect(throughput).toBeGreaterThan(0.8 * 0.85 * fair)
      const delays = path.beyond(15, 40)
      expect(delays[Math.floor(delays.length * 0.99)]).toBeLessThan(150)
    }
    const all = paths.map((path) => path.throughput(15, 40))
    expect(Math.min(...all)).toBeGreaterThan(0.8 * (all.reduce((a, b) => a + b, 0) / 8))
  })
})

/** The law of drawn time: it finds a world that slows down when the host changes, and judges nobody who heard or was seen too little. */
import { describe, expect, it } from 'vitest'
import { DrawnTime } from './drawn-time.ts'

interface Told {
  readonly scale?: number
  /** From when until when no snapshot comes, ms. */
  readonly silence?: readonly [number, number]
  /** From when until when nobody looks, ms. */
  readonly unseen?: readonly [number, number]
  /** The next host goes on from so many ticks before. */
  readonly back?: number
  /** In a silence one old snapshot comes, at this time, ms. */
  readonly oldAt?: number
}

/** Twelve seconds at 20 ticks a second, with another host after six; after it the drawn time runs at `scale`. */
function faultsOf({ scale = 1, silence = [0, 0], unseen = [0, 0], back = 0, oldAt = 0 }: Told): {
  faults: string[]
  judged: number
} {
  const time = new DrawnTime('Ann', 20)
  const within = (now: number, [from, to]: readonly [number, number]): boolean => now >= from && now < to
  const faults: string[] = []
  let tick = 100
  let confirmed = 100
  for (let now = 0; now <= 12_000; now += 200) {
    tick += 4 * (now > 6000 ? scale : 1)
    if (!within(now, silence)) confirmed = 104 + now / 50 - (now >= 6000 ? back : 0)
    else if (now === oldAt) confirmed++
    const fault = within(now, unseen) ? null : time.look({ now, epoch: now < 6000 ? 1 : 2, tick, confirmed })
    if (fault) faults.push(fault)
  }
  return { faults, judged: time.judged }
}

describe('drawn time across a change of host', () => {
  it('is judged once for each change, and is even at 0.9 to 1.1 of real time', () => {
    for (const scale of [0.9, 1, 1.1]) expect(faultsOf({ scale })).toEqual({ faults: [], judged: 1 })
  })

  it.each([0, 0.8, 1.2, 5])('at %d of real time is told, once', (scale) => {
    expect(faultsOf({ scale }).faults).toEqual([expect.stringMatching(/^Ann draws .* after host 2$/)])
  })

  it('is judged where the match goes back by a little, and not where it goes back by seconds, to what was drawn long ago', () => {
    expect(faultsOf({ back: 4 })).toEqual({ faults: [], judged: 1 })
    expect(faultsOf({ back: 60, scale: 0 })).toEqual({ faults: [], judged: 0 })
  })

  it('is not judged where nothing but an old snapshot came for long: there is nothing to draw', () => {
    expect(faultsOf({ scale: 0, silence: [5300, 6700], oldAt: 6000 })).toEqual({ faults: [], judged: 0 })
  })

  it('is not judged where no snapshot came for long, or nobody looked', () => {
    const none = { faults: [], judged: 0 }
    expect(faultsOf({ scale: 0, silence: [5000, 7000] })).toEqual(none)
    expect(faultsOf({ scale: 0, unseen: [5400, 6800] })).toEqual(none)
  })
})

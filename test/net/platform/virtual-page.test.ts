/** A page of a simulation behaves as real ones do, where it matters to the rooms above: hidden, frozen, closed, killed. */
import { describe, expect, it } from 'vitest'
import { VirtualPage } from '../../../net/platform/virtual-page.ts'
import { VirtualTime } from '../../../net/platform/virtual-time.ts'

function setUp(seed = 1) {
  const time = new VirtualTime()
  return { time, page: new VirtualPage(time, seed) }
}

describe('virtual time', () => {
  it('lets every promise run to its end between one event and the next', async () => {
    const time = new VirtualTime()
    const order: string[] = []
    const deep = async (name: string): Promise<void> => {
      for (let i = 0; i < 20; i++) await null
      order.push(`${name} at ${time.now}`)
    }
    time.at(10, () => void deep('first'))
    time.at(10, () => order.push('second'))
    time.at(12, () => order.push('third'))
    await time.runTo(20)
    expect(order).toEqual(['first at 10', 'second', 'third'])
    expect(time.now).toBe(20)
  })

  it('runs until a condition holds, and no longer than it is told', async () => {
    const time = new VirtualTime()
    let ticks = 0
    const tick = (): void => {
      ticks++
      time.at(time.now + 10, tick)
    }
    time.at(10, tick)
    expect(await time.runUntil(() => ticks === 3, 1000)).toBe(true)
    expect(time.now).toBe(30)
    expect(await time.runUntil(() => ticks === 1000, 100)).toBe(false)
    expect(time.now).toBe(100)
  })
})

describe('a virtual page', () => {
  it('runs timers when they are due, once, and not after they were cancelled', () => {
    const { time, page } = setUp()
    const ran: number[] = []
    page.after(100, () => ran.push(100))
    page.after(50, () => ran.push(50))
    page.after(70, () => ran.push(70))()
    time.advanceTo(1000)
    expect(ran).toEqual([50, 100])
    expect(page.pending.timers).toBe(0)
  })

  it('runs a late timer in the second it falls due when it is hidden, while its clocks go on', () => {
    const { time, page } = setUp()
    const ran: number[] = []
    let ticks = 0
    const clock = page.startClock(60, () => ticks++)
    page.hide()
    for (let i = 1; i <= 40; i++) page.after(i * 100, () => ran.push(page.now() % 1000))
    time.advanceTo(4999)
    expect(ran).toHaveLength(40)
    expect(new Set(ran)).toEqual(new Set([0]))
    expect(ticks).toBe(299)
    clock.stop()
  })

  it('that was hidden when a timer was set runs it on time once it is shown', () => {
    const { time, page } = setUp()
    const ran: number[] = []
    page.hide()
    time.advanceTo(1)
    page.after(30, () => ran.push(time.now))
    page.show()
    time.advanceTo(5000)
    expect(ran).toEqual([31])
  })

  it('that sleeps runs nothing, and everything once when it wakes: what arrived, what was due, who waits for waking', () => {
    const { time, page } = setUp()
    const ran: string[] = []
    page.onWake(() => ran.push('awake'))
    page.onPulse(() => ran.push('pulse'))
    page.after(50, () => ran.push('timer'))
    page.freeze()
    time.advanceTo(1000)
    page.task(() => ran.push('message'))
    expect(ran).toEqual([])
    page.show()
    time.advanceTo(1001)
    expect(ran.filter((what) => what !== 'pulse')).toEqual(['message', 'timer', 'awake'])
  })

  it('that is closed says so first; one that is killed says nothing; neither runs any more', () => {
    for (const how of ['close', 'kill'] as const) {
      const { time, page } = setUp()
      const ran: string[] = []
      page.onPageGone(() => ran.push('leaving'))
      page.whenGone(() => ran.push('gone'))
      page.after(10, () => ran.push('timer'))
      page.startClock(60, () => ran.push('tick'))
      page[how]()
      page.task(() => ran.push('message'))
      time.advanceTo(1000)
      expect(ran).toEqual(how === 'close' ? ['leaving', 'gone'] : ['gone'])
      expect(page.pending).toEqual({ timers: 0, clocks: 0, listeners: 0 })
    }
  })

  it('has one pulse for all that listen, and counts what is left', () => {
    const { time, page } = setUp()
    const looks: string[] = []
    const stops = ['a', 'b'].map((name) => page.onPulse(() => looks.push(name)))
    expect(page.pending).toEqual({ timers: 0, clocks: 1, listeners: 2 })
    time.advanceTo(130)
    stops[0]?.()
    time.advanceTo(260)
    expect(looks).toEqual(['a', 'b', 'b'])
    stops[1]?.()
    expect(page.pending).toEqual({ timers: 0, clocks: 0, listeners: 0 })
  })

  it('draws the same from the same seed, and counts its time from a moment of its own', () => {
    const [one, same, other] = [setUp(7).page, setUp(7).page, setUp(8).page]
    expect([one.now(), [...one.randomBytes(8)]]).toEqual([same.now(), [...same.randomBytes(8)]])
    expect(one.now()).not.toBe(other.now())
  })
})

describe('a page whose device sleeps', () => {
  it('sees no time pass meanwhile, and its timers wait so much longer', async () => {
    const { time, page } = setUp()
    const began = page.now()
    let rang = 0
    page.after(1000, () => rang++)
    await time.runTo(400)
    page.sleep()
    expect(page.state).toBe('frozen')
    await time.runTo(60_400)
    page.show()
    expect(page.now() - began).toBeCloseTo(400)
    await time.runTo(60_900)
    expect(rang).toBe(0)
    await time.runTo(61_100)
    expect([rang, Math.round(page.now() - began)]).toEqual([1, 1100])
  })
})

describe('a page whose device’s clock is set', () => {
  it('reads another time of day, and measures as before', async () => {
    const { time, page } = setUp()
    const before = { wall: page.wallTime(), now: page.now() }
    page.setClock(-3_600_000)
    await time.runTo(100)
    expect(page.wallTime() - before.wall).toBe(100 - 3_600_000)
    expect(page.now() - before.now).toBeCloseTo(100)
  })
})

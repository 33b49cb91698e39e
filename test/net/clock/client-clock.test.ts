import { describe, expect, it } from 'vitest'
import { ClientClock } from '../../../net/clock/client-clock.ts'
import { seededRandom } from '../../../net/transport/simulated.ts'

const TICK_MS = 1000 / 60

interface Line {
  oneWayMs: number
  jitterMs: number
  /** Share of packets that do not arrive. */
  loss: number
  /** Host's ticks per real tick. */
  drift: number
}

/** A host that steps and sends every other tick, and a client's clock that hears it over a line. */
class Setting {
  now = 0
  hostTick = 1000
  readonly clock = new ClientClock(60)
  readonly line: Line
  readonly predicted: number[] = []
  readonly presented: number[] = []
  hostAwake = true
  /** Ticks between snapshots. */
  interval = 2
  /** How long each input waited at the host. */
  readonly waits: number[] = []
  private readonly random = seededRandom(5)
  private arrivals: { at: number; tick: number; wait: number | null }[] = []
  private inputs: { at: number; tick: number }[] = []
  private given = 0
  private had = 0
  private wait: number | null = null
  private newest = 0

  constructor(line: Partial<Line> = {}) {
    this.line = { oneWayMs: 50, jitterMs: 0, loss: 0, drift: 1, ...line }
  }

  private get lost(): boolean {
    return this.random() < this.line.loss
  }

  private get delay(): number {
    return this.line.oneWayMs + this.random() * this.line.jitterMs
  }

  run(ms: number): this {
    for (const until = this.now + ms; this.now < until; ) {
      this.now += TICK_MS
      this.host()
      const due = this.arrivals.filter(({ at }) => at <= this.now).sort((a, b) => a.at - b.at)
      this.arrivals = this.arrivals.filter(({ at }) => at > this.now)
      for (const { at, tick, wait } of due) {
        if (tick <= this.newest) continue
        this.newest = tick
        this.clock.snapshot(at, tick, this.interval)
        this.clock.measuredRoundTrip(this.line.oneWayMs + this.delay)
        if (wait !== null) this.clock.waited(at, tick, wait)
      }
      this.predicted.push(this.clock.predictedTick(this.now))
      this.presented.push(this.clock.presentationTick(this.now))
      this.give(Math.floor(this.predicted.at(-1) ?? 0))
    }
    return this
  }

  /** The client's packet carries the inputs of all ticks that have not come yet. */
  private give(newest: number): void {
    if (this.given === 0 || newest > this.given + 100) this.given = newest - 1
    for (; this.given < newest; this.given++) this.clock.gave(this.given + 1, this.now)
    if (!this.lost) this.inputs.push({ at: this.now + this.delay, tick: newest })
  }

  private host(): void {
    if (!this.hostAwake) return
    const from = this.hostTick
    this.hostTick += this.line.drift
    for (const { at, tick } of this.inputs.filter((input) => input.at <= this.now).sort((a, b) => a.at - b.at)) {
      const ago = (this.now - at) / TICK_MS
      for (let t = Math.max(this.had + 1, tick - 60); t <= tick; t++) {
        const wait = t - (this.hostTick - ago)
        this.waits.push(wait)
        this.wait = Math.min(this.wait ?? wait, wait)
      }
      this.had = Math.max(this.had, tick)
    }
    this.inputs = this.inputs.filter(({ at }) => at > this.now)
    if (Math.floor(from / this.interval) === Math.floor(this.hostTick / this.interval)) return
    if (!this.lost) this.arrivals.push({ at: this.now + this.delay, tick: Math.floor(this.hostTick), wait: this.wait })
    this.wait = null
  }

  /** How early an input of now arrives at the host, in ticks. */
  get lead(): number {
    return (this.predicted.at(-1) ?? 0) - this.hostTick - this.line.oneWayMs / TICK_MS
  }

  /** How far the drawn world is behind what has come. */
  get behind(): number {
    return this.newest - (this.presented.at(-1) ?? 0)
  }
}

function steps(values: readonly number[]): number[] {
  return values.slice(1).map((value, i) => value - (values[i] ?? 0))
}

describe.each([0, 20, 50, 150])('on a line of %i ms one way', (oneWayMs) => {
  it('the predicted tick comes to run ahead so far that inputs arrive a few ticks early', () => {
    const setting = new Setting({ oneWayMs }).run(3000)
    expect(setting.lead).toBeGreaterThan(1)
    expect(setting.lead).toBeLessThan(6)
  })

  it('the drawn tick comes to stand between the snapshots that have come', () => {
    const setting = new Setting({ oneWayMs }).run(3000)
    expect(setting.behind).toBeGreaterThan(-1.5)
    expect(setting.behind).toBeLessThan(3)
  })

  it('both run evenly once they are settled: a few percent off at most', () => {
    const setting = new Setting({ oneWayMs, jitterMs: 15 }).run(10_000)
    for (const clock of [setting.predicted, setting.presented])
      for (const step of steps(clock.slice(60))) {
        expect(step).toBeGreaterThanOrEqual(0.95 - 1e-9)
        expect(step).toBeLessThanOrEqual((clock === setting.presented ? 1.04 : 1.1) + 1e-9)
      }
  })
})

describe('the clocks', () => {
  it('follow a host whose clock drifts by 0.2 %, twenty times what clocks do, without jumping', () => {
    for (const drift of [0.998, 1.002]) {
      const setting = new Setting({ drift }).run(30_000)
      expect(Math.abs(setting.lead - 3)).toBeLessThan(3)
      expect(Math.max(...steps(setting.presented.slice(60)))).toBeLessThanOrEqual(1.05 + 1e-9)
    }
  })

  it('take up a few ticks at 4 %, no faster: nobody sees that', () => {
    const setting = new Setting({ oneWayMs: 20 }).run(3000)
    const from = setting.presented.length
    setting.line.oneWayMs = 80
    setting.run(6000)
    const pace = steps(setting.presented.slice(from))
    expect(Math.min(...pace)).toBeCloseTo(0.96, 6)
    expect(setting.behind).toBeLessThan(8)
  })

  it('draw no further ahead of what came for long when another host goes on whose snapshots come two ticks later: what turns would be guessed', () => {
    const setting = new Setting({ oneWayMs: 20 }).run(5000)
    const leastBehind = (): number => Math.min(...Array.from({ length: 10 }, () => setting.run(TICK_MS).behind))
    const usual = leastBehind()
    const from = setting.presented.length
    setting.line.oneWayMs = 54
    setting.clock.rebase(setting.now, 0)
    setting.run(400)
    expect(leastBehind()).toBeGreaterThan(usual - 0.5)
    const pace = steps(setting.presented.slice(from))
    expect(Math.min(...pace)).toBeGreaterThan(0.9 - 1e-6)
    expect(Math.max(...pace)).toBeLessThan(1.1)
  })

  it('keep nearly all inputs in time at the least wait that does it, whatever the line loses', () => {
    const setting = new Setting({ jitterMs: 40, loss: 0.05 }).run(10_000)
    setting.waits.length = 0
    setting.run(60_000)
    const late = setting.waits.filter((wait) => wait < 0).length
    const mean = setting.waits.reduce((sum, wait) => sum + wait, 0) / setting.waits.length
    expect(late / setting.waits.length).toBeLessThan(0.01)
    expect(mean).toBeLessThan(3.5)
  })

  it('do not take an outage for the way the line is', () => {
    const setting = new Setting().run(9000)
    const before = { behind: setting.clock.delayTicks, lead: setting.lead }
    setting.line.loss = 1
    setting.run(2000)
    setting.line.loss = 0
    setting.run(1500)
    expect(setting.clock.delayTicks).toBeLessThan(before.behind + 1)
    expect(setting.lead).toBeLessThan(before.lead + 1)
  })

  it('wait for rarer snapshots as soon as the host says that they are', () => {
    const setting = new Setting().run(9000)
    const before = setting.clock.delayTicks
    setting.interval = 6
    setting.run(200)
    expect(setting.clock.delayTicks).toBeGreaterThan(before + 3)
    setting.run(3000)
    expect(Math.max(...steps(setting.presented.slice(-300)))).toBeLessThanOrEqual(1.04 + 1e-9)
    expect(setting.behind).toBeGreaterThan(0)
  })

  it('keep more distance on a line that jitters, and give it back', () => {
    const setting = new Setting({ jitterMs: 60 }).run(5000)
    const shaken = setting.clock.delayTicks
    expect(shaken).toBeGreaterThan(2.5)
    setting.line.jitterMs = 0
    setting.run(12_000)
    expect(setting.clock.delayTicks).toBeLessThan(shaken - 1)
  })

  it('jump only when they are more than ten ticks off, as after a change of network', () => {
    const setting = new Setting({ oneWayMs: 20 }).run(3000)
    setting.line.oneWayMs = 320
    setting.run(8000)
    expect(Math.abs(setting.lead - 3)).toBeLessThan(4)
    for (const step of steps(setting.predicted.slice(60)))
      if (step > 1.19 + 1e-9 || step < 0.9 - 1e-9) expect(Math.abs(step)).toBeGreaterThan(8)
  })

  it('never draw the world backwards: on jitter, through a stall of the host, after a jump of the line', () => {
    const setting = new Setting({ jitterMs: 40 }).run(3000)
    setting.hostAwake = false
    setting.run(4000)
    setting.hostAwake = true
    setting.run(3000)
    setting.line.oneWayMs = 5
    setting.run(2000)
    setting.line.oneWayMs = 300
    setting.run(8000)
    expect(Math.min(...steps(setting.presented))).toBeGreaterThanOrEqual(0)
    expect(setting.behind).toBeGreaterThan(0)
    expect(setting.behind).toBeLessThan(12)
  })

  it('stop the drawn world nine tenths of a second after the last news, since nothing is known of what came then', () => {
    const setting = new Setting().run(3000)
    const last = Math.floor(setting.hostTick)
    setting.hostAwake = false
    setting.run(5000)
    expect(setting.presented.at(-1)).toBeLessThanOrEqual(last + 54)
    // The host catches up by a second and goes on; within a second so does the drawn world.
    setting.hostAwake = true
    setting.hostTick += 60
    const before = setting.presented.at(-1) ?? 0
    setting.run(1000)
    expect(setting.presented.at(-1)).toBeGreaterThan(before + 10)
  })

  it('do not mind being asked twice, or for a moment ago', () => {
    const setting = new Setting().run(3000)
    const { clock, now } = setting
    const first = clock.presentationTick(now)
    expect(clock.presentationTick(now)).toBe(first)
    expect(clock.presentationTick(now - 10)).toBe(first)
    expect(clock.presentationTick(now + 10) - first).toBeLessThan(0.7)
  })

  it("do not take the time of a page that draws before anything has come for the host's", () => {
    const setting = new Setting()
    setting.clock.predictedTick(600_000)
    setting.clock.presentationTick(600_000)
    setting.run(3000)
    expect(setting.lead).toBeLessThan(6)
  })

  it('are at zero before anything has come', () => {
    const clock = new ClientClock(60)
    expect(clock.rttMs).toBe(0)
    expect(Number.isFinite(clock.predictedTick(5))).toBe(true)
    expect(Number.isFinite(clock.presentationTick(5))).toBe(true)
  })
})

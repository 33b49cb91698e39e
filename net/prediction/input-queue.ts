/**
 * The host's queue of one player's inputs: one per tick, no more, no less. What comes too late still gives its
 * presses to the next tick (as Overwatch does), what is missing is bridged by the last input and then by neutral.
 */
import { initialNumbers, type Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import { RecentInputs, SPAN_TICKS } from './recent-inputs.ts'

/** Longer than this the last input is not repeated: a player who is cut off must not fly on for ever. */
const REPEAT_MS = 250
/** Inputs further ahead than this are of a broken or hostile clock: nobody predicts further than a second and a trip. */
const MAX_AHEAD_SECONDS = 128 / 60
/** A tick that runs so much later than its time, and at least by two, is being caught up. */
const IN_TIME_SECONDS = 0.033
const LEAST_IN_TIME_TICKS = 2
/** Ticks over which starvation is counted: the wire's, at every rate. */
const STARVED_WINDOW = SPAN_TICKS

interface Waiting {
  readonly row: Row
  readonly seen: number
  /** The host's time as it came, in ticks. */
  readonly since: number
}

/** What a host that goes on after a tick has to know of the inputs up to it. */
export interface SavedInput {
  /** The last input that was taken, without its presses. */
  readonly numbers: readonly number[]
  /** For how many ticks it has been repeated. */
  readonly repeats: number
  /** The tick, with its fraction, that the player saw others at then. */
  readonly seenTick: number
  /** Slots of the buttons that the next tick takes: presses that came late. */
  readonly carried: readonly number[]
}

export class InputQueue {
  /** The newest tick an input was received for, or null. */
  newest: number | null = null
  /** Inputs that were missing when their tick ran. */
  starvedTotal = 0
  /** How the inputs of the last ten seconds came. */
  readonly recent: RecentInputs
  /** The tick, with its fraction, that the player saw others at when he gave the input that was taken last. */
  seenTick = 0
  private readonly type: RecordType
  private readonly repeatTicks: number
  private readonly maxAheadTicks: number
  private readonly inTimeTicks: number
  private readonly waiting = new Map<number, Waiting>()
  /** The ticks of the last 64 that ran without their input, and whether it still may come. */
  private readonly starved = new Map<number, 'awaited' | 'came'>()
  private consumed = 0
  private last: Row
  private repeats = 0
  /** Presses that came late, by slot. */
  private readonly carried = new Set<number>()
  private shortest = 0
  private shortestIsNew = false

  constructor(type: RecordType, tickRate: number, consumed: number) {
    this.type = type
    this.repeatTicks = Math.round((REPEAT_MS * tickRate) / 1000)
    this.maxAheadTicks = Math.round(MAX_AHEAD_SECONDS * tickRate)
    this.inTimeTicks = Math.max(LEAST_IN_TIME_TICKS, IN_TIME_SECONDS * tickRate)
    this.recent = new RecentInputs(tickRate)
    this.consumed = consumed
    this.last = this.neutral()
  }

  /**
   * Inputs for consecutive ticks, the last one for `newest`; `hostTime` is the host's tick with its fraction, `seenTick`
   * the tick that the player saw others at when he gave the newest.
   */
  receive(newest: number, inputs: readonly Row[], hostTime: number, seenTick = newest): void {
    for (const [i, row] of inputs.entries()) {
      const tick = newest - inputs.length + 1 + i
      if (tick > this.consumed + this.maxAheadTicks) continue
      if (tick > this.consumed) {
        if (!this.waiting.has(tick)) this.waiting.set(tick, { row, since: hostTime, seen: seenTick - (newest - tick) })
      } else if (this.starved.get(tick) === 'awaited') {
        this.starved.set(tick, 'came')
        this.noteWait(tick - hostTime)
        this.carryPresses(row)
      }
    }
    if (newest > (this.newest ?? -1) && newest <= this.consumed + this.maxAheadTicks) this.newest = newest
  }

  private noteWait(ticks: number): void {
    this.shortest = this.shortestIsNew ? Math.min(this.shortest, ticks) : ticks
    this.shortestIsNew = true
  }

  /**
   * The shortest time, in ticks, that an input had to wait for its tick since `reported` was called; below zero it came
   * too late by so much. The client's lead follows it.
   */
  get shortestWait(): number {
    return this.shortest
  }

  /** The client is being told of `shortestWait`: from now on it is of what comes next. */
  reported(): void {
    this.shortestIsNew = false
  }

  private carryPresses(row: Row): void {
    for (const { kind, slot } of this.type.numbers)
      if (kind === 'button' && row.numbers[slot] === 1) this.carried.add(slot)
  }

  /** The input of a tick, which runs at `hostTime`; ticks are taken in order. */
  take(tick: number, hostTime: number): Row {
    const given = this.waiting.get(tick)
    this.waiting.delete(tick)
    this.consumed = tick
    this.starved.delete(tick - STARVED_WINDOW)
    if (given) {
      const waited = Math.max(0, hostTime - given.since)
      // A host that catches up hears late, and runs late: that tells nothing of when inputs ought to come.
      if (hostTime - tick < this.inTimeTicks) this.noteWait(waited)
      this.recent.took(tick, waited)
      this.last = given.row
      this.seenTick = given.seen
      this.repeats = 0
    } else {
      this.starvedTotal++
      this.recent.took(tick, null)
      this.seenTick++
      this.starved.set(tick, 'awaited')
      this.repeats++
      this.last = this.repeats > this.repeatTicks ? this.neutral() : this.released(this.last)
    }
    return this.withCarried(this.last)
  }

  /** What another host needs to go on after the last tick taken. Inputs for later ticks are the client's to send again. */
  save(): SavedInput {
    const { seenTick, repeats, carried } = this
    return { numbers: [...this.released(this.last).numbers], repeats, seenTick, carried: [...carried] }
  }

  /** Goes on as saved. */
  load({ numbers, repeats, seenTick, carried }: SavedInput): void {
    this.last = { numbers: Float64Array.from(numbers), objects: [] }
    this.repeats = repeats
    this.seenTick = seenTick
    for (const slot of carried) this.carried.add(slot)
  }

  /** How many of the last 64 ticks went without an input. */
  get starvedRecently(): number {
    return this.starved.size
  }

  get depth(): number {
    return this.waiting.size
  }

  private neutral(): Row {
    return { numbers: initialNumbers(this.type), objects: [] }
  }

  /** The same input held on: a press is one tick's, it does not repeat. */
  private released(row: Row): Row {
    if (!this.type.numbers.some(({ kind, slot }) => kind === 'button' && row.numbers[slot] !== 0)) return row
    const numbers = row.numbers.slice()
    for (const { kind, slot } of this.type.numbers) if (kind === 'button') numbers[slot] = 0
    return { numbers, objects: [] }
  }

  private withCarried(row: Row): Row {
    if (this.carried.size === 0) return row
    const numbers = row.numbers.slice()
    for (const slot of this.carried) numbers[slot] = 1
    this.carried.clear()
    return { numbers, objects: [] }
  }
}

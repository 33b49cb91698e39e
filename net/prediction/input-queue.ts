/**
 * The host's queue of one player's inputs. Each tick takes exactly one. A missing input is bridged by the last one, and after
 * a quarter of a second by a neutral one. An input that comes too late still gives its button presses to the next tick (as in
 * Overwatch).
 *
 * It also measures, for the client's lead: how long inputs wait for their tick, and how many ticks had none.
 */
import { initialNumbers, type Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import { RecentInputs, SPAN_TICKS } from './recent-inputs.ts'

/** The last input is repeated for so long: a player who is cut off must not fly on for ever. */
const REPEAT_MS = 250
/** Inputs further ahead are dropped, as of a broken or hostile clock: nobody predicts further than a second and a round trip. */
const MAX_AHEAD_SECONDS = 128 / 60
/** A tick that runs later than it was due by so much, and by at least two ticks, belongs to a catch-up. */
const IN_TIME_SECONDS = 0.033
const MIN_IN_TIME_TICKS = 2
/** Starvation is counted over so many ticks, at every tick rate, because the wire tells a count of so many. */
const STARVED_WINDOW = SPAN_TICKS

interface Waiting {
  readonly row: Row
  readonly seen: number
  /** The host's time when it arrived, in ticks. */
  readonly since: number
  /** For whoever saves the queue, tick after tick. Null: nobody has yet. */
  saved: SavedWaiting | null
}

/** What a host that goes on after a tick has to know of the inputs up to it. */
export interface SavedInput {
  /** The last input that was taken, without its presses. */
  readonly numbers: readonly number[]
  /** For how many ticks it has been repeated. */
  readonly repeats: number
  /** The tick, with its fraction, that the player saw others at then. */
  readonly seenTick: number
  /** Columns of the buttons that the next tick takes: presses that came late. */
  readonly carried: readonly number[]
  /** Inputs for later ticks, oldest first: at most two seconds of them. */
  readonly waiting: readonly SavedWaiting[]
}

/** An input that no tick has taken yet. */
export interface SavedWaiting {
  readonly tick: number
  readonly numbers: readonly number[]
  /** The tick, with its fraction, that the player saw others at. */
  readonly seenTick: number
}

export class InputQueue {
  /** The newest tick that an input was received for; null before the first. */
  newest: number | null = null
  /** Inputs that were missing when their tick ran. */
  starvedTicks = 0
  /** How the inputs of the last ten seconds came. */
  readonly recent: RecentInputs
  /** The tick, with its fraction, that the player saw others at when they gave the input that was taken last. */
  seenTick = 0
  private readonly type: RecordType
  private readonly repeatTicks: number
  private readonly maxAheadTicks: number
  private readonly inTimeTicks: number
  private readonly waiting = new Map<number, Waiting>()
  /** Those of the last 64 ticks that ran without their input, and whether it has come since. */
  private readonly starved = new Map<number, 'awaited' | 'came'>()
  private consumed = 0
  private last: Row
  private repeats = 0
  /** Presses that came late, by column. */
  private readonly carried = new Set<number>()
  private shortest = 0
  private shortestIsNew = false

  constructor(type: RecordType, tickRate: number, consumed: number) {
    this.type = type
    this.repeatTicks = Math.round((REPEAT_MS * tickRate) / 1000)
    this.maxAheadTicks = Math.round(MAX_AHEAD_SECONDS * tickRate)
    this.inTimeTicks = Math.max(MIN_IN_TIME_TICKS, IN_TIME_SECONDS * tickRate)
    this.recent = new RecentInputs(tickRate)
    this.consumed = consumed
    this.last = this.neutral()
  }

  /**
   * Takes inputs for consecutive ticks, the last one for `newest`. `hostTime` is the host's time in ticks. `seenTick` is the
   * tick that the player saw others at when they gave the newest.
   */
  receive(newest: number, inputs: readonly Row[], hostTime: number, seenTick = newest): void {
    for (const [i, row] of inputs.entries()) {
      const tick = newest - inputs.length + 1 + i
      if (tick > this.consumed + this.maxAheadTicks) continue
      if (tick > this.consumed) {
        if (!this.waiting.has(tick))
          this.waiting.set(tick, { row, since: hostTime, seen: seenTick - (newest - tick), saved: null })
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
   * The shortest time, in ticks, that an input waited for its tick since `reported` was called. Below zero, it came too late
   * by so much. The client's lead follows it.
   */
  get shortestWait(): number {
    return this.shortest
  }

  /** The client has been told `shortestWait`: the next input begins it anew. */
  reported(): void {
    this.shortestIsNew = false
  }

  private carryPresses(row: Row): void {
    for (const { kind, column } of this.type.numbers)
      if (kind === 'button' && row.numbers[column] === 1) this.carried.add(column)
  }

  /** The input of a tick, which runs at `hostTime`; ticks are taken in order. */
  consume(tick: number, hostTime: number): Row {
    const given = this.waiting.get(tick)
    this.waiting.delete(tick)
    this.consumed = tick
    this.starved.delete(tick - STARVED_WINDOW)
    if (given) {
      const waited = Math.max(0, hostTime - given.since)
      // In a catch-up the host reads packets late and runs ticks late. Such waits say nothing of the path.
      if (hostTime - tick < this.inTimeTicks) this.noteWait(waited)
      this.recent.took(tick, waited)
      this.last = given.row
      this.seenTick = given.seen
      this.repeats = 0
    } else {
      this.starvedTicks++
      this.recent.took(tick, null)
      this.seenTick++
      this.starved.set(tick, 'awaited')
      this.repeats++
      this.last = this.repeats > this.repeatTicks ? this.neutral() : this.released(this.last)
    }
    return this.withCarried(this.last)
  }

  /** What another host needs to go on after the last tick taken. */
  save(): SavedInput {
    const { seenTick, repeats, carried } = this
    const waiting: SavedWaiting[] = []
    for (const [tick, each] of this.waiting) {
      each.saved ??= { tick, numbers: [...each.row.numbers], seenTick: each.seen }
      waiting.push(each.saved)
    }
    waiting.sort((a, b) => a.tick - b.tick)
    return { numbers: [...this.released(this.last).numbers], repeats, seenTick, carried: [...carried], waiting }
  }

  /**
   * Goes on as saved. The inputs that wait do not count as received (`newest`): their clients send them again, and what comes
   * twice is taken once. So a client whose page is gone is still played as far as they had said.
   */
  load({ numbers, repeats, seenTick, carried, waiting }: SavedInput): void {
    this.last = { numbers: Float64Array.from(numbers), objects: [] }
    this.repeats = repeats
    this.seenTick = seenTick
    for (const column of carried) this.carried.add(column)
    for (const { tick, numbers, seenTick } of waiting)
      if (tick > this.consumed && tick <= this.consumed + this.maxAheadTicks)
        this.waiting.set(tick, {
          row: { numbers: Float64Array.from(numbers), objects: [] },
          since: this.consumed,
          seen: seenTick,
          saved: null,
        })
  }

  /** How many of the last 64 ticks ran without an input. */
  get recentStarvedTicks(): number {
    return this.starved.size
  }

  /** How many inputs wait for their tick. Bounded, whatever a client sends. */
  get waitingCount(): number {
    return this.waiting.size
  }

  private neutral(): Row {
    return { numbers: initialNumbers(this.type), objects: [] }
  }

  /** The same input, held on. A button press belongs to one tick and is not repeated. */
  private released(row: Row): Row {
    if (!this.type.numbers.some(({ kind, column }) => kind === 'button' && row.numbers[column] !== 0)) return row
    const numbers = row.numbers.slice()
    for (const { kind, column } of this.type.numbers) if (kind === 'button') numbers[column] = 0
    return { numbers, objects: [] }
  }

  private withCarried(row: Row): Row {
    if (this.carried.size === 0) return row
    const numbers = row.numbers.slice()
    for (const column of this.carried) numbers[column] = 1
    this.carried.clear()
    return { numbers, objects: [] }
  }
}

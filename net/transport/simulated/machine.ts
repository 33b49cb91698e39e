/**
 * A computer of a simulated match: its own clock, which is wrong by an offset and a drift, the timers on it, and a
 * page that may be frozen. Nothing that runs on it ever reads true time.
 */
import { checkNames, describeGiven } from '../../world/given.ts'
import { checkTime } from './conditions.ts'

/** How a computer's clock reads true time, and when its frames come. */
export interface MachineClock {
  /** Added to true time, ms, either way. Default 0. */
  readonly offsetMs?: number
  /** How much faster than true time it runs, in millionths; below 0 slower. Crystals are within 100. Default 0. */
  readonly driftPpm?: number
  /** When in the period of a frame the frames come, ms, 0 or more. Default: spread evenly over the machines. */
  readonly phaseMs?: number
}

/** What a machine needs of the simulation around it. */
export interface MachineRoom {
  readonly now: number
  at(time: number, run: () => void, rank: number): void
}

/** A clock that is wrong by more than a tenth is broken. */
const MAX_DRIFT_PPM = 100_000

/** @throws RangeError that names the figure which is out of range. */
export function checkClock(clock: MachineClock): void {
  checkNames('clock', clock, ['offsetMs', 'driftPpm', 'phaseMs'])
  const { offsetMs = 0, driftPpm = 0, phaseMs } = clock
  if (!Number.isFinite(offsetMs)) throw new RangeError(`offsetMs is a time in ms, not ${describeGiven(offsetMs)}.`)
  if (!(typeof driftPpm === 'number' && Math.abs(driftPpm) <= MAX_DRIFT_PPM))
    throw new RangeError(`driftPpm is within ${MAX_DRIFT_PPM} either way, not ${describeGiven(driftPpm)}.`)
  if (phaseMs !== undefined) checkTime('phaseMs', phaseMs)
}

export class Machine {
  readonly #room: MachineRoom
  readonly #offsetMs: number
  readonly #rate: number
  #frozenUntil = 0
  #waiting: (() => void)[] = []

  /** @throws RangeError when a figure of the clock is out of range. */
  constructor(room: MachineRoom, clock: MachineClock) {
    checkClock(clock)
    this.#room = room
    this.#offsetMs = clock.offsetMs ?? 0
    this.#rate = 1 + (clock.driftPpm ?? 0) / 1e6
  }

  /** What its clock reads at a true time. */
  localTime(now: number): number {
    return now * this.#rate + this.#offsetMs
  }

  get frozen(): boolean {
    return this.#room.now < this.#frozenUntil
  }

  /** The page stands still for `ms` from now: its timers do not run, and what comes waits for the thaw, in order. */
  freeze(ms: number): void {
    checkTime('The time of a freeze', ms)
    const until = this.#room.now + ms
    if (until <= this.#frozenUntil) return
    this.#frozenUntil = until
    this.#room.at(until, () => this.#thaw(), 0)
  }

  #thaw(): void {
    if (this.frozen) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const run of waiting) run()
  }

  /** Something comes from outside: it is handed to the page now, or at the thaw. */
  hear(run: () => void): void {
    if (this.frozen || this.#waiting.length > 0) this.#waiting.push(run)
    else run()
  }

  /**
   * Calls `run` at `phaseMs` and every `periodMs` after it, by this machine's clock, from the first time after now on.
   * Also while the page is frozen, and says so: the caller decides what goes on then.
   */
  every(periodMs: number, phaseMs: number, rank: number, run: (frozen: boolean) => void): void {
    const first = Math.floor((this.#room.now * this.#rate - phaseMs) / periodMs + 1e-9) + 1
    const turn = (count: number): void => {
      const at = (phaseMs + count * periodMs) / this.#rate
      this.#room.at(
        at,
        () => {
          run(this.frozen)
          turn(count + 1)
        },
        rank,
      )
    }
    turn(first)
  }
}

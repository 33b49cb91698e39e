/** The host's queues of inputs, from outside: which were missing when their tick ran, and how long the others waited. */
import type { InputQueue } from '../../../net/prediction/input-queue.ts'

export interface InputTally {
  ticks: number
  late: number
  /** Ticks that inputs lay in the queue, in all; of those that came in time. */
  waitedTicks: number
  /** The same in ms. */
  waitedMs: number
}

export function inputTally(): InputTally {
  return { ticks: 0, late: 0, waitedTicks: 0, waitedMs: 0 }
}

/** Listens to a queue; a tick is counted when `counts` says that the time is measured. */
export function meterInputs(
  queue: InputQueue,
  tally: InputTally,
  { now, tickMs, counts }: { now(): number; readonly tickMs: number; counts(): boolean },
): void {
  const arrivedAt = new Map<number, number>()
  let taken = 0
  const receive = queue.receive.bind(queue)
  const take = queue.consume.bind(queue)
  queue.receive = (newest, inputs, hostTime, seenTick) => {
    for (let tick = newest - inputs.length + 1; tick <= newest; tick++)
      if (tick > taken && !arrivedAt.has(tick)) arrivedAt.set(tick, now())
    receive(newest, inputs, hostTime, seenTick)
  }
  queue.consume = (tick, hostTime) => {
    taken = tick
    const at = arrivedAt.get(tick)
    arrivedAt.delete(tick)
    if (counts()) {
      tally.ticks++
      if (at === undefined) tally.late++
      else {
        tally.waitedTicks += (now() - at) / tickMs
        tally.waitedMs += now() - at
      }
    }
    return take(tick, hostTime)
  }
}

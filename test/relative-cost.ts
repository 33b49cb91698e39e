/**
 * How much longer one piece of work takes than another: the only way to speak of time in a test, since a machine may be
 * ten times slower than the one that the test was written on, or busy.
 */

/** Rounds of either kind; the fastest one counts, because a pause of the machine only ever adds. */
const ROUNDS = 5

/** The time of `work` divided by that of `reference`, measured in turns. Both should take the same number of steps a call. */
export function timesAsLong(work: () => unknown, reference: () => unknown): number {
  const fastest = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as [number, number]
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, run] of [work, reference].entries()) {
      const began = performance.now()
      run()
      fastest[i as 0 | 1] = Math.min(fastest[i as 0 | 1], performance.now() - began)
    }
  // Below the resolution of the clock, nothing takes longer than anything else.
  return fastest[0] / Math.max(fastest[1], 0.01)
}

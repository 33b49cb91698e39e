/**
 * How widely each number's residual spreads, so how many of its low bits are sent as they are (Rice's parameter).
 * The host learns it from what it sends and tells it in the packets themselves, as a change to what the client has.
 */

/** Rice parameters by layout and number; 0 to 31. Never changed, so that a baseline's stays what it was. */
export type Parameters = readonly Uint8Array[]

/** What everybody starts with: a guess between a still number and a fast one. */
export const FIRST_PARAMETER = 4

export function firstParameters(counts: readonly number[]): Parameters {
  return counts.map((count) => new Uint8Array(count).fill(FIRST_PARAMETER))
}

/** Learns the mean of each number's residuals, from which its best parameter follows. */
export class ParameterLearner {
  private readonly means: Float64Array[]
  private readonly counts: Float64Array[]

  constructor(counts: readonly number[]) {
    this.means = counts.map((count) => new Float64Array(count))
    this.counts = counts.map((count) => new Float64Array(count))
  }

  note(layout: number, index: number, magnitude: number): void {
    const means = this.means[layout]
    const counts = this.counts[layout]
    if (!means || !counts) return
    const seen = (counts[index] ?? 0) + 1
    counts[index] = seen
    const share = seen < SETTLED ? 1 / seen : 1 / SETTLED
    means[index] = (means[index] ?? 0) + (Math.min(magnitude, 2 ** 30) - (means[index] ?? 0)) * share
  }

  /** The parameters that would suit best now; those hardly ever used keep what they have. */
  suggest(current: Parameters): Parameters {
    let changed = false
    const next = current.map((parameters, layout) => {
      const better = parameters.map((parameter, index) => {
        if ((this.counts[layout]?.[index] ?? 0) < ENOUGH) return parameter
        return best(this.means[layout]?.[index] ?? 0)
      })
      if (better.some((parameter, index) => parameter !== parameters[index])) changed = true
      return better
    })
    return changed ? next : current
  }
}

/** Residuals before a mean is trusted, and over which it is taken from then on. */
const ENOUGH = 16
const SETTLED = 512

/** For geometric numbers of mean m, the best parameter is about log2(m × ln 2) (Kiely, "Selecting the Golomb parameter in Rice coding"). */
function best(mean: number): number {
  const parameter = Math.round(Math.log2(Math.max(mean, 0.1) * Math.LN2))
  return Math.max(0, Math.min(30, parameter))
}

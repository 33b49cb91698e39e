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

/** Layout and number in one place of `Residuals`: a type has 64 fields, hence fewer numbers than this. */
const PLACE_BITS = 10
const PLACES = 1 << PLACE_BITS

/** The numbers of a packet that is being written. Nobody has learned from them yet: it may be written anew, or not leave. */
export class Residuals {
  /** How many there are. Setting it back forgets those that came later. */
  length = 0
  private places = new Int32Array(256)
  private magnitudes = new Float64Array(256)

  note(layout: number, index: number, magnitude: number): void {
    if (this.length === this.places.length) this.grow()
    this.places[this.length] = (layout << PLACE_BITS) | index
    this.magnitudes[this.length++] = magnitude
  }

  private grow(): void {
    const { places, magnitudes } = this
    this.places = new Int32Array(places.length * 2)
    this.places.set(places)
    this.magnitudes = new Float64Array(magnitudes.length * 2)
    this.magnitudes.set(magnitudes)
  }

  /** All of them, once they have been sent. */
  teach(learner: ParameterLearner): void {
    for (let i = 0; i < this.length; i++) {
      const place = this.places[i] as number
      learner.note(place >> PLACE_BITS, place & (PLACES - 1), this.magnitudes[i] as number)
    }
    this.length = 0
  }
}

/** Learns the mean of each number's residuals, from which its best parameter follows. */
export class ParameterLearner {
  /** Of the packet that is being written now, one client after the other. */
  readonly residuals = new Residuals()
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
    const seen = (counts[index] as number) + 1
    counts[index] = seen
    const mean = means[index] as number
    means[index] = mean + (Math.min(magnitude, LARGEST) - mean) * (1 / Math.min(seen, SETTLED))
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
/** A residual counts as no more than this. */
const LARGEST = 2 ** 30

/** For geometric numbers of mean m, the best parameter is about log2(m × ln 2) (Kiely, "Selecting the Golomb parameter in Rice coding"). */
function best(mean: number): number {
  const parameter = Math.round(Math.log2(Math.max(mean, 0.1) * Math.LN2))
  return Math.max(0, Math.min(30, parameter))
}

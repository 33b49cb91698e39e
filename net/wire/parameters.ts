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

/** A place is a layout and a number in one integer. A type has at most 64 fields, hence fewer than 2^10 numbers. */
const PLACE_BITS = 10

/** Where a layout's number stands among those of all layouts. */
export function placeOf(layout: number, index: number): number {
  return (layout << PLACE_BITS) | index
}

/** The numbers of a packet that is being written. They are learned from once the packet is finished, because some may be rewound. */
export class Residuals {
  /** How many there are. Setting it back forgets those that came later. */
  length = 0
  private places = new Int32Array(256)
  private magnitudes = new Float64Array(256)

  /** `place`: as `placeOf` gives it. */
  note(place: number, magnitude: number): void {
    const at = this.length++
    if (at === this.places.length) this.grow()
    this.places[at] = place
    this.magnitudes[at] = magnitude
  }

  private grow(): void {
    const { places, magnitudes } = this
    this.places = new Int32Array(places.length * 2)
    this.places.set(places)
    this.magnitudes = new Float64Array(magnitudes.length * 2)
    this.magnitudes.set(magnitudes)
  }

  /** Gives all of them to the learner, and forgets them. */
  teach(learner: ParameterLearner): void {
    learner.learn(this.places, this.magnitudes, this.length)
    this.length = 0
  }
}

/** Learns the mean of each number's residuals, from which its best parameter follows. */
export class ParameterLearner {
  /** By place. */
  private readonly means: Float64Array
  private readonly counts: Float64Array

  constructor(counts: readonly number[]) {
    this.means = new Float64Array(placeOf(counts.length, 0))
    this.counts = new Float64Array(placeOf(counts.length, 0))
  }

  /** Learns from the first `length` numbers: a magnitude and its place each. One loop, because every packet runs it. */
  learn(places: Int32Array, magnitudes: Float64Array, length: number): void {
    const { means, counts } = this
    for (let i = 0; i < length; i++) {
      const place = places[i] as number
      const magnitude = magnitudes[i] as number
      const seen = (counts[place] as number) + 1
      const mean = means[place] as number
      counts[place] = seen
      means[place] =
        mean + ((magnitude < LARGEST ? magnitude : LARGEST) - mean) * (1 / (seen < SETTLED ? seen : SETTLED))
    }
  }

  /** The parameters that would suit best now; those with too few numbers keep their value. */
  suggest(current: Parameters): Parameters {
    let changed = false
    const next = current.map((parameters, layout) => {
      const better = parameters.map((parameter, index) => {
        const place = placeOf(layout, index)
        return (this.counts[place] as number) < ENOUGH ? parameter : best(this.means[place] as number)
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

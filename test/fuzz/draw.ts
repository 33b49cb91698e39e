/** Drawing from a seed: values with a liking for the ends of their range, where the mistakes are. */

export class Draw {
  readonly random: () => number

  constructor(random: () => number) {
    this.random = random
  }

  /** 0 to below − 1. */
  int(below: number): number {
    return Math.floor(this.random() * below)
  }

  chance(share: number): boolean {
    return this.random() < share
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)] as T
  }

  /** A whole number from min to max, often one of the two or beside it. */
  extreme(min: number, max: number): number {
    const near = this.int(8)
    const value = [min, max, min + 1, max - 1, 0, Math.round((min + max) / 2)][near]
    if (value !== undefined && value >= min && value <= max) return value
    return min + Math.floor(this.random() * (max - min + 1))
  }

  /** What a counter may be forged as, beside the right one. */
  counter(right: number, max: number): number {
    const value = this.pick([
      right,
      right + 1,
      right - 1,
      right + 40,
      right - 40,
      0,
      1,
      max,
      max - 1,
      this.int(max + 1),
    ])
    return Math.max(0, Math.min(max, value))
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.int(256))
  }
}

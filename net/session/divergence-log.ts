/** What a client predicted wrongly, until the page asks. The oldest go first. */
import { type Divergence, describeDivergence } from '../prediction/divergence.ts'
import { MAX_DIVERGENCES } from './limits.ts'

export class DivergenceLog {
  private readonly divergences: Divergence[] = []
  private readonly warn: (problem: string) => void

  constructor(warn: (problem: string) => void) {
    this.warn = warn
  }

  add(divergence: Divergence): void {
    this.divergences.push(divergence)
    if (this.divergences.length > MAX_DIVERGENCES) this.divergences.shift()
  }

  /** In development: a tick that ran twice from one state gave two results. */
  addUnstable(divergence: Divergence): void {
    this.add(divergence)
    this.warn(
      `step gives two results from one state (${describeDivergence(divergence)}): it may read and write nothing but the world`,
    )
  }

  /** All since the last call. */
  take(): Divergence[] {
    return this.divergences.splice(0)
  }
}

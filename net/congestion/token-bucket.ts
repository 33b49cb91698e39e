/** A budget that fills at a steady rate and may be saved up to a limit; time comes in as an argument. */
export class TokenBucket {
  private perMs: number
  private capacity: number
  private tokens: number
  private filledAt: number | null = null

  constructor(perSecond: number, capacity: number) {
    this.perMs = perSecond / 1000
    this.capacity = capacity
    this.tokens = capacity
  }

  /** What may be spent at `now`; never below zero. */
  available(now: number): number {
    if (this.filledAt !== null)
      this.tokens = Math.min(this.capacity, this.tokens + Math.max(0, now - this.filledAt) * this.perMs)
    this.filledAt = this.filledAt === null ? now : Math.max(now, this.filledAt)
    return Math.max(0, this.tokens)
  }

  /** Takes so much if there is as much, else nothing. Returns whether it was there. */
  take(now: number, amount = 1): boolean {
    if (this.available(now) < amount) return false
    this.spend(amount)
    return true
  }

  /** Fills at another rate from now on, up to another limit; what was saved beyond that is lost, a debt is not. */
  refit(now: number, perSecond: number, capacity: number): void {
    this.available(now)
    this.perMs = perSecond / 1000
    this.capacity = capacity
    this.tokens = Math.min(this.tokens, capacity)
  }

  /** What was spent beyond what there was, as of the last `available`. */
  get debt(): number {
    return Math.max(0, -this.tokens)
  }

  /** Takes what was spent, more than there is if need be: the debt is paid before anything else. */
  spend(amount: number): void {
    this.tokens -= amount
  }
}

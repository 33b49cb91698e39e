/** What a host says whom this page has voted out. It is held until the claim is over: then either all of it counts, or none. */
import type { HostMessage } from '../messages.ts'

/** As many messages as a host may send at once. */
const MAX_HELD = 600

export class HeldMessages {
  private held: HostMessage[] = []

  /** False: it is more than an honest host says, and nothing of it is kept. */
  hold(message: HostMessage): boolean {
    if (this.held.push(message) <= MAX_HELD) return true
    this.held = []
    return false
  }

  take(): readonly HostMessage[] {
    return this.held.splice(0)
  }

  drop(): void {
    this.held = []
  }
}

/**
 * A claim at the lobby server that is made before this page has a star: an heir may need the server's vote to become the host at all. What
 * the server says to the host meanwhile waits for the star.
 */
import type { HeirSignals } from '../../signaling/heir.ts'
import type { HostPart, HostSignalHandlers, HostSignals } from '../../signaling/signals.ts'

export class EarlyClaim {
  readonly epoch: number
  /** Resolves to whether the server granted it. */
  readonly made: Promise<boolean>
  /** Null until the claim is granted. */
  signals: HostSignals | null = null
  private isGivenBack = false
  private handlers: HostSignalHandlers | null = null
  private say: Parameters<HostPart['online']>[0] | null = null
  private isOnline = true

  constructor(epoch: number, heir: HeirSignals) {
    this.epoch = epoch
    this.made = this.make(heir)
  }

  /** The claim is over: what was granted, or still will be, is given back. */
  giveBack(): void {
    this.isGivenBack = true
    this.signals?.release?.()
  }

  private async make(heir: HeirSignals): Promise<boolean> {
    try {
      const outcome = await heir.claim(this.epoch, this.early)
      if (typeof outcome === 'string') return false
      this.signals = outcome
      if (this.isGivenBack) outcome.release?.()
      return !this.isGivenBack
    } catch {
      // Another claim is under way, or this heir was dismissed.
      return false
    }
  }

  /** The star is here. */
  attach(handlers: HostSignalHandlers): void {
    this.handlers = handlers
    if (this.say) handlers.part?.online(this.say)
    if (!this.isOnline) handlers.online(false)
  }

  private get early(): HostSignalHandlers {
    return {
      // They ask again.
      join: (attempt, info, mark) => (this.handlers ? this.handlers.join(attempt, info, mark) : 'host-silent'),
      signal: (attempt, data) => this.handlers?.signal(attempt, data),
      gone: (attempt) => this.handlers?.gone(attempt),
      relay: (attempt, open) => this.handlers?.relay?.(attempt, open),
      online: (isOnline) => {
        this.isOnline = isOnline
        this.handlers?.online(isOnline)
      },
      lost: (reason) => this.handlers?.lost(reason),
      part: {
        online: (say) => {
          this.say = say
          this.handlers?.part?.online(say)
        },
        offline: () => {
          this.say = null
          this.handlers?.part?.offline()
        },
        hear: (text) => this.handlers?.part?.hear(text),
      },
    }
  }
}

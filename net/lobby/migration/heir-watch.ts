/**
 * This page's place at the lobby server as an heir. In go the keys that the host gives to it; out come the server's news, its vote, and at
 * last the connection by which this page claims the lobby.
 *
 * Invariant: the key before counts until the server knows the newer one: a new host may die before it has named its heirs.
 */
import type { HeirHandlers, HeirSignals } from '../../signaling/heir.ts'

export interface HeirWatchOptions extends Omit<HeirHandlers, 'dismissed'> {
  /** Connects with a key of the host. */
  connect(key: string, handlers: HeirHandlers): HeirSignals
}

export class HeirWatch {
  /** Whether the lobby server watches for this page as an heir. */
  isOnline = false
  private readonly options: HeirWatchOptions
  private signals: HeirSignals | null = null
  /** With a newer key, of which the server may not have heard yet. Null: there is none. */
  private nextSignals: HeirSignals | null = null
  /** The newest key that this page shows. */
  private key = ''

  constructor(options: HeirWatchOptions) {
    this.options = options
  }

  /** Shows a key to the lobby server, unless it is shown already. */
  show(key: string): void {
    const shown = this.nextSignals ?? this.signals
    if (this.key === key && shown?.isForgotten === false) return
    this.key = key
    this.nextSignals?.close()
    const { connect, hostGone, handed } = this.options
    let mine: HeirSignals | null = null
    const isOf = (which: HeirSignals | null): boolean => which !== null && which === mine
    mine = connect(key, {
      ...{ hostGone, handed },
      online: (isOnline) => {
        if (isOnline && isOf(this.nextSignals)) {
          this.signals?.close()
          this.signals = mine
          this.nextSignals = null
        }
        if (isOf(this.signals)) this.setOnline(isOnline)
      },
      dismissed: () => {
        if (isOf(this.nextSignals)) {
          this.nextSignals = null
          // The server had not heard of it yet. The host tells it again.
          this.key = ''
        }
        if (!isOf(this.signals)) return
        // Whoever named others may be a host of before. What is left of this one counts once the votes are won.
        if (!mine?.isForgotten) this.signals = null
        this.setOnline(false)
      },
    })
    this.nextSignals = mine
  }

  private setOnline(isOnline: boolean): void {
    this.isOnline = isOnline
    this.options.online(isOnline)
  }

  /** Asks for the server's vote for this page. Resolves to whether it has it. */
  async reserve(epoch: number): Promise<boolean> {
    return (await this.signals?.reserve(epoch)) ?? false
  }

  giveBack(epoch: number): void {
    this.signals?.giveBack(epoch)
  }

  /** This page hosts from now on: the connection by which it claims is its own. Null: it has none. */
  take(): HeirSignals | null {
    const isNextKnown = this.signals === null || (this.signals.isForgotten && this.nextSignals !== null)
    const taken = isNextKnown ? this.nextSignals : this.signals
    if (isNextKnown) this.signals?.close()
    if (taken === this.nextSignals) this.nextSignals = null
    this.signals = null
    this.stop()
    return taken
  }

  /** This page is no heir at the lobby server. */
  stop(): void {
    this.signals?.close()
    this.nextSignals?.close()
    this.signals = this.nextSignals = null
    this.setOnline(false)
  }
}

/**
 * How a fork that has no right to the lobby's code finds the host from whom it parted: it dials the code, for as long as a seat waits there.
 * In goes a way to dial; out comes, once, that a host answered. Then the fork is over, and the page comes back to its seat.
 */
import { onAbort } from '../../platform/abort.ts'
import { Redial, type RedialOptions } from '../guest/redial.ts'

export interface SeekOptions extends Pick<RedialOptions, 'seconds' | 'platform' | 'dial'> {
  /** The fork is over. */
  readonly signal: AbortSignal
  met(): void
}

export function seekHost({ signal, met, ...options }: SeekOptions): void {
  const nothing = (): void => {}
  const redial = new Redial({
    ...options,
    opened: (link) => {
      redial.stop()
      link.close('away')
      met()
    },
    told: nothing,
    over: nothing,
  })
  onAbort(signal, () => redial.stop())
}

/** Who may come in, as the host tells this guest, and what the host writes to this guest when they remove them. */
import type { HostMessageHandlers } from '../guest/host-message-handlers.ts'
import type { AdmissionRules } from './types.ts'

export class GuestAdmission {
  /** What the host wrote as they removed this guest; null: nothing. */
  hostText: string | null = null
  readonly handlers = {
    admission: ({ admission }) => {
      this.show(admission)
      return true
    },
    removed: ({ text }) => {
      this.hostText = text
      return true
    },
  } satisfies Partial<HostMessageHandlers>
  /** Shows the rules on this page. */
  readonly show: (rules: AdmissionRules) => void

  constructor(show: (rules: AdmissionRules) => void) {
    this.show = show
  }
}

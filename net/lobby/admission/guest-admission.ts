/** What a host tells a guest of who may come in, and writes to a guest whom they remove. */
import type { HostHearers } from '../guest/host-hearers.ts'
import type { AdmissionRules } from './types.ts'

export class GuestAdmission {
  /** What the host wrote as they removed this guest; null: nothing. */
  hostText: string | null = null
  readonly hears = {
    admission: ({ admission }) => {
      this.show(admission)
      return true
    },
    removed: ({ text }) => {
      this.hostText = text
      return true
    },
  } satisfies Partial<HostHearers>
  /** This page shows the rules so. */
  readonly show: (rules: AdmissionRules) => void

  constructor(show: (rules: AdmissionRules) => void) {
    this.show = show
  }
}

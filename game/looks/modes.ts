/** How the modes are named, and what each is about. */
import type { Mode } from '../rules/balance.ts'

export const modeTexts: Readonly<Record<Mode, { readonly name: string; readonly hint: string }>> = {
  free: { name: 'Free for all', hint: 'Every pilot for themselves.' },
  teams: { name: 'Two teams', hint: 'Sirius against Procyon.' },
  last: { name: 'Last ship', hint: 'Three ships each, and the edge closes in.' },
  beacon: { name: 'Beacon', hint: 'Two teams. Hold the beacon: it pays.' },
}

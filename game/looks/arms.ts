/** What is told of a hull or a special, and how power-ups look. */
import type { PowerUp } from '../rules/balance.ts'

export interface Told {
  readonly name: string
  /** What it is good for, in a few words. */
  readonly hint: string
}

/** Colours of the power-ups: green, orange, blue, as different in brightness as in hue. Their shapes differ, too (effects.ts). */
export const powerUpColors: Readonly<Record<PowerUp, string>> = {
  repair: '#4dffa0',
  salvo: '#ffb13d',
  haste: '#6ab8ff',
}

/** How hulls, specials and power-ups are named and told in a few words. */
import type { HullName, PowerUp, SpecialName } from '../rules/balance.ts'

export interface Told {
  readonly name: string
  /** What it is good for, in a few words. */
  readonly hint: string
}

export const hullTexts: Readonly<Record<HullName, Told>> = {
  whippet: { name: 'Whippet', hint: 'fast and frail' },
  husky: { name: 'Husky', hint: 'a bit of all' },
  mastiff: { name: 'Mastiff', hint: 'slow and tough' },
}

export const specialTexts: Readonly<Record<SpecialName, Told>> = {
  beam: { name: 'Beam', hint: 'hits at once, half a screen far' },
  missile: { name: 'Missile', hint: 'follows the foe ahead of you' },
  shield: { name: 'Shield', hint: 'no damage for a moment' },
}

/** What the display says to whoever takes one. */
export const powerUpTexts: Readonly<Record<PowerUp, string>> = {
  repair: 'Hull repaired',
  salvo: 'Three shots at once',
  haste: 'More thrust',
}
/** Their colours: green, orange, blue, as different in brightness as in hue. Their shapes differ, too (effects.ts). */
export const powerUpColors: Readonly<Record<PowerUp, string>> = {
  repair: '#4dffa0',
  salvo: '#ffb13d',
  haste: '#6ab8ff',
}

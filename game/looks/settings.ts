/** How the host's settings are named, and which values the lobby offers of those that the rules allow. */

import { cleanName } from 'starwire'
import { LAST_MINUTES, MODES } from '../rules/balance.ts'
import type { DogstarSettings } from '../rules/shape.ts'

import { modeTexts } from './modes.ts'

export type { DogstarSettings }

/** What the host sets by a row of values. The arena has a fold of its own. */
type RowName = 'mode' | 'roundMinutes' | 'goal' | 'rocks'

/** One setting and its values, in the order in which they are shown. */
export type SettingRow = {
  [Name in RowName]: {
    readonly name: Name
    readonly label: string
    readonly choices: readonly { readonly value: DogstarSettings[Name]; readonly label: string }[]
  }
}[RowName]

export const settingRows: readonly SettingRow[] = [
  {
    name: 'mode',
    label: 'Mode',
    choices: MODES.map((value) => ({ value, label: modeTexts[value].name })),
  },
  {
    name: 'roundMinutes',
    label: 'Round',
    choices: [3, 5, 10].map((value) => ({ value, label: `${value} min` })),
  },
  {
    name: 'goal',
    label: 'First to',
    choices: [500, 1000, 2000].map((value) => ({ value, label: String(value) })),
  },
  {
    name: 'rocks',
    label: 'Rocks',
    choices: [
      { value: 'few', label: 'Few' },
      { value: 'normal', label: 'Normal' },
      { value: 'many', label: 'Many' },
    ],
  },
]

/** All settings in one line. */
export function settingsText({ mode, roundMinutes, goal, rocks, arenaName }: DogstarSettings): string {
  const aim = mode === 'last' ? `${Math.min(LAST_MINUTES, roundMinutes)} min` : `${roundMinutes} min · first to ${goal}`
  return `${modeTexts[mode].name} · ${aim} · ${arenaName === '' ? `${rocks} rocks` : `arena “${cleanName(arenaName)}”`}`
}

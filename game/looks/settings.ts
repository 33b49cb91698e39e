/** How the host's settings are named, and which values the lobby offers of those that the rules allow. */

import { cleanName } from 'starwire'
import type { DogstarSettings } from '../rules/shape.ts'

export type { DogstarSettings }

/** What the host sets by a row of values. The arena has a fold of its own. */
type RowName = 'teams' | 'roundMinutes' | 'goal' | 'rocks'

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
    name: 'teams',
    label: 'Sides',
    choices: [
      { value: false, label: 'Free for all' },
      { value: true, label: 'Two teams' },
    ],
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
export function settingsText({ teams, roundMinutes, goal, rocks, arenaName }: DogstarSettings): string {
  const sides = teams ? 'Two teams' : 'Free for all'
  return `${sides} · ${roundMinutes} min · first to ${goal} · ${arenaName === '' ? `${rocks} rocks` : `arena “${cleanName(arenaName)}”`}`
}

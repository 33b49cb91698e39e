/** How the host's settings are named, and which values the lobby offers of those that the rules allow. */

import type { Values } from 'starwire'
import type { DogstarShape } from '../rules/dogstar.ts'

export type DogstarSettings = Values<DogstarShape['settings']>

/** One setting and its values, in the order in which they are shown. */
export type SettingRow = {
  [Name in keyof DogstarSettings]: {
    readonly name: Name
    readonly label: string
    readonly choices: readonly { readonly value: DogstarSettings[Name]; readonly label: string }[]
  }
}[keyof DogstarSettings]

export const settingRows: readonly SettingRow[] = [
  {
    name: 'teams',
    label: 'Sides',
    choices: [
      { value: false, label: 'Everybody alone' },
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
export function settingsText({ teams, roundMinutes, goal, rocks }: DogstarSettings): string {
  const sides = teams ? 'Two teams' : 'Everybody alone'
  return `${sides} · ${roundMinutes} min · first to ${goal} · ${rocks} rocks`
}

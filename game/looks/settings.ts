/** How the host's settings are named, and which values the lobby offers of those that the rules allow. */

import { cleanName } from 'starwire'
import { texts } from '../languages/language.ts'
import { BOT_SKILL_NAMES, LAST_MINUTES, MODES } from '../rules/balance.ts'
import type { DogstarSettings } from '../rules/shape.ts'

export type { DogstarSettings }

/** What the host sets by a row of values. The arena has a fold of its own. */
type RowName = 'mode' | 'roundMinutes' | 'goal' | 'rocks' | 'botsUpTo' | 'botSkill'

/** One setting and its values, in the order in which they are shown. */
export type SettingRow = {
  [Name in RowName]: {
    readonly name: Name
    readonly label: string
    readonly choices: readonly { readonly value: DogstarSettings[Name]; readonly label: string }[]
  }
}[RowName]

/** In the language of now. */
export const settingRows = (): readonly SettingRow[] => [
  {
    name: 'mode',
    label: texts.settings.mode,
    choices: MODES.map((value) => ({ value, label: texts.modes[value].name })),
  },
  {
    name: 'roundMinutes',
    label: texts.settings.round,
    choices: [1, 3, 5, 10].map((value) => ({ value, label: texts.settings.minutes(value) })),
  },
  {
    name: 'goal',
    label: texts.settings.goal,
    choices: [200, 500, 1000, 2000].map((value) => ({ value, label: String(value) })),
  },
  {
    name: 'rocks',
    label: texts.settings.rocks,
    choices: (['few', 'normal', 'many'] as const).map((value) => ({ value, label: texts.settings.rockNames[value] })),
  },
  {
    name: 'botsUpTo',
    label: texts.settings.botsUpTo,
    choices: [0, 4, 6, 8, 12].map((value) => ({ value, label: value === 0 ? texts.settings.noBots : String(value) })),
  },
  {
    name: 'botSkill',
    label: texts.settings.botSkill,
    choices: BOT_SKILL_NAMES.map((value) => ({ value, label: capital(texts.bots.skills[value]) })),
  },
]

/** All settings in one line. */
export function settingsText(settings: DogstarSettings): string {
  const { mode, roundMinutes, goal, rocks, arenaName, botsUpTo } = settings
  const time = texts.settings.minutes(mode === 'last' ? Math.min(LAST_MINUTES, roundMinutes) : roundMinutes)
  const aim = mode === 'last' ? time : `${time} · ${texts.settings.firstTo(goal)}`
  const place = arenaName === '' ? texts.settings.rocksInLine[rocks] : texts.settings.arena(cleanName(arenaName))
  const crew = botsUpTo === 0 ? '' : ` · ${texts.settings.botsInLine(botsUpTo)}`
  return `${texts.modes[mode].name} · ${aim} · ${place}${crew}`
}

/** A word that stands alone. */
const capital = (word: string): string => word.charAt(0).toLocaleUpperCase() + word.slice(1)

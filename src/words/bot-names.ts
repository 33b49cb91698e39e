/** Bots as the page seats them: how well they fly, in words, and the stars they are named after. */

import { texts } from '../../game/languages/language.ts'
import { BOT_SKILL_NAMES, BOT_SKILLS } from '../../game/rules/balance.ts'
import type { PageMember } from '../doors/doors.ts'

export const skills = BOT_SKILL_NAMES.map((name) => ({ name, skill: BOT_SKILLS[name] }))

/** The word for a bot's skill. */
export function skillNameOf(skill: number): string {
  return texts.bots.skills[skills.find((each) => skill <= each.skill)?.name ?? 'hard']
}

/** Stars, as all who fly here. */
const NAMES = ['Rigel', 'Mira', 'Spica', 'Deneb', 'Castor', 'Pollux', 'Antares', 'Canopus', 'Regulus', 'Bellatrix']

/** A name that nobody has. */
export function freeName(roster: readonly PageMember[]): string {
  return NAMES.find((name) => roster.every((member) => member.name !== name)) ?? 'Ace'
}

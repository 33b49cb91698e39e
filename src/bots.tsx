/** The host's way to seat bots: one button, and how well they fly. */
import { useState } from 'preact/hooks'
import type { Refusal } from 'starwire'
import type { PageLobby, PageMember } from './doors.ts'
import { refusals } from './refusals.ts'
import { pilotsOf } from './sides.ts'

const skills = [
  { name: 'easy', skill: 0.2 },
  { name: 'fair', skill: 0.6 },
  { name: 'hard', skill: 1 },
] as const

/** The word for a bot's skill. */
export function skillNameOf(skill: number): string {
  return (skills.find((each) => skill <= each.skill) ?? skills[2]).name
}

/** Stars, as all who fly here. */
const NAMES = ['Rigel', 'Mira', 'Spica', 'Deneb', 'Castor', 'Pollux', 'Antares', 'Canopus', 'Regulus', 'Bellatrix']

/** A name that nobody has. */
function freeName(roster: readonly PageMember[]): string {
  return NAMES.find((name) => roster.every((member) => member.name !== name)) ?? 'Ace'
}

export function AddBot({ lobby, roster }: { lobby: PageLobby; roster: readonly PageMember[] }) {
  const [skill, setSkill] = useState<number>(skills[1].skill)
  const [refused, setRefused] = useState<Refusal | null>(null)
  return (
    <div class="add-bot">
      <button
        type="button"
        class="second"
        disabled={pilotsOf(roster).length >= lobby.maxPlayers}
        onClick={() => setRefused(lobby.addBot('ace', { name: freeName(roster), skill }))}
      >
        Add a bot
      </button>
      <label class="field">
        <span class="unseen">How well the next bot flies</span>
        <select value={skill} onChange={(event) => setSkill(Number(event.currentTarget.value))}>
          {skills.map((each) => (
            <option key={each.name} value={each.skill}>
              {each.name}
            </option>
          ))}
        </select>
      </label>
      <p class="complaint" role="alert">
        {refused && refusals[refused]}
      </p>
    </div>
  )
}

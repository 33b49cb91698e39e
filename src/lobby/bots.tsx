/** The host's way to seat bots: one button, and how well they fly. */

import { useState } from 'preact/hooks'
import type { Refusal } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import { BOT_SKILLS } from '../../game/rules/balance.ts'
import type { PageLobby, PageMember } from '../doors/doors.ts'
import { useSettings } from '../doors/lobby-state.ts'
import { freeName, skills } from '../words/bot-names.ts'
import { pilotsOf } from './sides.ts'

export function AddBot({ lobby, roster }: { lobby: PageLobby; roster: readonly PageMember[] }) {
  const [skill, setSkill] = useState(BOT_SKILLS.fair)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const { botsUpTo } = useSettings(lobby)
  if (botsUpTo > 0) return <p class="hint">{texts.bots.fill(botsUpTo)}</p>
  return (
    <div class="add-bot">
      <button
        type="button"
        class="second"
        disabled={pilotsOf(roster).length >= lobby.maxPlayers}
        onClick={() => setRefused(lobby.addBot('ace', { name: freeName(roster), skill }))}
      >
        {texts.bots.add}
      </button>
      <label class="field">
        <span class="unseen">{texts.bots.howWell}</span>
        <select value={skill} onChange={(event) => setSkill(Number(event.currentTarget.value))}>
          {skills.map((each) => (
            <option key={each.name} value={each.skill}>
              {texts.bots.skills[each.name]}
            </option>
          ))}
        </select>
      </label>
      <p class="complaint" role="alert">
        {refused && texts.refusals[refused]}
      </p>
    </div>
  )
}

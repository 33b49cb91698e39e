/** What the next match is played with: for everybody as one line, for the host with the switches behind it. */

import { useState } from 'preact/hooks'
import type { Refusal } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import { type SettingRow, settingRows, settingsText } from '../../game/looks/settings.ts'
import type { PageLobby } from '../doors/doors.ts'
import { useSettings } from '../doors/lobby-state.ts'

export function SettingsFold({ lobby }: { lobby: PageLobby }) {
  const settings = useSettings(lobby)
  const [refused, setRefused] = useState<Refusal | null>(null)
  if (!lobby.hosting)
    return (
      <p class="fold told">
        <span class="fold-title">{texts.settings.title}</span>
        <span class="fold-state">{settingsText(settings)}</span>
      </p>
    )
  return (
    <details class="fold">
      <summary>
        <span class="fold-title">{texts.settings.title}</span>
        <span class="fold-state">{settingsText(settings)}</span>
      </summary>
      <div class="fold-body">
        {settingRows().map((row) => (
          <SettingChoice
            key={row.name}
            row={row}
            value={settings[row.name]}
            choose={(value) => setRefused(lobby.changeSettings({ [row.name]: value }))}
          />
        ))}
        <p class="complaint" role="alert">
          {refused && texts.refusals[refused]}
        </p>
      </div>
    </details>
  )
}

type Value = SettingRow['choices'][number]['value']

function SettingChoice({ row, value, choose }: { row: SettingRow; value: Value; choose(value: Value): void }) {
  return (
    <fieldset class="segments">
      <legend>{row.label}</legend>
      {row.choices.map((choice) => (
        <label key={choice.label}>
          <input
            type="radio"
            name={`setting-${row.name}`}
            checked={choice.value === value}
            onChange={() => choose(choice.value)}
          />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  )
}

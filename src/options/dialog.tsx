/** The options: how this player flies, sees and hears. Each change acts at once and is kept. Loaded on demand. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { type Preferences, ranges } from '../../game/hands/preferences.ts'
import { onPreferences, preferences, resetPreferences, setPreferences } from './kept.ts'
import { KeyTable } from './key-table.tsx'
import './options.css'

export function OptionsDialog({ done }: { done(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [now, setNow] = useState(preferences)
  useEffect(() => dialog.current?.showModal(), [])
  useEffect(() => onPreferences(setNow), [])
  return (
    <dialog
      ref={dialog}
      class="panel question options"
      aria-labelledby="options-title"
      onClose={done}
      // In a match it goes on behind it, and its keys are ours now.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <header>
        <h2 id="options-title">Options</h2>
        <button type="button" class="second" onClick={() => dialog.current?.close()}>
          Done
        </button>
      </header>
      <Sound now={now} />
      <Picture now={now} />
      <HandsGroup now={now} />
      <KeyTable bindings={now.bindings} />
      <button type="button" class="second" onClick={resetPreferences}>
        Everything as it comes
      </button>
    </dialog>
  )
}

interface GroupProps {
  now: Preferences
}

function Sound({ now }: GroupProps) {
  return (
    <fieldset class="group">
      <legend>Sound</legend>
      <Slider name="music" label="Music" now={now} />
      <Slider name="effects" label="Effects" now={now} />
      <Slider name="voices" label="Voices" now={now} />
    </fieldset>
  )
}

const textSizes = [
  { label: 'Usual', value: 1 },
  { label: 'Large', value: 1.15 },
  { label: 'Largest', value: 1.3 },
] as const

function Picture({ now }: GroupProps) {
  return (
    <fieldset class="group">
      <legend>Picture</legend>
      <Slider name="shake" label="Shake" now={now} />
      <Switch name="flashes" label="Flashes" now={now} />
      <Switch name="lessMotion" label="Less motion" now={now} />
      <Switch name="safeColors" label="Colours and shapes for colour-blind eyes (from the next match on)" now={now} />
      <fieldset class="segments">
        <legend>Text</legend>
        {textSizes.map(({ label, value }) => (
          <label key={label}>
            <input
              type="radio"
              name="text-size"
              checked={now.textSize === value}
              onChange={() => setPreferences({ textSize: value })}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
    </fieldset>
  )
}

function HandsGroup({ now }: GroupProps) {
  return (
    <fieldset class="group">
      <legend>Hands</legend>
      <Switch name="mouseAim" label="The ship turns to the mouse" now={now} />
      <Switch name="aimHelp" label="Help thumbs and sticks to aim" now={now} />
      <Switch name="leftHanded" label="Left-handed touch" now={now} />
      <Switch name="rumble" label="Gamepads rumble" now={now} />
      <Slider name="deadZone" label="Dead zone of gamepad sticks" now={now} />
    </fieldset>
  )
}

type Numbers = Exclude<keyof typeof ranges, 'textSize'>

function Slider({ name, label, now }: GroupProps & { name: Numbers; label: string }) {
  const { min, max } = ranges[name]
  return (
    <label class="slider">
      <span>{label}</span>
      <input
        type="range"
        {...{ min, max, step: (max - min) / 20 }}
        value={now[name]}
        aria-valuetext={`${Math.round(now[name] * 100)} %`}
        onInput={(event) => setPreferences({ [name]: Number(event.currentTarget.value) })}
      />
      <output>{Math.round(now[name] * 100)} %</output>
    </label>
  )
}

type Switches = { [K in keyof Preferences]: Preferences[K] extends boolean ? K : never }[keyof Preferences]

function Switch({ name, label, now }: GroupProps & { name: Switches; label: string }) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        checked={now[name]}
        onChange={(event) => setPreferences({ [name]: event.currentTarget.checked })}
      />
      {label}
    </label>
  )
}

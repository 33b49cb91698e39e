/** The options: how this player flies, sees and hears. Each change acts at once and is kept. Loaded on demand. */

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { type Preferences, ranges } from '../../game/hands/preferences.ts'
import { type Language, languages, texts } from '../../game/languages/language.ts'
import { onPreferences, preferences, resetPreferences, setPreferences } from './kept.ts'
import { KeyTable } from './key-table.tsx'
import './options.css'

export function OptionsDialog({ done }: { done(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [now, setNow] = useState(preferences)
  // With the picture, not after it: the next key is meant for the dialog, and would fly the ship or work the browser.
  useLayoutEffect(() => dialog.current?.showModal(), [])
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
        <h2 id="options-title">{texts.options.title}</h2>
        <button type="button" class="second" onClick={() => dialog.current?.close()}>
          {texts.options.done}
        </button>
      </header>
      <LanguageChoice now={now} />
      <Sound now={now} />
      <Picture now={now} />
      <HandsGroup now={now} />
      <KeyTable bindings={now.bindings} />
      <button type="button" class="second" onClick={resetPreferences}>
        {texts.options.reset}
      </button>
    </dialog>
  )
}

interface GroupProps {
  now: Preferences
}

const languageNames = Object.entries(languages) as [Language, string][]

/** Each language by its own name, so that whoever is lost in one finds the other. */
function LanguageChoice({ now }: GroupProps) {
  const choices: [Preferences['language'], string][] = [['auto', texts.options.languageAuto], ...languageNames]
  return (
    <fieldset class="segments">
      <legend>{texts.options.language}</legend>
      {choices.map(([value, name]) => (
        <label key={value}>
          <input
            type="radio"
            name="language"
            checked={now.language === value}
            onChange={() => setPreferences({ language: value })}
          />
          <span lang={value === 'auto' ? undefined : value}>{name}</span>
        </label>
      ))}
    </fieldset>
  )
}

function Sound({ now }: GroupProps) {
  return (
    <fieldset class="group">
      <legend>{texts.options.sound}</legend>
      <Slider name="music" label={texts.options.music} now={now} />
      <Slider name="effects" label={texts.options.effects} now={now} />
      <Slider name="voices" label={texts.options.voices} now={now} />
    </fieldset>
  )
}

const textSizes = [
  { name: 'usual', value: 1 },
  { name: 'large', value: 1.15 },
  { name: 'largest', value: 1.3 },
] as const

function Picture({ now }: GroupProps) {
  return (
    <fieldset class="group">
      <legend>{texts.options.picture}</legend>
      <Slider name="shake" label={texts.options.shake} now={now} />
      <Switch name="flashes" label={texts.options.flashes} now={now} />
      <Switch name="lessMotion" label={texts.options.lessMotion} now={now} />
      <Switch name="safeColors" label={texts.options.safeColors} now={now} />
      <fieldset class="segments">
        <legend>{texts.options.text}</legend>
        {textSizes.map(({ name, value }) => (
          <label key={name}>
            <input
              type="radio"
              name="text-size"
              checked={now.textSize === value}
              onChange={() => setPreferences({ textSize: value })}
            />
            <span>{texts.options.textSizes[name]}</span>
          </label>
        ))}
      </fieldset>
    </fieldset>
  )
}

function HandsGroup({ now }: GroupProps) {
  return (
    <fieldset class="group">
      <legend>{texts.options.hands}</legend>
      <Switch name="mouseAim" label={texts.options.mouseAim} now={now} />
      <Switch name="aimHelp" label={texts.options.aimHelp} now={now} />
      <Switch name="leftHanded" label={texts.options.leftHanded} now={now} />
      <Switch name="rumble" label={texts.options.rumble} now={now} />
      <Slider name="deadZone" label={texts.options.deadZone} now={now} />
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

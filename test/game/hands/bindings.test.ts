/** Which codes do what: kept, read back from anything, and changed one by one. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { actionNames, actions } from '../../../game/hands/actions.ts'
import { actionOf, bind, defaultBindings, isBindable, readBindings, unbind } from '../../../game/hands/bindings.ts'
import { codeName } from '../../../game/hands/code-names.ts'
import { defaultPreferences, ranges, readPreferences } from '../../../game/hands/preferences.ts'

/** Codes that two actions have. */
function doubles(bindings: Readonly<Record<string, readonly string[]>>): string[] {
  const all = Object.values(bindings).flat()
  return all.filter((code, i) => all.indexOf(code) !== i)
}

describe('bindings', () => {
  it('begin with no code for two actions, and with none that is not the game’s to take', () => {
    expect(doubles(defaultBindings)).toEqual([])
    expect(
      Object.values(defaultBindings)
        .flat()
        .filter((code) => !isBindable(code)),
    ).toEqual([])
  })

  it('never take Escape, Enter, the keys of the voice, or what browsers close pages with', () => {
    for (const code of [
      'Escape',
      'Enter',
      'KeyV',
      'KeyN',
      'ControlLeft',
      'AltRight',
      'MetaLeft',
      'F5',
      '',
      'Unidentified',
    ])
      expect(isBindable(code), code).toBe(false)
  })

  it('take a code away from the action that had it', () => {
    const bindings = bind(defaultBindings, 'dash', 'Space', 'ShiftLeft')
    expect(bindings.dash).toEqual(['Space', 'ShiftRight', ...actions.dash.pad])
    expect(actionOf(bindings, 'Space')).toBe('dash')
    expect(bindings.fire).not.toContain('Space')
    expect(actionOf(unbind(bindings, 'dash', 'Space'), 'Space')).toBeNull()
  })

  it('come back as they were kept, and a new action of a later page gets its first codes unless they are taken', () => {
    const chosen = bind(defaultBindings, 'thrust', 'KeyM', 'KeyW')
    expect(readBindings(JSON.parse(JSON.stringify(chosen)))).toEqual(chosen)
    const { mute, ...older } = chosen
    expect(mute).toEqual([])
    expect(readBindings(older).mute).toEqual([])
    expect(readBindings({}).mute).toEqual(['KeyM'])
  })

  it('hold for whatever was kept: each action once, each code bindable and of one action', () => {
    const codes = fc.oneof(fc.constantFrom('Space', 'KeyA', 'Escape', 'Pad7', '__proto__'), fc.string(), fc.anything())
    const stored = fc.oneof(
      fc.anything(),
      fc.dictionary(fc.constantFrom(...actionNames, '__proto__', 'other'), fc.oneof(fc.array(codes), fc.anything())),
    )
    fc.assert(
      fc.property(stored, (value) => {
        const bindings = readBindings(value)
        expect(Object.keys(bindings)).toEqual([...actionNames])
        expect(doubles(bindings)).toEqual([])
        expect(Object.values(bindings).flat().every(isBindable)).toBe(true)
      }),
    )
  })

  it('have names for people, by the letters of their keyboard where the browser knows them', () => {
    expect(
      ['KeyW', 'Space', 'ArrowLeft', 'Pad7', 'Pad20', 'PadAxis4+', 'Digit3', 'NumpadAdd', 'Mouse2'].map((code) =>
        codeName(code),
      ),
    ).toEqual(['W', 'Space', '←', 'Right trigger', 'Button 21', 'Axis 5 +', '3', 'Numpad Add', 'Right click'])
    expect(codeName('KeyW', new Map([['KeyW', 'z']]))).toBe('Z')
  })
})

describe('preferences', () => {
  it('are in their ranges whatever was kept', () => {
    const stored = fc.oneof(
      fc.anything(),
      fc.dictionary(
        fc.constantFrom(...Object.keys(defaultPreferences), '__proto__'),
        fc.oneof(fc.double(), fc.anything()),
      ),
    )
    fc.assert(
      fc.property(stored, (value) => {
        const read = readPreferences(value)
        for (const [name, { min, max }] of Object.entries(ranges)) {
          const number = read[name as keyof typeof ranges]
          expect(number >= min && number <= max, name).toBe(true)
        }
        for (const [name, usual] of Object.entries(defaultPreferences))
          expect(typeof read[name as keyof typeof read]).toBe(typeof usual)
      }),
    )
  })

  it('keep what was chosen', () => {
    const chosen = { ...defaultPreferences, shake: 0, leftHanded: true, music: 0.25 }
    expect(readPreferences(JSON.parse(JSON.stringify(chosen)))).toEqual(chosen)
  })
})

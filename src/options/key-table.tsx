/** Which keys and buttons do what, and the way to change that: press a key's button, then the new key. */

import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { type Action, actionNames } from '../../game/hands/actions.ts'
import { type Bindings, bind, isBindable, isPadCode, unbind } from '../../game/hands/bindings.ts'
import { codeName, keyboardLayout } from '../../game/hands/code-names.ts'
import { texts } from '../../game/languages/language.ts'
import { useSaid } from '../words/said.ts'
import { setPreferences } from './kept.ts'
import { listenForCode } from './listen-for-code.ts'

/** What is changed now: the code that makes room; null: one more. */
interface Waiting {
  readonly action: Action
  readonly old: string | null
}

export function KeyTable({ bindings }: { bindings: Bindings }) {
  const [waiting, setWaiting] = useState<Waiting | null>(null)
  const [said, say] = useSaid(() => texts.options.keysHint)
  const layout = useLayout()
  // At once: a key that is pressed right after the button would work the browser, which loads the page anew at F5.
  useLayoutEffect(() => {
    if (!waiting) return
    return listenForCode((code) => {
      if (code === null) say(() => texts.options.leftAsItWas)
      else if (!isBindable(code)) return say(() => texts.options.pageKey)
      else {
        setPreferences({ bindings: bind(bindings, waiting.action, code, waiting.old) })
        say(() => texts.options.doesNow(codeName(code, layout), texts.actions[waiting.action]))
      }
      setWaiting(null)
    })
  }, [waiting, bindings])

  const change = (action: Action, old: string | null) => {
    say(() => texts.options.pressNew)
    setWaiting({ action, old })
  }
  return (
    <fieldset class="group">
      <legend>{texts.options.keys}</legend>
      <p class="hint" role="status">
        {said}
      </p>
      <table class="keys">
        <thead>
          <tr>
            <th scope="col">{texts.options.action}</th>
            <th scope="col">{texts.options.keysAndMouse}</th>
            <th scope="col">{texts.options.gamepad}</th>
          </tr>
        </thead>
        <tbody>
          {actionNames.map((action) => (
            <tr key={action}>
              <th scope="row">{texts.actions[action]}</th>
              {[false, true].map((isPad) => (
                <td key={String(isPad)} data-of={isPad ? texts.options.gamepad : texts.options.keysAndMouse}>
                  <Codes
                    {...{ action, isPad, layout, waiting, change }}
                    codes={bindings[action].filter((code) => isPadCode(code) === isPad)}
                    remove={(code) => {
                      setPreferences({ bindings: unbind(bindings, action, code) })
                      say(() => texts.options.doesNothing(codeName(code, layout)))
                    }}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </fieldset>
  )
}

interface CodesProps {
  action: Action
  codes: readonly string[]
  isPad: boolean
  layout: ReadonlyMap<string, string> | null
  waiting: Waiting | null
  change(action: Action, old: string | null): void
  remove(code: string): void
}

function Codes({ action, codes, isPad, layout, waiting, change, remove }: CodesProps) {
  const label = texts.actions[action]
  const isWaiting = (code: string | null) => waiting?.action === action && waiting.old === code
  return (
    <div class="codes">
      {codes.map((code) => (
        <span key={code} class="code-pair">
          <button
            type="button"
            class={isWaiting(code) ? 'second waiting' : 'second'}
            aria-label={texts.options.change(label, codeName(code, layout))}
            onClick={() => change(action, code)}
          >
            {isWaiting(code) ? '…' : codeName(code, layout)}
          </button>
          <button
            type="button"
            class="plain"
            aria-label={texts.options.remove(label, codeName(code, layout))}
            onClick={() => remove(code)}
          >
            ×
          </button>
        </span>
      ))}
      <button
        type="button"
        class={isWaiting(null) && !isPad ? 'plain waiting' : 'plain'}
        aria-label={isPad ? texts.options.addButton(label) : texts.options.addKey(label)}
        onClick={() => change(action, null)}
      >
        +
      </button>
    </div>
  )
}

function useLayout(): ReadonlyMap<string, string> | null {
  const [layout, setLayout] = useState<ReadonlyMap<string, string> | null>(null)
  useEffect(() => {
    void keyboardLayout().then(setLayout)
  }, [])
  return layout
}

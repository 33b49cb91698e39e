/** Which keys and buttons do what, and the way to change that: press a key's button, then the new key. */
import { useEffect, useState } from 'preact/hooks'
import { type Action, actionNames, actions } from '../../game/hands/actions.ts'
import { type Bindings, bind, isBindable, isPadCode, unbind } from '../../game/hands/bindings.ts'
import { codeName } from '../../game/hands/code-names.ts'
import { setPreferences } from './kept.ts'
import { listenForCode } from './listen-for-code.ts'

/** What is changed now: the code that makes room; null: one more. */
interface Waiting {
  readonly action: Action
  readonly old: string | null
}

const PAGE_KEY = 'That key belongs to the page or the browser. Press another one, or Escape to leave it.'

export function KeyTable({ bindings }: { bindings: Bindings }) {
  const [waiting, setWaiting] = useState<Waiting | null>(null)
  const [said, setSaid] = useState('')
  const layout = useLayout()
  useEffect(() => {
    if (!waiting) return
    return listenForCode((code) => {
      if (code === null) setSaid('Left as it was.')
      else if (!isBindable(code)) return setSaid(PAGE_KEY)
      else {
        setPreferences({ bindings: bind(bindings, waiting.action, code, waiting.old) })
        setSaid(`${codeName(code, layout)}: ${actions[waiting.action].label}.`)
      }
      setWaiting(null)
    })
  }, [waiting, bindings])

  const change = (action: Action, old: string | null) => {
    setSaid('Press the new key or button, or Escape to leave it.')
    setWaiting({ action, old })
  }
  return (
    <fieldset class="group">
      <legend>Keys and buttons</legend>
      <p class="hint" role="status">
        {said || 'Press one to change it.'}
      </p>
      <table class="keys">
        <thead>
          <tr>
            <th scope="col">Action</th>
            <th scope="col">Keys and mouse</th>
            <th scope="col">Gamepad</th>
          </tr>
        </thead>
        <tbody>
          {actionNames.map((action) => (
            <tr key={action}>
              <th scope="row">{actions[action].label}</th>
              {[false, true].map((isPad) => (
                <td key={String(isPad)}>
                  <Codes
                    {...{ action, isPad, layout, waiting, change }}
                    codes={bindings[action].filter((code) => isPadCode(code) === isPad)}
                    remove={(code) => {
                      setPreferences({ bindings: unbind(bindings, action, code) })
                      setSaid(`${codeName(code, layout)} does nothing now.`)
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
  const { label } = actions[action]
  const isWaiting = (code: string | null) => waiting?.action === action && waiting.old === code
  return (
    <div class="codes">
      {codes.map((code) => (
        <span key={code} class="code-pair">
          <button
            type="button"
            class={isWaiting(code) ? 'second waiting' : 'second'}
            aria-label={`${label}: change ${codeName(code, layout)}`}
            onClick={() => change(action, code)}
          >
            {isWaiting(code) ? '…' : codeName(code, layout)}
          </button>
          <button
            type="button"
            class="plain"
            aria-label={`${label}: remove ${codeName(code, layout)}`}
            onClick={() => remove(code)}
          >
            ×
          </button>
        </span>
      ))}
      <button
        type="button"
        class={isWaiting(null) && !isPad ? 'plain waiting' : 'plain'}
        aria-label={`${label}: add a ${isPad ? 'button' : 'key'}`}
        onClick={() => change(action, null)}
      >
        +
      </button>
    </div>
  )
}

/** The letters on the keys, where the browser tells: W is called Z on a French keyboard. */
function useLayout(): ReadonlyMap<string, string> | null {
  const [layout, setLayout] = useState<ReadonlyMap<string, string> | null>(null)
  useEffect(() => {
    const { keyboard } = navigator as { keyboard?: { getLayoutMap?(): Promise<ReadonlyMap<string, string>> } }
    keyboard
      ?.getLayoutMap?.()
      .then(setLayout)
      .catch(() => {})
  }, [])
  return layout
}

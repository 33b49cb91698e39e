/** The way to the options, on the start screen and in the match. The screen itself is loaded when it is first opened. */

import { useState } from 'preact/hooks'
import { texts } from '../../game/languages/language.ts'
import { useOnDemand } from '../parts/on-demand.ts'

const load = () => import('./dialog.tsx')

interface OptionsButtonProps {
  class?: string
  /** In the match's bar there is room for a picture only. */
  small?: boolean
  /** After it closed. */
  closed?(): void
}

export function OptionsButton({ class: look = 'plain', small = false, closed }: OptionsButtonProps) {
  const [open, setOpen] = useState(false)
  const { loaded, failed } = useOnDemand(open, load)
  const done = () => {
    setOpen(false)
    closed?.()
  }
  return (
    <>
      <button
        type="button"
        class={look}
        aria-haspopup="dialog"
        title={texts.options.title}
        onClick={() => setOpen(true)}
      >
        {small ? (
          <>
            <Sliders />
            <span class="unseen">{texts.options.title}</span>
          </>
        ) : (
          texts.options.title
        )}
      </button>
      {open && loaded && <loaded.OptionsDialog done={done} />}
      {open && failed && (
        <p class="complaint" role="alert">
          {texts.page.loadFailed}
        </p>
      )}
    </>
  )
}

function Sliders() {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M4 7h9m5 0h2M4 17h3m5 0h8" />
      <circle cx="15.5" cy="7" r="2.5" />
      <circle cx="9.5" cy="17" r="2.5" />
    </svg>
  )
}

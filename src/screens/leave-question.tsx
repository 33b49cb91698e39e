/** Asked when leaving would cost somebody something: by the button, by the browser's back button or by a pasted link. */

import { useLayoutEffect, useRef } from 'preact/hooks'
import { texts } from '../../game/languages/language.ts'
import type { PageLobby } from '../doors/doors.ts'
import { useLooks } from '../doors/lobby-state.ts'
import { useRoster } from '../lobby/roster.tsx'
import type { Visit } from '../visit/visit.ts'
import { leavingMeans } from '../words/hosting.ts'

export function LeaveQuestion({ lobby, code, visit }: { lobby: PageLobby; code: string; visit: Visit }) {
  const dialog = useRef<HTMLDialogElement>(null)
  // Not confirm(): that would stop this page, and with a hosting page everybody's match.
  // With the picture, not after it: the next key is meant for the dialog, and would fly the ship or work the browser.
  useLayoutEffect(() => dialog.current?.showModal(), [])

  const go = () => {
    visit.back()
    if (code) visit.readdress(code)
  }
  useRoster(lobby)
  useLooks()
  return (
    <dialog
      ref={dialog}
      class="panel question"
      aria-labelledby="leave-question"
      onClose={() => {
        visit.stay()
        // The browser gives the focus back to the button that asked; there the space bar would ask again, not shoot.
        document.querySelector<HTMLElement>('.stage')?.focus()
      }}
      // The match goes on behind it, and its keys are ours now.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <h2 id="leave-question">{code ? texts.leaving.titleFor(code) : texts.leaving.title(lobby.code)}</h2>
      <p class="sentence">{leavingMeans(lobby)}</p>
      <div class="actions">
        <button type="button" class="main" onClick={() => dialog.current?.close()}>
          {texts.leaving.stay}
        </button>
        {lobby.hosting && lobby.state === 'playing' && !code && (
          <button type="button" class="second" onClick={() => lobby.finish()}>
            {texts.match.toLobby}
          </button>
        )}
        <button type="button" class="second" onClick={go}>
          {texts.leaving.leave}
        </button>
      </div>
    </dialog>
  )
}

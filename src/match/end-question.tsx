/** Asked of a host who ends the match while others play: a slip would cost everybody the round. */

import { useLayoutEffect, useRef } from 'preact/hooks'
import { texts } from '../../game/languages/language.ts'
import type { PageLobby } from '../doors/doors.ts'
import { goesOnWithout } from '../words/hosting.ts'

export function EndQuestion({ lobby, done }: { lobby: PageLobby; done(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  // With the picture, not after it: the next key is meant for the dialog, and would fly the ship or work the browser.
  useLayoutEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog
      ref={dialog}
      class="panel question"
      aria-labelledby="end-question"
      onClose={() => {
        done()
        document.querySelector<HTMLElement>('.stage')?.focus()
      }}
      // The match goes on behind it, and its keys are ours now.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <h2 id="end-question">{texts.match.endTitle}</h2>
      <p class="sentence">
        {texts.match.endMeans}
        {goesOnWithout(lobby) && texts.match.endOrLeave}
      </p>
      <div class="actions">
        <button type="button" class="main" onClick={() => dialog.current?.close()}>
          {texts.match.playOn}
        </button>
        <button type="button" class="second" onClick={() => lobby.finish()}>
          {texts.match.toLobby}
        </button>
      </div>
    </dialog>
  )
}

/** Asked of a host who ends the match while others play: a slip would cost everybody the round. */
import { useEffect, useRef } from 'preact/hooks'
import type { PageLobby } from './doors.ts'
import { goesOnWithout } from './hosting.ts'

export function EndQuestion({ lobby, done }: { lobby: PageLobby; done(): void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
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
      <h2 id="end-question">End this match?</h2>
      <p class="sentence">
        Everybody goes back to the lobby with you. From there you start the next match.
        {goesOnWithout(lobby) && ' If you alone want to stop, leave: the others play on, and one of them hosts.'}
      </p>
      <div class="actions">
        <button type="button" class="main" onClick={() => dialog.current?.close()}>
          Play on
        </button>
        <button type="button" class="second" onClick={() => lobby.finish()}>
          Back to the lobby
        </button>
      </div>
    </dialog>
  )
}

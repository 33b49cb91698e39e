/** The arena's fold in the lobby. All behind it is loaded when it is first opened, or when somebody offers an arena. */

import { useEffect, useState } from 'preact/hooks'
import { cleanName } from 'starwire'
import { texts } from '../../../game/languages/language.ts'
import type { PageLobby } from '../../doors/doors.ts'
import { useSettings } from '../../doors/lobby-state.ts'
import { useOnDemand } from '../../parts/on-demand.ts'
import { sharedIn } from '../shared-files.ts'

const load = () => import('./panel.tsx')

export function ArenaFold({ lobby }: { lobby: PageLobby }) {
  const { arenaName } = useSettings(lobby)
  const [open, setOpen] = useState(false)
  const offers = useArenaOffers(lobby)
  const { loaded, failed } = useOnDemand(open, load)
  return (
    <details class="fold" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="fold-title">{texts.arenas.title}</span>
        <span class="fold-state">{arenaName === '' ? texts.arenas.openField : <bdi>{cleanName(arenaName)}</bdi>}</span>
        {offers > 0 && <span class="tag host">{texts.arenas.offers(offers)}</span>}
      </summary>
      <div class="fold-body">
        {loaded && open && <loaded.ArenaPanel lobby={lobby} />}
        <p class="complaint" role="alert">
          {failed && texts.page.loadFailed}
        </p>
      </div>
    </details>
  )
}

/** How many arenas the others offer. */
function useArenaOffers(lobby: PageLobby): number {
  const shared = sharedIn(lobby)
  const now = () => shared.arenas?.offers.size ?? 0
  const [count, setCount] = useState(now)
  useEffect(() => {
    setCount(now())
    return shared.subscribe(() => setCount(now()))
  }, [lobby])
  return count
}

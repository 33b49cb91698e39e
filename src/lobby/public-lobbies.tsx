/** The public lobbies, behind one line of the start screen: looked for when it is opened, and again while it stays open. */

import { useEffect, useState } from 'preact/hooks'
import type { FoundLobby } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import { isolated } from '../parts/isolated.ts'
import { sentenceOf } from '../words/failures.ts'
import { nothing, useSaid } from '../words/said.ts'

/** How old the list may be. A lobby lives for minutes, and each look costs ten pings. */
const LOOK_EVERY_MS = 8000

interface PublicProps {
  find(signal: AbortSignal): Promise<readonly FoundLobby[]>
  join(code: string, watch: boolean): void
  createListed(): void
}

export function PublicLobbies(props: PublicProps) {
  const [open, setOpen] = useState(false)
  return (
    <details class="fold public" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span class="fold-title">{texts.publicLobbies.title}</span>
      </summary>
      {open && <Lobbies {...props} />}
    </details>
  )
}

function Lobbies({ find, join, createListed }: PublicProps) {
  const { lobbies, failed } = useLobbies(find)
  return (
    <div class="fold-body">
      <p class="hint" role="status">
        {failed || statusOf(lobbies)}
      </p>
      {lobbies && lobbies.length > 0 && (
        <ul class="lobbies">
          {lobbies.map((lobby) => (
            <LobbyRow key={lobby.code} lobby={lobby} join={join} />
          ))}
        </ul>
      )}
      {lobbies?.length === 0 && (
        <button type="button" class="second" onClick={createListed}>
          {texts.publicLobbies.create}
        </button>
      )}
    </div>
  )
}

function statusOf(lobbies: readonly FoundLobby[] | null): string {
  if (!lobbies) return texts.publicLobbies.looking
  if (lobbies.length === 0) return texts.publicLobbies.none
  return ''
}

function LobbyRow({ lobby, join }: { lobby: FoundLobby; join: PublicProps['join'] }) {
  return (
    <li>
      <div class="about">
        <bdi class="name">{lobby.title}</bdi>
        <p class="facts">
          {texts.publicLobbies.pilots(lobby.players, lobby.maxPlayers)}
          {lobby.pingMs !== null && ` · ${Math.round(lobby.pingMs)} ms`}
          {marksOf(lobby).map((mark) => (
            <span key={mark} class="tag">
              {mark}
            </span>
          ))}
        </p>
      </div>
      <div class="ways-in">
        {lobby.obstacle !== 'full' && (
          <button
            type="button"
            class="second"
            disabled={lobby.obstacle !== null}
            aria-label={texts.publicLobbies.joinThis(isolated(lobby.title))}
            onClick={() => join(lobby.code, false)}
          >
            {texts.publicLobbies.join}
          </button>
        )}
        {(lobby.obstacle === null || lobby.obstacle === 'full') && (
          <button
            type="button"
            class="second"
            aria-label={texts.publicLobbies.watchThis(isolated(lobby.title))}
            onClick={() => join(lobby.code, true)}
          >
            {texts.publicLobbies.watch}
          </button>
        )}
      </div>
    </li>
  )
}

/** What a player wants to know before they join. */
export function marksOf({ obstacle, hasPassword, playing }: FoundLobby): string[] {
  const marks: string[] = []
  if (obstacle === 'full') marks.push(texts.publicLobbies.full)
  if (obstacle === 'locked') marks.push(texts.publicLobbies.locked)
  if (obstacle === 'version-mismatch') marks.push(texts.publicLobbies.otherVersion)
  if (hasPassword) marks.push(texts.publicLobbies.password)
  if (playing) marks.push(texts.publicLobbies.inMatch)
  return marks
}

/** The list, looked for again as long as it is shown and the page is in front. */
function useLobbies(find: PublicProps['find']): { lobbies: readonly FoundLobby[] | null; failed: string } {
  const [lobbies, setLobbies] = useState<readonly FoundLobby[] | null>(null)
  const [failed, fail] = useSaid()
  useEffect(() => {
    const shown = new AbortController()
    const look = async () => {
      if (document.hidden) return
      try {
        setLobbies(await find(shown.signal))
        fail(nothing)
      } catch (error) {
        if (!shown.signal.aborted) fail(() => sentenceOf(error))
      }
    }
    void look()
    const timer = setInterval(look, LOOK_EVERY_MS)
    return () => {
      clearInterval(timer)
      shown.abort()
    }
  }, [])
  return { lobbies, failed }
}

/** Before the match: the code to share, who is here, and for the host the start. */

import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { LobbyState, Member, Refusal } from 'starwire'
import { linkTo } from '../address.ts'
import { CopyButton } from '../copy-button.tsx'
import type { PageLobby } from '../doors.ts'
import { useLobbyState } from '../lobby-state.ts'
import { Panel } from '../panel.tsx'
import { Roster, useRoster } from '../roster.tsx'

/** The page offers nothing that is refused, but the world may change between the eye and the finger. */
const refusals: Record<Refusal, string> = {
  'not-host': 'Only the host can do that.',
  'already-playing': 'The match is already on.',
  ended: 'This lobby is over.',
  'no-such-player': 'That player has just left.',
  'not-yourself': 'You cannot remove yourself; leave instead.',
}

export function LobbyScreen({ lobby, leave }: { lobby: PageLobby; leave(): void }) {
  const roster = useRoster(lobby)
  const state = useLobbyState(lobby)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const code = useRef<HTMLElement>(null)
  const link = useRef<HTMLInputElement>(null)
  const me = roster.find((member) => member.mine)

  return (
    <Panel title={lobby.hosting ? 'Your lobby' : 'In the lobby'}>
      <div class="share">
        <p class="code-line">
          <span class="caption">Lobby code</span>
          <strong ref={code} class="code">
            {lobby.code}
          </strong>
        </p>
        <CopyButton label="Copy code" text={code} />
        <label class="field link">
          <span>Link for friends</span>
          <input
            ref={link}
            readOnly
            value={linkTo(lobby.code, location)}
            onFocus={(event) => event.currentTarget.select()}
          />
        </label>
        <CopyButton label="Copy link" text={link} />
      </div>

      <section class="crew" aria-label="Players">
        <h2>
          Pilots{' '}
          <span class="count">
            {roster.length} of {lobby.maxPlayers}
          </span>
        </h2>
        <Roster roster={roster} readiness kick={lobby.hosting ? (player) => setRefused(lobby.kick(player)) : null} />
      </section>

      <p class="hint" role="status">
        {refused ? refusals[refused] : outlook(lobby.hosting, state, roster)}
      </p>
      <div class="actions">
        {lobby.hosting ? (
          <button type="button" class="main" disabled={state !== 'lobby'} onClick={() => setRefused(lobby.start())}>
            Start game
          </button>
        ) : (
          <label class="ready">
            <input
              type="checkbox"
              checked={me?.ready ?? false}
              onChange={(event) => lobby.setReady(event.currentTarget.checked)}
            />
            I am ready
          </label>
        )}
        <button type="button" class="second" onClick={leave}>
          Leave
        </button>
      </div>
    </Panel>
  )
}

/** What everybody waits for, in one sentence. */
function outlook(hosting: boolean, state: LobbyState, roster: readonly Member[]): ComponentChildren {
  if (state === 'reconnecting') return 'Connection lost, coming back… Your seat is kept for a while.'
  if (state === 'playing') return 'The match is on. Taking you in…'
  const host = roster.find((member) => member.host)
  if (!hosting) {
    const waited = host?.presence === 'here' ? '' : ' The host’s connection is slow right now.'
    return (
      <>
        Waiting for <bdi>{host?.name ?? 'the host'}</bdi> to start.{waited}
      </>
    )
  }
  const guests = roster.filter((member) => !member.host)
  if (guests.length === 0) return 'Share the code or the link. You can start alone; friends may join while you fly.'
  const ready = guests.filter((member) => member.ready).length
  return ready === guests.length ? 'Everybody is ready.' : `${ready} of ${guests.length} ready. You can start any time.`
}

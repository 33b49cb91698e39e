/** Before a match and between two: the code to share, who is here and what they say, and for the host the start. */

import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { LobbyState, Reconnecting, Refusal } from 'starwire'
import type { MatchResult } from '../../game/result.ts'
import { TEAM_MODES } from '../../game/rules/balance.ts'
import { ArenaFold } from '../arenas/mount.tsx'
import { AddBot } from '../bots.tsx'
import { CallFold } from '../call/mount.tsx'
import { ChatBox } from '../chat.tsx'
import { CopyButton } from '../copy-button.tsx'
import { DoorFold, useAdmission } from '../door.tsx'
import type { PageLobby, PageMember } from '../doors.ts'
import { QrSquare, ShareSquare } from '../hand-on/hand-on.tsx'
import { useInviteLink } from '../hand-on/invite-link.ts'
import { Invite } from '../invite.tsx'
import { useLobbyCode, useLobbyState } from '../lobby-state.ts'
import { useReconnecting, wordsOfLoss } from '../lost.tsx'
import { LostCode } from '../lost-code.tsx'
import { MyShip } from '../my-ship.tsx'
import { Panel } from '../panel.tsx'
import { PictureFold } from '../pictures/mount.tsx'
import { refusals } from '../refusals.ts'
import { LastMatch } from '../result.tsx'
import { Roster, useRoster } from '../roster.tsx'
import { SettingsFold, useSettings } from '../settings.tsx'
import { pilotsOf, sidesOf } from '../sides.ts'
import { WatchSwitch } from '../watch.tsx'

interface LobbyProps {
  lobby: PageLobby
  /** Of the last match. */
  result: MatchResult | null
  leave(): void
}

export function LobbyScreen({ lobby, result, leave }: LobbyProps) {
  const roster = useRoster(lobby)
  const state = useLobbyState(lobby)
  const lost = useReconnecting(lobby)
  const [refused, setRefused] = useState<Refusal | null>(null)
  const { state: codeState } = useLobbyCode(lobby)
  const pilots = pilotsOf(roster)
  const watchers = roster.length - pilots.length
  const me = roster.find((member) => member.mine)
  const watching = me?.spectator ?? false
  const { locked, maxPlayers } = useAdmission(lobby)
  const { mode } = useSettings(lobby)
  const [, redraw] = useState(0)
  const folds = useRef<HTMLDivElement>(null)
  // A toggle does not bubble.
  useEffect(() => folds.current?.addEventListener('toggle', showFold, true), [])

  return (
    <Panel title={lobby.hosting ? 'Your lobby' : 'In the lobby'}>
      {result && <LastMatch result={result} />}
      {codeState === 'none' ? <Alone lobby={lobby} /> : <Share lobby={lobby} />}

      <div class="people">
        <section class="crew" aria-label="Players">
          <h2>
            Pilots{' '}
            <span class="count">
              {locked && 'locked · '}
              {pilots.length} of {maxPlayers}
              {watchers > 0 && ` · ${watchers} watching`}
            </span>
          </h2>
          <Roster
            lobby={lobby}
            roster={roster}
            sides={sidesOf(roster, TEAM_MODES.includes(mode))}
            readiness
            muted={() => redraw((before) => before + 1)}
          />
          {lobby.hosting && <AddBot lobby={lobby} roster={roster} />}
        </section>
        <ChatBox lobby={lobby} />
      </div>

      <div class="folds" ref={folds}>
        <MyShip lobby={lobby} roster={roster} />
        <PictureFold lobby={lobby} />
        <SettingsFold lobby={lobby} />
        <ArenaFold lobby={lobby} />
        <CallFold lobby={lobby} />
        {lobby.hosting && <DoorFold lobby={lobby} players={pilots.length} />}
      </div>

      <p class="hint" role="status">
        {refused ? refusals[refused] : lost ? lostInLobby(lost) : outlook(lobby.hosting, state, roster)}
      </p>
      <div class="actions">
        {lobby.hosting ? (
          <button type="button" class="main" disabled={state !== 'lobby'} onClick={() => setRefused(lobby.start())}>
            Start game
          </button>
        ) : (
          !watching && (
            <label class="ready">
              <input
                type="checkbox"
                checked={me?.ready ?? false}
                onChange={(event) => lobby.setReady(event.currentTarget.checked)}
              />
              I am ready
            </label>
          )
        )}
        {watching && <WatchSwitch lobby={lobby} watching class={lobby.hosting ? 'second' : 'main'} />}
        <button type="button" class="second" onClick={leave}>
          Leave
        </button>
      </div>
    </Panel>
  )
}

/** A fold that opens comes into sight, above the buttons that stay at the bottom. */
function showFold({ target }: Event): void {
  if (target instanceof HTMLDetailsElement && target.open) target.scrollIntoView({ block: 'nearest' })
}

/** Of a lobby that was opened without the network. */
function Alone({ lobby }: { lobby: PageLobby }) {
  return (
    <div class="alone">
      <p>You practise: nobody can join yet, and no network is needed.</p>
      <Invite lobby={lobby} />
    </div>
  )
}

/** The code and the link for friends. */
function Share({ lobby }: { lobby: PageLobby }) {
  const { code: shown, state: codeState } = useLobbyCode(lobby)
  const code = useRef<HTMLElement>(null)
  const link = useRef<HTMLInputElement>(null)
  const { link: address, reach } = useInviteLink(shown)
  return (
    <div class="share">
      <p class="code-line">
        <span class="caption">Lobby code</span>
        <strong ref={code} class={codeState === 'lost' ? 'code dead' : 'code'}>
          {shown}
        </strong>
      </p>
      <CopyButton label="Copy code" text={code} />
      {codeState !== 'lost' && <QrSquare link={address} code={shown} />}
      <label class="field link">
        <span>Link for friends</span>
        <input ref={link} readOnly value={address} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <CopyButton label="Copy link" text={link} />
      {codeState !== 'lost' && <ShareSquare link={address} code={shown} />}
      {reach && <p class="hint reach">{reach}</p>}
      <LostCode lobby={lobby} />
    </div>
  )
}

/** Before the match there is no ship that could drift, and nothing that stands still. */
function lostInLobby(lost: Reconnecting): string {
  const { title } = wordsOfLoss(lost)
  if (lost.cause === 'host-gone')
    return `${title}. It goes on as soon as another player’s page takes over; where none can, it is over unless they come back.`
  return `${title.replace('…', '')}. This page goes on trying; your seat is kept for a while.`
}

/** What everybody waits for, in one sentence. */
function outlook(hosting: boolean, state: LobbyState, roster: readonly PageMember[]): ComponentChildren {
  if (state === 'playing') return 'The match is on. Taking you in…'
  const host = roster.find((member) => member.host)
  if (!hosting) {
    const watching = roster.some(({ mine, spectator }) => mine && spectator)
    const waited = host?.presence === 'here' ? '' : ' The host’s connection is slow right now.'
    return (
      <>
        {watching && 'You watch. '}Waiting for <bdi>{host?.name ?? 'the host'}</bdi> to start.{waited}
      </>
    )
  }
  const guests = pilotsOf(roster).filter((member) => !member.host && member.bot === null)
  if (guests.length === 0) return 'Share the code, or start now: friends can join later.'
  const ready = guests.filter((member) => member.ready).length
  return ready === guests.length ? 'Everybody is ready.' : `${ready} of ${guests.length} ready. You can start any time.`
}

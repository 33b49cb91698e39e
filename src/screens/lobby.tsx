/** Before a match and between two: the code to share, who is here and what they say, and for the host the start. */

import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { LobbyState, Reconnecting, Refusal } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import type { MatchResult } from '../../game/result.ts'
import { TEAM_MODES } from '../../game/rules/balance.ts'
import { CallFold } from '../call/mount.tsx'
import type { PageLobby, PageMember } from '../doors/doors.ts'
import { useLobbyCode, useLobbyState, useLooks, useSettings } from '../doors/lobby-state.ts'
import { ArenaFold } from '../files/arenas/mount.tsx'
import { PictureFold } from '../files/pictures/mount.tsx'
import { QrSquare, ShareSquare } from '../hand-on/hand-on.tsx'
import { useInviteLink } from '../hand-on/invite-link.ts'
import { AddBot } from '../lobby/bots.tsx'
import { ChatBox } from '../lobby/chat.tsx'
import { DoorFold, useAdmission } from '../lobby/door.tsx'
import { Invite } from '../lobby/invite.tsx'
import { PlayOn, useReconnecting, wordsOfLoss } from '../lobby/lost.tsx'
import { LostCode } from '../lobby/lost-code.tsx'
import { MyShip } from '../lobby/my-ship.tsx'
import { LastMatch } from '../lobby/result.tsx'
import { Roster, useRoster } from '../lobby/roster.tsx'
import { SettingsFold } from '../lobby/settings.tsx'
import { pilotsOf, sidesOf } from '../lobby/sides.ts'
import { startWarmUp } from '../lobby/warm-up.ts'
import { WatchSwitch } from '../lobby/watch.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { Panel } from '../parts/panel.tsx'
import { hostingMeans } from '../words/hosting.ts'

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
    <Panel title={lobby.hosting ? texts.lobby.yours : texts.lobby.in}>
      {result && <LastMatch result={result} />}
      {codeState === 'none' ? <Alone lobby={lobby} /> : <Share lobby={lobby} />}

      <div class="people">
        <section class="crew" aria-label={texts.lobby.players}>
          <h2>
            {texts.lobby.pilots}{' '}
            <span class="count">
              {locked && `${texts.lobby.locked} · `}
              {texts.lobby.seats(pilots.length, maxPlayers)}
              {watchers > 0 && ` · ${texts.lobby.watching(watchers)}`}
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
          {lobby.hosting && <Hosting lobby={lobby} />}
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
        {refused ? texts.refusals[refused] : lost ? lostInLobby(lost) : outlook(lobby.hosting, state, roster)}
      </p>
      {lobby.hosting && codeState !== 'none' && (
        <button
          type="button"
          class="second warm-up"
          disabled={state !== 'lobby'}
          title={texts.lobby.warmUpMeans}
          onClick={() => setRefused(startWarmUp(lobby))}
        >
          {texts.lobby.warmUp}
        </button>
      )}
      <div class="actions">
        {lobby.hosting ? (
          <button type="button" class="main" disabled={state !== 'lobby'} onClick={() => setRefused(lobby.start())}>
            {texts.lobby.start}
          </button>
        ) : lost?.mayPlayOn ? (
          <PlayOn means={texts.lobby.playOnHint} playOn={() => setRefused(lobby.playOn())} />
        ) : (
          !watching && (
            <label class="ready">
              <input
                type="checkbox"
                checked={me?.ready ?? false}
                onChange={(event) => lobby.setReady(event.currentTarget.checked)}
              />
              {texts.lobby.ready}
            </label>
          )
        )}
        {watching && <WatchSwitch lobby={lobby} watching class={lobby.hosting ? 'second' : 'main'} />}
        <button type="button" class="second" onClick={leave}>
          {texts.lobby.leave}
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
      <p>{texts.lobby.practise}</p>
      <Invite lobby={lobby} />
    </div>
  )
}

/** What the host's page is for. */
function Hosting({ lobby }: { lobby: PageLobby }) {
  useLooks()
  const means = hostingMeans(lobby)
  return means ? <p class="hint hosting">{means}</p> : null
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
        <span class="caption">{texts.lobby.code}</span>
        <strong ref={code} class={codeState === 'lost' ? 'code dead' : 'code'}>
          {shown}
        </strong>
      </p>
      <CopyButton label={texts.lobby.copyCode} text={code} />
      {codeState !== 'lost' && <QrSquare link={address} code={shown} />}
      <label class="field link">
        <span>{texts.lobby.link}</span>
        <input ref={link} readOnly value={address} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <CopyButton label={texts.lobby.copyLink} text={link} />
      {codeState !== 'lost' && <ShareSquare link={address} code={shown} />}
      {reach && <p class="hint reach">{reach}</p>}
      <LostCode lobby={lobby} />
    </div>
  )
}

/** Before the match there is no ship that could drift, and nothing that stands still. */
function lostInLobby(lost: Reconnecting): string {
  const { title } = wordsOfLoss(lost)
  if (lost.cause === 'host-gone') return texts.lobby.lostHost(title)
  return texts.lobby.lost(title.replace(/\s*…/, ''))
}

/** What everybody waits for, in one sentence. */
function outlook(hosting: boolean, state: LobbyState, roster: readonly PageMember[]): ComponentChildren {
  if (state === 'playing') return texts.lobby.matchIsOn
  const host = roster.find((member) => member.host)
  if (!hosting) {
    const watching = roster.some(({ mine, spectator }) => mine && spectator)
    const waited = host?.presence === 'here' ? '' : texts.lobby.hostIsSlow
    const [before, after] = texts.lobby.waitingFor
    return (
      <>
        {watching && texts.lobby.youWatch}
        {before}
        <bdi>{host?.name ?? texts.lobby.theHost}</bdi>
        {after}
        {waited}
      </>
    )
  }
  const guests = pilotsOf(roster).filter((member) => !member.host && member.bot === null)
  if (guests.length === 0) return texts.lobby.shareOrStart
  const ready = guests.filter((member) => member.ready).length
  return ready === guests.length ? texts.lobby.allReady : texts.lobby.someReady(ready, guests.length)
}

/** The slim bar above the match: the code, whose connection is in trouble, who is here, chat, voice, and the ways out. */

import type { RefObject } from 'preact'
import { useState } from 'preact/hooks'
import { texts } from '../../game/languages/language.ts'
import { isWarmUp } from '../../game/rules/modes.ts'
import { CallInBar } from '../call/mount.tsx'
import type { PageLobby, PageMember } from '../doors/doors.ts'
import { useLobbyCode } from '../doors/lobby-state.ts'
import { HandOnRow } from '../hand-on/hand-on.tsx'
import { useInviteLink } from '../hand-on/invite-link.ts'
import { Invite } from '../lobby/invite.tsx'
import { LostCode } from '../lobby/lost-code.tsx'
import { Roster } from '../lobby/roster.tsx'
import { pilotsOf } from '../lobby/sides.ts'
import { WatchSwitch } from '../lobby/watch.tsx'
import { OptionsButton } from '../options/mount.tsx'
import { Wordmark } from '../parts/wordmark.tsx'

/** What hangs open below the bar. */
export type Sheet = 'roster' | 'call' | null

interface BarProps {
  lobby: PageLobby
  roster: readonly PageMember[]
  watching: boolean
  /** Whether this page's own connection is lost: of that the stage tells. */
  lost: boolean
  sheet: Sheet
  setSheet(sheet: Sheet): void
  talking: boolean
  toggleTalk(): void
  /** The button that Escape leads to. */
  menu: RefObject<HTMLButtonElement | null>
  /** Gives the keys back to the game. */
  toStage(): void
  finish(): void
  leave(): void
}

export function MatchBar(props: BarProps) {
  const { lobby, roster, watching, sheet, setSheet, talking, menu, toStage } = props
  const pilots = pilotsOf(roster).length
  const toggle = (which: 'roster' | 'call') => (event: MouseEvent) => {
    setSheet(sheet === which ? null : which)
    // A bar button that keeps the focus would take the space bar away from the guns.
    if (event.detail > 0) toStage()
  }
  return (
    <nav class="bar" aria-label={texts.match.bar}>
      <Wordmark class="wordmark" />
      <CodeOrInvite lobby={lobby} opened={toStage} />
      <Trouble roster={props.lost ? [] : roster} />
      {watching && <WatchSwitch lobby={lobby} watching class="play" />}
      <button
        ref={menu}
        type="button"
        aria-keyshortcuts="Escape"
        aria-expanded={sheet === 'roster'}
        onClick={toggle('roster')}
      >
        {texts.match.pilots(pilots)}
      </button>
      <button
        type="button"
        class="chat-button"
        aria-expanded={talking}
        aria-keyshortcuts="Enter"
        onClick={props.toggleTalk}
      >
        {texts.match.chat}
      </button>
      <CallInBar lobby={lobby} open={sheet === 'call'} toggle={toggle('call')} />
      <OptionsButton class="wide-only" small closed={toStage} />
      {lobby.hosting && (
        <button type="button" class="wide-only" onClick={props.finish}>
          {finishText(lobby)}
        </button>
      )}
      <button type="button" onClick={props.leave}>
        {texts.match.leave}
      </button>
      {sheet === 'roster' && <RosterSheet lobby={lobby} roster={roster} finish={props.finish} toStage={toStage} />}
    </nav>
  )
}

function finishText(lobby: PageLobby): string {
  return isWarmUp(lobby) ? texts.match.endWarmUp : texts.match.toLobby
}

function CodeOrInvite({ lobby, opened }: { lobby: PageLobby; opened(): void }) {
  const { code, state } = useLobbyCode(lobby)
  if (state === 'none' && lobby.hosting) return <Invite lobby={lobby} opened={opened} />
  return <span class={state === 'lost' ? 'code dead' : 'code'}>{code || texts.match.offline}</span>
}

/** Others whose connection is slow or away. */
function Trouble({ roster }: { roster: readonly PageMember[] }) {
  return (
    <p class="trouble" role="status">
      {roster
        .filter((member) => !member.mine && member.presence !== 'here')
        .map((member, index) => (
          <span key={member.id}>
            {index > 0 && ', '}
            <bdi>{member.name}</bdi>
            {member.host && texts.match.host}: {texts.roster.presence[member.presence]}
          </span>
        ))}
    </p>
  )
}

/** Everybody in the lobby; on a phone also what has no room in the bar. */
function RosterSheet({ lobby, roster, finish, toStage }: Pick<BarProps, 'lobby' | 'roster' | 'finish' | 'toStage'>) {
  const [, redraw] = useState(0)
  const { code, state } = useLobbyCode(lobby)
  const { link } = useInviteLink(code)
  return (
    <section class="roster-sheet" aria-label={texts.match.players}>
      <LostCode lobby={lobby} />
      {(state === 'open' || state === 'unreachable') && <HandOnRow link={link} code={code} />}
      <Roster lobby={lobby} roster={roster} readiness={false} muted={() => redraw((before) => before + 1)} />
      <OptionsButton class="second wide narrow-only" closed={toStage} />
      {lobby.hosting && (
        <button type="button" class="second wide narrow-only" onClick={finish}>
          {finishText(lobby)}
        </button>
      )}
    </section>
  )
}

/**
 * The match has the screen, but for a slim bar with the code, who is here, and the way out. The bar stands above the game
 * and not over it: the game's own display fills all four corners.
 */

import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { PlayerId } from 'starwire'
import { hearPlaces } from '../call/ears.ts'
import { CallInBar, CallOverStage } from '../call/mount.tsx'
import type { LookOptions, PageLobby } from '../doors.ts'
import { EndQuestion } from '../end-question.tsx'
import { Invite } from '../invite.tsx'
import { useLobbyCode } from '../lobby-state.ts'
import { SecondsLeft, useReconnecting, wordsOfLoss } from '../lost.tsx'
import { LostCode } from '../lost-code.tsx'
import { Roster, useRoster } from '../roster.tsx'
import type { Show } from '../screen.ts'
import { sharedIn } from '../shared-files.ts'
import { pilotsOf } from '../sides.ts'
import { Talk } from '../talk.tsx'
import { WatchSwitch } from '../watch.tsx'
import { Wordmark } from '../wordmark.tsx'

interface PlayingProps {
  lobby: PageLobby
  show: Show | null
  look: LookOptions
  leave(): void
  broke(error: unknown): void
}

export function PlayingScreen({ lobby, show, look, leave, broke }: PlayingProps) {
  const roster = useRoster(lobby)
  const pilots = pilotsOf(roster).length
  const watching = roster.some(({ mine, spectator }) => mine && spectator)
  const lost = useReconnecting(lobby)
  const { code, state: codeState } = useLobbyCode(lobby)
  const [open, setOpen] = useState(false)
  const [talking, setTalking] = useState(false)
  const [calling, setCalling] = useState(false)
  const [ending, setEnding] = useState(false)
  const [, redraw] = useState(0)
  const stage = useRef<HTMLDivElement>(null)
  const menu = useRef<HTMLButtonElement>(null)
  const names = useRef(new Map<PlayerId, string>())
  // Kept for those who left: their last shots and deaths may still be told.
  for (const member of roster) names.current.set(member.id, member.name)
  useEscape(stage, menu, setOpen)
  useEnter(setTalking)

  useEffect(() => {
    const parent = stage.current
    if (!parent || !show) return
    parent.focus()
    try {
      const game = show(parent, {
        ...look,
        nameOf: (player) => nameOf(lobby, names.current, player),
        pictureOf: (player) => sharedIn(lobby).pictures?.pictureOf(player) ?? null,
        speaks: (player) => lobby.voice.members.some((voice) => voice.player === player && voice.speaking),
      })
      const silence = hearPlaces(lobby, game.placeOf)
      return () => {
        silence()
        game.destroy()
      }
    } catch (error) {
      broke(error)
    }
  }, [show])

  // Who has just changed sides looks at the match, not at the list.
  useEffect(() => {
    setOpen(false)
    stage.current?.focus()
  }, [watching])

  // A bar button that keeps the focus would take the space bar away from the guns.
  const giveBack = (event: MouseEvent) => {
    if (event.detail > 0) stage.current?.focus()
  }
  const finish = () => {
    setOpen(false)
    if (roster.some((member) => !member.mine && member.bot === null)) setEnding(true)
    else lobby.finish()
  }
  // Of one's own trouble the stage tells.
  const troubled = lost ? [] : roster.filter((member) => !member.mine && member.presence !== 'here')

  return (
    <main class="playing">
      <h1 class="unseen">Match in lobby {lobby.code}</h1>
      <nav class="bar" aria-label="Match">
        <Wordmark class="wordmark" />
        {codeState === 'none' && lobby.hosting ? (
          <Invite lobby={lobby} opened={() => stage.current?.focus()} />
        ) : (
          <span class={codeState === 'lost' ? 'code dead' : 'code'}>{code || 'offline'}</span>
        )}
        <p class="trouble" role="status">
          {troubled.map((member, index) => (
            <span key={member.id}>
              {index > 0 && ', '}
              <bdi>{member.name}</bdi>
              {member.host && ' (host)'}: {member.presence}
            </span>
          ))}
        </p>
        {watching && <WatchSwitch lobby={lobby} watching class="play" />}
        <button
          ref={menu}
          type="button"
          aria-keyshortcuts="Escape"
          aria-expanded={open}
          onClick={(event) => {
            setOpen(!open)
            setCalling(false)
            giveBack(event)
          }}
        >
          {pilots} {pilots === 1 ? 'pilot' : 'pilots'}
        </button>
        <button
          type="button"
          class="chat-button"
          aria-expanded={talking}
          aria-keyshortcuts="Enter"
          onClick={() => setTalking(!talking)}
        >
          Chat
        </button>
        <CallInBar
          lobby={lobby}
          open={calling}
          toggle={(event) => {
            setCalling(!calling)
            setOpen(false)
            giveBack(event)
          }}
        />
        {lobby.hosting && (
          <button type="button" class="wide-only" onClick={finish}>
            Back to the lobby
          </button>
        )}
        <button type="button" onClick={leave}>
          Leave
        </button>
        {open && (
          <section class="roster-sheet" aria-label="Players">
            <LostCode lobby={lobby} />
            <Roster lobby={lobby} roster={roster} readiness={false} muted={() => redraw((before) => before + 1)} />
            {lobby.hosting && (
              <button type="button" class="second wide narrow-only" onClick={finish}>
                Back to the lobby
              </button>
            )}
          </section>
        )}
      </nav>
      <div ref={stage} class="stage" tabIndex={-1} />
      <CallOverStage lobby={lobby} />
      <Talk
        lobby={lobby}
        open={talking}
        close={() => {
          setTalking(false)
          stage.current?.focus()
        }}
      />
      {ending && <EndQuestion lobby={lobby} done={() => setEnding(false)} />}
      {lost && (
        <div class="lost">
          <div class="panel">
            <span class="beacon" aria-hidden="true" />
            <p class="sentence">{wordsOfLoss(lost).title}</p>
            <p class="hint">{wordsOfLoss(lost).hint}</p>
            <SecondsLeft until={lost.givesUpAt} />
            <button type="button" class="second" onClick={leave}>
              Leave
            </button>
          </div>
        </div>
      )}
      {/* There from the start: what is put into the page together with its text is not read out everywhere. */}
      <p class="unseen" role="status">
        {lost && `${wordsOfLoss(lost).title} ${wordsOfLoss(lost).hint}`}
      </p>
      {!show && (
        <p class="loading" role="status">
          Loading the game…
        </p>
      )}
    </main>
  )
}

function nameOf(lobby: PageLobby, names: ReadonlyMap<PlayerId, string>, player: PlayerId): string {
  // The live roster first: the game may ask about a newcomer before this screen was drawn again.
  return lobby.roster.find((member) => member.id === player)?.name ?? names.get(player) ?? 'Player'
}

/** Escape goes from the game to the bar and back: a game may well keep Tab for itself, and then no other key leads out. */
function useEscape(
  stage: RefObject<HTMLElement | null>,
  menu: RefObject<HTMLElement | null>,
  setOpen: (open: boolean) => void,
): void {
  useEffect(() => {
    const heard = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      if (document.querySelector('dialog[open]')) return
      const toMenu = document.activeElement?.closest('.bar') === null
      setOpen(toMenu)
      ;(toMenu ? menu : stage).current?.focus()
    }
    addEventListener('keydown', heard)
    return () => removeEventListener('keydown', heard)
  }, [])
}

/** Enter opens the chat, unless it goes to a field, or to a button that was reached by the keyboard. */
function useEnter(setTalking: (talking: boolean) => void): void {
  useEffect(() => {
    const heard = (event: KeyboardEvent) => {
      const { target } = event
      if (event.key !== 'Enter' || event.defaultPrevented || event.repeat || event.isComposing) return
      if (target instanceof Element && target.closest('input, textarea, select, dialog, button:focus-visible')) return
      event.preventDefault()
      setTalking(true)
    }
    addEventListener('keydown', heard)
    return () => removeEventListener('keydown', heard)
  }, [])
}

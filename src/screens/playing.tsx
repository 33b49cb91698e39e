/**
 * The match has the screen, but for a slim bar with the code, who is here, and the way out. The bar stands above the game
 * and not over it: the game's own display fills all four corners.
 */

import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { PlayerId, Reconnecting } from 'starwire'
import { type Language, texts } from '../../game/languages/language.ts'
import { isWarmUp } from '../../game/rules/modes.ts'
import { hearPlaces } from '../call/ears.ts'
import { CallOverStage } from '../call/mount.tsx'
import type { LookOptions, PageLobby, PageMember } from '../doors/doors.ts'
import { sharedIn } from '../files/shared-files.ts'
import { PlayOn, SecondsLeft, useReconnecting, wordsOfLoss } from '../lobby/lost.tsx'
import { useRoster } from '../lobby/roster.tsx'
import { EndQuestion } from '../match/end-question.tsx'
import { MatchBar, type Sheet } from '../match/match-bar.tsx'
import { useEnter, useEscape } from '../match/match-keys.ts'
import { Talk } from '../match/talk.tsx'
import { preferences } from '../options/kept.ts'
import type { Show } from '../visit/screen.ts'

interface PlayingProps {
  lobby: PageLobby
  show: Show | null
  look: LookOptions
  /** Of the display over the arena, which is made anew in another one. */
  language: Language
  leave(): void
  broke(error: unknown): void
}

export function PlayingScreen({ lobby, show, look, language, leave, broke }: PlayingProps) {
  const roster = useRoster(lobby)
  const watching = roster.some(({ mine, spectator }) => mine && spectator)
  const lost = useReconnecting(lobby)
  const [sheet, setSheet] = useState<Sheet>(null)
  const [talking, setTalking] = useState(false)
  const [ending, setEnding] = useState(false)
  const stage = useRef<HTMLDivElement>(null)
  const menu = useRef<HTMLButtonElement>(null)
  const toStage = () => stage.current?.focus()
  useEscape(stage, menu, (open) => setSheet(open ? 'roster' : null))
  useEnter(setTalking)
  useGame({ lobby, roster, show, look, language, broke }, stage)
  // Who has just changed sides looks at the match, not at the list.
  useEffect(() => {
    setSheet(null)
    toStage()
  }, [watching])

  const finish = () => {
    setSheet(null)
    // Nobody loses anything by the end of a warm-up.
    if (!isWarmUp(lobby) && roster.some((member) => !member.mine && member.bot === null)) setEnding(true)
    else lobby.finish()
  }
  return (
    <main class="playing">
      <h1 class="unseen">{texts.match.title(lobby.code)}</h1>
      <MatchBar
        {...{ lobby, roster, watching, sheet, setSheet, talking, menu, toStage, finish, leave }}
        lost={lost !== null}
        toggleTalk={() => setTalking(!talking)}
      />
      <div ref={stage} class="stage" tabIndex={-1} />
      <CallOverStage lobby={lobby} />
      <Talk
        lobby={lobby}
        open={talking}
        close={() => {
          setTalking(false)
          toStage()
        }}
      />
      {ending && <EndQuestion lobby={lobby} done={() => setEnding(false)} />}
      {lost && <Lost lost={lost} playOn={() => lobby.playOn()} leave={leave} />}
      {/* There from the start: what is put into the page together with its text is not read out everywhere. */}
      <p class="unseen" role="status">
        {lost && `${wordsOfLoss(lost).title} ${wordsOfLoss(lost).hint}`}
      </p>
      {!show && (
        <p class="loading" role="status">
          {texts.match.loading}
        </p>
      )}
    </main>
  )
}

/** This page's connection is lost: over the stage, until it is back. */
function Lost({ lost, playOn, leave }: { lost: Reconnecting; playOn(): void; leave(): void }) {
  const { title, hint } = wordsOfLoss(lost)
  return (
    <div class="lost">
      <div class="panel">
        <span class="beacon" aria-hidden="true" />
        <p class="sentence">{title}</p>
        <p class="hint">{hint}</p>
        <SecondsLeft until={lost.givesUpAt} />
        {lost.mayPlayOn && <PlayOn means={texts.lostFor.playOnHint} playOn={playOn} />}
        <button type="button" class="second" onClick={leave}>
          {texts.match.leave}
        </button>
      </div>
    </div>
  )
}

interface GameProps extends Omit<PlayingProps, 'leave'> {
  roster: readonly PageMember[]
}

/** Puts the game on the stage as soon as its files are here, and takes it away again. */
function useGame(
  { lobby, roster, show, look, language, broke }: GameProps,
  stage: RefObject<HTMLElement | null>,
): void {
  const names = useRef(new Map<PlayerId, string>())
  // Kept for those who left: their last shots and deaths may still be told.
  for (const member of roster) names.current.set(member.id, member.name)
  useEffect(() => {
    const parent = stage.current
    if (!parent || !show) return
    // Not with a change of the language: that is made in a dialog.
    if (!document.querySelector('dialog[open]')) parent.focus()
    try {
      const game = show(parent, {
        ...look,
        preferences,
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
  }, [show, language])
}

function nameOf(lobby: PageLobby, names: ReadonlyMap<PlayerId, string>, player: PlayerId): string {
  // The live roster first: the game may ask about a newcomer before this screen was drawn again.
  return lobby.roster.find((member) => member.id === player)?.name ?? names.get(player) ?? texts.page.nameless
}

/** What the display says, as text: nothing here touches the page. */
import { texts } from '../languages/language.ts'
import {
  ASTEROID_POINTS,
  ASTEROID_SIZES,
  BEACON_PAY,
  IDLE_AFTER,
  KILL_POINTS_IN,
  LIVES,
  TEAMS,
  type Team,
  TICK_RATE,
} from '../rules/balance.ts'
import { isWarmUp, playsTeams } from '../rules/modes.ts'
import type { Cause, PlayerId } from '../rules/shape.ts'
import { type DogstarView, isPilot } from './parts.ts'

export type NameOf = (player: PlayerId) => string

/**
 * Whether the first snapshot has come. Before it the view has what the game declares as defaults, and no players: to say it would be a
 * lie.
 */
export function hasArrived({ tick, players }: DogstarView): boolean {
  return tick > 0 || players.length > 0
}

/** The large line of the clock. */
export function clockText(view: DogstarView): string {
  const { globals, tick } = view
  if (!hasArrived(view)) return ''
  switch (globals.phase) {
    case 'waiting':
      return waitingText(view)
    case 'paused':
      return texts.arena.paused
    case 'over':
      return texts.arena.nextRoundIn(secondsTo(globals.endsAt, tick))
    case 'playing':
      return minutes(secondsTo(globals.endsAt, Math.max(tick, globals.startsAt)))
  }
}

/** What a match without a round is. */
function waitingText(view: DogstarView): string {
  return isWarmUp(view) ? texts.arena.warmUp : texts.arena.practice
}

/** The small line below it. */
export function goalText(view: DogstarView): string {
  const { globals } = view
  if (!hasArrived(view)) return texts.arena.onItsWay
  if (globals.phase === 'waiting' && isWarmUp(view)) return texts.arena.nothingCounts
  if (globals.phase === 'waiting') return playsTeams(view) ? texts.arena.waitingForTeam : texts.arena.waitingForPilot
  if (globals.phase === 'paused') return texts.arena.left(minutes(Math.ceil(globals.remaining / TICK_RATE)))
  return isOut(view) ? texts.arena.youAreOut : aimText(view)
}

/** What a round is about, in a few words. */
function aimText({ globals, settings }: DogstarView): string {
  return globals.mode === 'last' ? texts.arena.lastWins : texts.arena.firstTo(settings.goal)
}

/** Whether this page's pilot has no ship left in a round that the last one wins. */
export function isOut(view: DogstarView): boolean {
  const { mode, phase } = view.globals
  return (
    mode === 'last' && (phase === 'playing' || phase === 'paused') && isPilot(view) && view.player(view.me).lives === 0
  )
}

/** The honours of the round that is over, each in a line. */
export function honourTexts({ globals }: DogstarView, nameOf: NameOf): string[] {
  const { sharpest, sharpestShare, fiercest, fiercestStreak, hardest, hardestDealt } = globals
  return [
    ...(sharpest === null ? [] : [texts.arena.bestAim(nameOf(sharpest), sharpestShare)]),
    ...(fiercest === null ? [] : [texts.arena.onARun(nameOf(fiercest), fiercestStreak)]),
    ...(hardest === null ? [] : [texts.arena.hardest(nameOf(hardest), hardestDealt)]),
  ]
}

/** What the middle says while ships wait for the round to begin, and for a moment after; '' else. */
export function countdownText({ globals, tick }: DogstarView): string {
  if (globals.phase !== 'playing') return ''
  if (tick < globals.startsAt) return String(secondsTo(globals.startsAt, tick))
  return tick < globals.startsAt + TICK_RATE ? texts.arena.go : ''
}

/** Seconds of the round that is played; null while none is, or while it has not begun. */
export function secondsLeft({ globals, tick }: DogstarView): number | null {
  return globals.phase === 'playing' && tick >= globals.startsAt ? secondsTo(globals.endsAt, tick) : null
}

/** Seconds at the end of a round that the clock shows in red: the last minute, of a short round less. */
export function lastSeconds({ settings }: Pick<DogstarView, 'settings'>): number {
  return Math.min(LAST_MINUTE, settings.roundMinutes * LAST_SHARE)
}

/** Seconds of it. */
export const LAST_MINUTE = 60
/** Seconds of each minute of a round. */
const LAST_SHARE = 20

/** Who did the damage that a lost ship had taken, the most first. */
export function ledgerText(damages: ReadonlyMap<PlayerId | null, number>, nameOf: NameOf): string {
  return [...damages]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([by, damage]) => `${by === null ? texts.arena.rocksAndWalls : nameOf(by)} ${damage}`)
    .join(' · ')
}

/** Over the score table. */
export function headline(view: DogstarView, nameOf: NameOf): string {
  const { globals, me } = view
  const { phase, winner, winningTeam, round, decided } = globals
  if (!hasArrived(view)) return ''
  if (phase === 'waiting') return waitingText(view)
  if (phase !== 'over') return texts.arena.round(round)
  if (winningTeam !== 'none')
    return isPilot(view) && view.player(me).team === winningTeam
      ? texts.arena.yourTeamWins
      : texts.arena.teamWins(texts.teams[winningTeam])
  if (winner === null) return decided === 'draw' ? texts.arena.draw : texts.arena.nobodyWins
  return winner === me ? texts.arena.youWin : texts.arena.wins(nameOf(winner))
}

/** What decided the round; empty while none is over. */
export function reasonText(view: DogstarView, nameOf: NameOf): string {
  const { settings, players } = view
  const { phase, winner, decided } = view.globals
  if (phase !== 'over') return ''
  switch (decided) {
    case 'last':
      return texts.arena.byLast
    case 'lives':
      return texts.arena.byLives
    case 'nobody':
      return texts.arena.byNobody
    case 'points': {
      const early = playsTeams(view)
        ? TEAMS.some((team) => scoreOfTeam(view, team) >= settings.goal)
        : winner !== null && players.includes(winner) && view.player(winner).score >= settings.goal
      return early ? texts.arena.byGoal(settings.goal) : texts.arena.byPoints
    }
    case 'rocks':
      return texts.arena.byRocks
    case 'kills':
      return texts.arena.byKills
    case 'deaths':
      return texts.arena.byDeaths
    case 'draw': {
      if (playsTeams(view)) return texts.arena.teamsEqual
      if (view.globals.mode === 'last') return texts.arena.livesEqual
      const best = Math.max(...players.map((each) => view.player(each).score))
      const equal = players.filter((each) => view.player(each).score === best)
      return texts.arena.pilotsEqual(equal.map(nameOf))
    }
  }
}

/** The law of points, below the table. */
export function lawText(view: DogstarView): string {
  const { mode } = view.globals
  if (mode === 'last') return texts.arena.lawOfLast(LIVES)
  const pay = texts.arena.pays(KILL_POINTS_IN[mode], ASTEROID_POINTS[1], ASTEROID_POINTS[ASTEROID_SIZES])
  if (mode === 'beacon') return `${pay} ${texts.arena.beaconPays(BEACON_PAY)}`
  return `${pay} ${playsTeams(view) ? texts.arena.matesSafe : texts.arena.ties}`
}

export function scoreOfTeam({ globals }: DogstarView, team: Team): number {
  return team === 'sirius' ? globals.siriusScore : globals.procyonScore
}

/** A ship's end, said to the one who lost it, or to the one who got it: the other's name, null without one. */
export function endText(cause: Cause, by: string | null, whom: string | null): string {
  const { got, lostTo, lost } = texts.arena.ends[cause]
  if (whom !== null) return got(whom)
  return by === null ? lost : lostTo(by)
}

/**
 * The line that stands in the middle as long as it holds, or ''. `idleSeconds`: how long this page's pilot has given no
 * input. `way`: with what they come back into the fight.
 */
export function standingText(view: DogstarView, flying: boolean, idleSeconds: number, way: string): string {
  const { globals, tick } = view
  const me = view.player(view.me)
  if (me.aside) return `${texts.arena.asideWhy} ${way}`
  const next = secondsTo(me.respawnAt, tick)
  if (isOut(view)) return texts.arena.youAreOut
  if (!flying && next > 0) return texts.arena.nextShipIn(next)
  if (globals.phase === 'paused')
    return `${stillText(playsTeams(view))} ${texts.arena.offIn(secondsTo(globals.endsAt, tick))}`
  const left = Math.ceil(IDLE_AFTER / TICK_RATE - idleSeconds)
  if (globals.phase === 'playing' && left <= WARNED) return texts.arena.stillThere(Math.max(1, left))
  return ''
}

function stillText(teams: boolean): string {
  return teams ? texts.arena.stillTeam : texts.arena.stillAlone
}

/** What a spectator reads all the time, before and after the name of the pilot who is followed. `flying`: whether the pilot has a ship. */
export function watchText(
  pilot: string | null,
  free: boolean,
  flying: boolean,
): readonly [before: string, after: string] {
  if (pilot === null) return [texts.arena.watchNobody, '']
  if (free) return [texts.arena.lookAround, '']
  return flying ? texts.arena.watchPilot : texts.arena.watchShipless
}

/** How a spectator turns to another pilot, or moves the picture. */
export function watchHint(free: boolean, touched: boolean): string {
  if (touched) return free ? texts.arena.watchHintFreeTouched : texts.arena.watchHintTouched
  return free ? texts.arena.watchHintFree : texts.arena.watchHint
}

/** Seconds before a pilot without input steps aside in which the display says so. */
const WARNED = 6

/** What is said aloud when one phase follows another; '' where nothing is. */
export function phaseText(before: Phase, view: DogstarView, nameOf: NameOf): string {
  const { globals } = view
  switch (globals.phase) {
    case 'playing':
      return before === 'paused'
        ? texts.arena.goesOn
        : texts.arena.begins(globals.round, texts.modes[globals.mode].name, aimText(view))
    case 'paused':
      return stillText(playsTeams(view))
    case 'over': {
      const result = headline(view, nameOf)
      return `${texts.arena.roundOver} ${result}${result.endsWith('!') ? '' : '.'} ${reasonText(view, nameOf)}`
    }
    case 'waiting':
      return `${before === 'paused' ? texts.arena.roundOff : ''}${goalText(view)}.`
  }
}

export type Phase = DogstarView['globals']['phase']

function secondsTo(at: number, tick: number): number {
  return Math.max(0, Math.ceil((at - tick) / TICK_RATE))
}

function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** What the display says, as text: nothing here touches the page. */
import { modeTexts } from '../looks/modes.ts'
import { teamNames } from '../looks/teams.ts'
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
import { playsTeams } from '../rules/modes.ts'
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
      return 'Practice'
    case 'paused':
      return 'Paused'
    case 'over':
      return `Next round in ${secondsTo(globals.endsAt, tick)}`
    case 'playing':
      return minutes(secondsTo(globals.endsAt, Math.max(tick, globals.startsAt)))
  }
}

/** The small line below it. */
export function goalText(view: DogstarView): string {
  const { globals } = view
  if (!hasArrived(view)) return 'The match is on its way'
  if (globals.phase === 'waiting') return `Waiting for ${playsTeams(view) ? 'the other team' : 'a second pilot'}`
  if (globals.phase === 'paused') return `${minutes(Math.ceil(globals.remaining / TICK_RATE))} left`
  return aimText(view)
}

/** What a round is about, in a few words. */
function aimText({ globals, settings }: DogstarView): string {
  return globals.mode === 'last' ? 'The last ship wins' : `First to ${settings.goal}`
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
    ...(sharpest === null ? [] : [`Best aim: ${nameOf(sharpest)}, ${sharpestShare} % of the shots hit`]),
    ...(fiercest === null ? [] : [`On a run: ${nameOf(fiercest)}, ${fiercestStreak} ships without a loss`]),
    ...(hardest === null ? [] : [`Hardest: ${nameOf(hardest)}, ${hardestDealt} points of hull`]),
  ]
}

/** What the middle says while ships wait for the round to begin, and for a moment after; '' else. */
export function countdownText({ globals, tick }: DogstarView): string {
  if (globals.phase !== 'playing') return ''
  if (tick < globals.startsAt) return String(secondsTo(globals.startsAt, tick))
  return tick < globals.startsAt + TICK_RATE ? 'Go!' : ''
}

/** Seconds of the round that is played; null while none is, or while it has not begun. */
export function secondsLeft({ globals, tick }: DogstarView): number | null {
  return globals.phase === 'playing' && tick >= globals.startsAt ? secondsTo(globals.endsAt, tick) : null
}

/** Who did the damage that a lost ship had taken, the most first. */
export function ledgerText(damages: ReadonlyMap<PlayerId | null, number>, nameOf: NameOf): string {
  return [...damages]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([by, damage]) => `${by === null ? 'Rocks and walls' : nameOf(by)} ${damage}`)
    .join(' · ')
}

/** Over the score table. */
export function headline(view: DogstarView, nameOf: NameOf): string {
  const { globals, me } = view
  const { phase, winner, winningTeam, round, decided } = globals
  if (!hasArrived(view)) return ''
  if (phase === 'waiting') return 'Practice'
  if (phase !== 'over') return `Round ${round}`
  if (winningTeam !== 'none')
    return isPilot(view) && view.player(me).team === winningTeam
      ? 'Your team wins the round!'
      : `Team ${teamNames[winningTeam]} wins the round`
  if (winner === null) return decided === 'draw' ? 'A draw' : 'Nobody wins'
  return winner === me ? 'You win the round!' : `${nameOf(winner)} wins the round`
}

/** What decided the round; empty while none is over. */
export function reasonText(view: DogstarView, nameOf: NameOf): string {
  const { settings, players } = view
  const { phase, winner, decided } = view.globals
  if (phase !== 'over') return ''
  switch (decided) {
    case 'last':
      return 'The last ship that flies.'
    case 'lives':
      return 'The most ships left when the time was up.'
    case 'nobody':
      return 'Nobody has any points.'
    case 'points': {
      const early = playsTeams(view)
        ? TEAMS.some((team) => scoreOfTeam(view, team) >= settings.goal)
        : winner !== null && players.includes(winner) && view.player(winner).score >= settings.goal
      return early ? `The first to have ${settings.goal} points.` : 'The most points when the time was up.'
    }
    case 'rocks':
      return 'Rocks decided it: others shot down as many ships.'
    case 'kills':
      return 'Equal points: more ships shot down decided it.'
    case 'deaths':
      return 'Equal points and kills: fewer ships lost decided it, to rocks or to others.'
    case 'draw': {
      if (playsTeams(view)) return 'Both teams have as many points.'
      if (view.globals.mode === 'last') return 'Several have as many ships left.'
      const best = Math.max(...players.map((each) => view.player(each).score))
      const equal = players.filter((each) => view.player(each).score === best)
      return `${list(equal.map(nameOf))} are equal in points, kills and deaths.`
    }
  }
}

/** The law of points, below the table. */
export function lawText(view: DogstarView): string {
  const { mode } = view.globals
  if (mode === 'last') return `${LIVES} ships each. The last pilot with one wins.`
  const pay = `A ship pays ${KILL_POINTS_IN[mode]}, a rock ${ASTEROID_POINTS[1]} to ${ASTEROID_POINTS[ASTEROID_SIZES]}.`
  if (mode === 'beacon') return `${pay} The beacon pays ${BEACON_PAY} a second.`
  return playsTeams(view)
    ? `${pay} Mates cannot hurt each other.`
    : `${pay} Equal points: more kills, then fewer deaths.`
}

export function scoreOfTeam({ globals }: DogstarView, team: Team): number {
  return team === 'sirius' ? globals.siriusScore : globals.procyonScore
}

/** A ship's end: before, between and after the two names; `by` first, then `whom`. Without `by`, `alone` follows the name. */
export const ends: Readonly<Record<Cause, { readonly verb: string; readonly tail: string; readonly alone: string }>> = {
  shot: { verb: 'shot down', tail: '', alone: 'was shot down' },
  rock: { verb: 'drove', tail: 'into a rock', alone: 'hit a rock' },
  ship: { verb: 'rammed', tail: '', alone: 'crashed into a ship' },
  beam: { verb: 'burned', tail: '', alone: 'was burned' },
  edge: { verb: 'drove', tail: 'over the edge', alone: 'burned outside the edge' },
  missile: { verb: 'hunted down', tail: '', alone: 'was hunted down' },
}

/** The same said to the one who lost the ship, or who got it. */
export function endText(cause: Cause, by: string | null, whom: string | null): string {
  const { verb, tail, alone } = ends[cause]
  if (whom !== null) return `You ${verb} ${whom}${tail && ` ${tail}`}`
  if (by === null) return `You ${alone.replace(/^was /, 'were ')}`
  return cause === 'shot' ? `${by} got you` : `${by} ${verb} you${tail && ` ${tail}`}`
}

/**
 * The line that stands in the middle as long as it holds, or ''. `idleSeconds`: how long this page's pilot has given no
 * input. `touched`: whether the screen is one that is touched.
 */
export function standingText(view: DogstarView, flying: boolean, idleSeconds: number, touched: boolean): string {
  const { globals, tick } = view
  const me = view.player(view.me)
  if (me.aside)
    return `You stepped aside. ${touched ? 'Push the stick or fire' : 'Press a key that flies'} to come back.`
  const next = secondsTo(me.respawnAt, tick)
  if (isOut(view)) return `You are out. Wait for the next round.`
  if (!flying && next > 0) return `Next ship in ${next}`
  if (globals.phase === 'paused') return `${stillText(playsTeams(view))} Off in ${secondsTo(globals.endsAt, tick)}`
  const left = Math.ceil(IDLE_AFTER / TICK_RATE - idleSeconds)
  if (globals.phase === 'playing' && left <= WARNED) return `Still there? You step aside in ${Math.max(1, left)}`
  return ''
}

function stillText(teams: boolean): string {
  return `The round stands still: nobody ${teams ? 'of the other team' : 'else'} is there.`
}

/** What a spectator reads all the time, before and after the name of the pilot who is followed. `flying`: whether the pilot has a ship. */
export function watchText(
  pilot: string | null,
  free: boolean,
  flying: boolean,
): readonly [before: string, after: string] {
  if (pilot === null) return ['You watch. Nobody flies now.', '']
  if (free) return ['You look around', '']
  return ['You watch ', flying ? '' : ', without a ship now']
}

/** How a spectator turns to another pilot, or moves the picture. */
export function watchHint(free: boolean, touched: boolean): string {
  if (touched) return free ? 'Drag to move. Tap to follow a pilot.' : 'Tap for the next pilot. Drag to look around.'
  return free
    ? 'Drag, or press the arrows, to move. Space follows a pilot.'
    : 'Left and right change the pilot. Space looks around.'
}

/** Seconds before a pilot without input steps aside in which the display says so. */
const WARNED = 6

/** What is said aloud when one phase follows another; '' where nothing is. */
export function phaseText(before: Phase, view: DogstarView, nameOf: NameOf): string {
  const { globals } = view
  switch (globals.phase) {
    case 'playing':
      return before === 'paused'
        ? 'The round goes on.'
        : `Round ${globals.round} begins: ${modeTexts[globals.mode].name}. ${aimText(view)}.`
    case 'paused':
      return stillText(playsTeams(view))
    case 'over': {
      const result = headline(view, nameOf)
      return `Round over. ${result}${result.endsWith('!') ? '' : '.'} ${reasonText(view, nameOf)}`
    }
    case 'waiting':
      return `${before === 'paused' ? 'The round is off. ' : ''}${goalText(view)}.`
  }
}

export type Phase = DogstarView['globals']['phase']

function secondsTo(at: number, tick: number): number {
  return Math.max(0, Math.ceil((at - tick) / TICK_RATE))
}

function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

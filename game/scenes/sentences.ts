/** What the display says, as text: nothing here touches the page. */
import { teamNames } from '../looks/teams.ts'
import {
  ASTEROID_POINTS,
  ASTEROID_SIZES,
  IDLE_AFTER,
  KILL_POINTS,
  TEAMS,
  type Team,
  TICK_RATE,
} from '../rules/balance.ts'
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
      return minutes(secondsTo(globals.endsAt, tick))
  }
}

/** The small line below it. */
export function goalText(view: DogstarView): string {
  const { globals, settings } = view
  if (!hasArrived(view)) return 'The match is on its way'
  if (globals.phase === 'waiting') return `Waiting for ${settings.teams ? 'the other team' : 'a second pilot'}`
  if (globals.phase === 'paused') return `${minutes(Math.ceil(globals.remaining / TICK_RATE))} left`
  return `First to ${settings.goal}`
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
    case 'nobody':
      return 'Nobody has any points.'
    case 'points': {
      const early = settings.teams
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
      if (settings.teams) return 'Both teams have as many points.'
      const best = Math.max(...players.map((each) => view.player(each).score))
      const equal = players.filter((each) => view.player(each).score === best)
      return `${list(equal.map(nameOf))} are equal in points, kills and deaths.`
    }
  }
}

/** The law of points, below the table. */
export function lawText({ settings }: DogstarView): string {
  const pay = `A ship pays ${KILL_POINTS}, a rock ${ASTEROID_POINTS[1]} to ${ASTEROID_POINTS[ASTEROID_SIZES]}.`
  return settings.teams ? `${pay} Mates cannot hurt each other.` : `${pay} Equal points: more kills, then fewer deaths.`
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
  const { globals, settings, tick } = view
  const me = view.player(view.me)
  if (me.aside)
    return `You stepped aside. ${touched ? 'Push the stick or fire' : 'Press a key that flies'} to come back.`
  const next = secondsTo(me.respawnAt, tick)
  if (!flying && next > 0) return `Next ship in ${next}`
  if (globals.phase === 'paused') return `${stillText(settings.teams)} Off in ${secondsTo(globals.endsAt, tick)}`
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
  const { globals, settings } = view
  switch (globals.phase) {
    case 'playing':
      return before === 'paused' ? 'The round goes on.' : `Round ${globals.round} begins. First to ${settings.goal}.`
    case 'paused':
      return stillText(settings.teams)
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

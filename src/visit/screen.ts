/**
 * Which screen is shown, and how each event changes it: a pure state machine. What has to be *done* about a change
 * (calling the library, leaving a lobby, writing the address) is not here but in visit.ts and app.tsx.
 */

import type { QuickMatchStage, Reason } from 'starwire'
import type { MatchResult } from '../../game/result.ts'
import type { GameOptions, PageLobby, PageSession, RunningGame } from '../doors/doors.ts'
import { type Failure, failureOfOwnLobby, failureOfReason } from '../words/failures.ts'
import { goesOnWithout } from '../words/hosting.ts'
import type { Note } from '../words/note.ts'

/** Puts the running match into an element. */
export type Show = (parent: HTMLElement, options: GameOptions) => RunningGame

/**
 * `attempt` numbers the tries to get into a lobby: whatever comes late from an abandoned one is told by it and dropped.
 * `asking`: somebody is about to leave, which would cost them or others something. It holds the code that the address
 * names now, or an empty text where it names none or the lobby still.
 */
export type Screen =
  | { readonly at: 'start'; readonly code: string; readonly note?: Note | null }
  | {
      readonly at: 'joining'
      readonly attempt: number
      /** Null while opening a lobby of one's own, and while looking for any. */
      readonly code: string | null
      /** Whether any lobby will do. */
      readonly quick: boolean
      /** Whether the player comes to watch. */
      readonly watch: boolean
      /** Whether the player gave a password. */
      readonly withPassword: boolean
      readonly stage: QuickMatchStage | null
    }
  | {
      readonly at: 'lobby'
      readonly attempt: number
      readonly lobby: PageLobby
      /** Of the last match in this lobby; null before the first, and after one without scores. */
      readonly result: MatchResult | null
      readonly asking: string | null
    }
  | {
      readonly at: 'playing'
      readonly attempt: number
      readonly lobby: PageLobby
      readonly session: PageSession
      /** Null until the game's files have arrived. */
      readonly show: Show | null
      readonly asking: string | null
    }
  /** `watch`: whether another try is one to watch. */
  | { readonly at: 'failed'; readonly failure: Failure; readonly code: string; readonly watch: boolean }

/** How somebody tries to get into a lobby. */
export interface Knock {
  /** Null without a code: a lobby of one's own, or any. */
  readonly code: string | null
  /** Any lobby will do. */
  readonly quick?: boolean
  /** Against bots, in a lobby without a code. */
  readonly alone?: boolean
  /** To watch, not to play. */
  readonly watch?: boolean
  readonly withPassword?: boolean
}

export type PageEvent =
  | ({ readonly type: 'knock'; readonly attempt: number } & Knock)
  | { readonly type: 'stage'; readonly attempt: number; readonly stage: QuickMatchStage }
  | { readonly type: 'opened'; readonly attempt: number; readonly lobby: PageLobby }
  | { readonly type: 'started'; readonly attempt: number; readonly session: PageSession }
  /** The lobby has another code, or its code leads nowhere now. */
  | { readonly type: 'code'; readonly attempt: number }
  | { readonly type: 'loaded'; readonly attempt: number; readonly session: PageSession; readonly show: Show }
  /** The host ended the match: back to the lobby with the same people. */
  | { readonly type: 'finished'; readonly attempt: number; readonly result: MatchResult | null }
  | { readonly type: 'failed'; readonly attempt: number; readonly failure: Failure }
  | { readonly type: 'ended'; readonly attempt: number; readonly reason: Reason | null }
  /** Give up, leave, back to start; `note` is what the start screen says then. */
  | { readonly type: 'back'; readonly note?: Note }
  /** The button in the lobby and in the match: leaves, but asks a host first whose guests are there. */
  | { readonly type: 'leave' }
  /** The address changed by hand or by the back button; `code` is what it names now, or empty. */
  | { readonly type: 'address'; readonly code: string }
  /** The answer to `asking`. */
  | { readonly type: 'stay' }

export function next(screen: Screen, event: PageEvent): Screen {
  if ('attempt' in event && event.type !== 'knock' && !('attempt' in screen && screen.attempt === event.attempt))
    return screen
  switch (event.type) {
    case 'knock':
      return {
        at: 'joining',
        attempt: event.attempt,
        code: event.code,
        quick: event.quick ?? false,
        watch: event.watch ?? false,
        withPassword: event.withPassword ?? false,
        stage: null,
      }
    case 'stage':
      return screen.at === 'joining' ? { ...screen, stage: event.stage } : screen
    case 'opened':
      return { at: 'lobby', attempt: event.attempt, lobby: event.lobby, result: null, asking: null }
    case 'started':
      return screen.at === 'lobby'
        ? {
            at: 'playing',
            attempt: screen.attempt,
            lobby: screen.lobby,
            session: event.session,
            show: null,
            asking: screen.asking,
          }
        : screen
    case 'finished':
      return screen.at === 'playing'
        ? {
            at: 'lobby',
            attempt: screen.attempt,
            lobby: screen.lobby,
            result: event.result,
            // Leaving the lobby for another one still has to be answered; leaving the match has been.
            asking: screen.asking === '' ? null : screen.asking,
          }
        : screen
    case 'code':
      // The lobby is the same object; a new screen around it brings the address up to date.
      return { ...screen }
    case 'loaded':
      // The files may come when the match that asked for them is over and the next one has begun.
      return screen.at === 'playing' && screen.session === event.session ? { ...screen, show: event.show } : screen
    case 'failed': {
      const note = screen.at === 'joining' ? noteOf(screen, event.failure) : null
      if (note) return { at: 'start', code: note.about === 'password' ? codeOf(screen) : '', note }
      return failed(screen, event.failure)
    }
    case 'ended': {
      if (event.reason === null) return { at: 'start', code: '' }
      const own = event.reason === 'host-left' && 'lobby' in screen && screen.lobby.hosting
      const quote = 'lobby' in screen ? screen.lobby.hostText : null
      const failure = own ? failureOfOwnLobby() : { ...failureOfReason(event.reason), quote }
      return failed(screen, failure)
    }
    case 'back':
      return event.note ? { at: 'start', code: '', note: event.note } : { at: 'start', code: codeOf(screen) }
    case 'leave':
      if (!('lobby' in screen)) return screen
      return hostsOthers(screen.lobby) ? { ...screen, asking: '' } : { at: 'start', code: codeOf(screen) }
    case 'address':
      return readdress(screen, event.code)
    case 'stay':
      return 'asking' in screen ? { ...screen, asking: null } : screen
    default:
      return event satisfies never
  }
}

/** Whether leaving this lobby takes the host from somebody else: guests who are away have a seat to lose, too. */
export function hostsOthers(lobby: PageLobby): boolean {
  return lobby.hosting && lobby.state !== 'ended' && lobby.roster.some(({ mine, bot }) => !mine && bot === null)
}

/** A wrong code or password is answered where it was typed. Null for all other failures. */
function noteOf(joining: Extract<Screen, { at: 'joining' }>, { reason }: Failure): Note | null {
  const { code, withPassword, watch } = joining
  if (code === null) return null
  if (reason === 'wrong-password') return { about: 'password', wrong: withPassword, watch }
  if (reason !== 'bad-code' && reason !== 'not-found') return null
  return { about: 'code', typed: code, known: reason === 'not-found' }
}

function readdress(screen: Screen, code: string): Screen {
  if (screen.at === 'joining' && screen.code === code) return screen
  if (screen.at !== 'lobby' && screen.at !== 'playing') return { at: 'start', code }
  if (screen.lobby.code === code) return { ...screen, asking: null }
  const costsSomebody = screen.at === 'playing' || hostsOthers(screen.lobby)
  // A pasted link may be a slip; the back button out of a lobby that nobody misses is not.
  return costsSomebody || code !== '' ? { ...screen, asking: code } : { at: 'start', code: '' }
}

/** The code that the start screen offers after this screen. A lobby of one's own is gone once one has left it, unless another page hosts on. */
export function codeOf(screen: Screen): string {
  switch (screen.at) {
    case 'start':
    case 'failed':
      return screen.code
    case 'joining':
      return screen.code ?? ''
    case 'lobby':
    case 'playing':
      return goesOnWithout(screen.lobby) ? screen.lobby.code : ''
    default:
      return screen satisfies never
  }
}

function failed(screen: Screen, failure: Failure): Screen {
  const watch = watches(screen)
  // Where watchers find no place either, watching is no way out.
  const canWatch = failure.canWatch && !watch
  return { at: 'failed', failure: { ...failure, canWatch }, code: codeAfter(screen, failure), watch }
}

/** Whether this page watches, or is about to. */
function watches(screen: Screen): boolean {
  if ('lobby' in screen) return screen.lobby.roster.some(({ mine, spectator }) => mine && spectator)
  return screen.at === 'joining' && screen.watch
}

/** A code that led nowhere is not offered again. */
function codeAfter(screen: Screen, failure: Failure): string {
  return failure.remedy === 'none' ? '' : codeOf(screen)
}

/** The code that the address should name, or null to leave the address alone. */
export function addressOf(screen: Screen): string | null {
  switch (screen.at) {
    case 'start':
    case 'failed':
      return screen.code
    case 'joining':
      return null
    case 'lobby':
    case 'playing':
      return screen.asking === null ? screen.lobby.code : null
    default:
      return screen satisfies never
  }
}

/** One person's visit to the page, from the start screen into a match and back: what is done about each event. No DOM. */
import type { FoundLobby, Session } from 'starwire'
import type { MatchResult } from '../../game/result.ts'
import { QUICK_PILOTS } from '../../game/rules/balance.ts'
import type { DogstarShape } from '../../game/rules/shape.ts'
import type { Doors, OpenedLobby, PageLobby, PageSession } from '../doors/doors.ts'
import { rememberedHosted, rememberedSeat, rememberedShip, rememberHosted, rememberSeat } from '../doors/remembered.ts'
import { sharedIn } from '../files/shared-files.ts'
import { keepCrew } from '../lobby/crew.ts'
import { endWarmUps } from '../lobby/warm-up.ts'
import { followVoicesVolume } from '../options/voices-volume.ts'
import { freeName } from '../words/bot-names.ts'
import { failureOf, failureOfLoading } from '../words/failures.ts'
import { listTitle } from '../words/list-title.ts'
import type { Note } from '../words/note.ts'
import { type Knock, next, type PageEvent, type Screen } from './screen.ts'

/** How often a host's page looks whether another could go on, ms. */
const LOOKS_MS = 1000

/** What draws the game, asked for before it is needed; null: it did not come. */
type EarlyGame = Promise<Awaited<ReturnType<Doors['loadGame']>> | null>

/** How somebody wants to be let in. */
export interface JoinHow {
  /** What they typed, for a lobby that asked for a password. */
  readonly password?: string | undefined
  /** Comes to watch, not to play. Default false. */
  readonly watch?: boolean
}

export interface Visit {
  readonly screen: Screen
  /** The running match, or null. */
  readonly session: PageSession | null
  subscribe(changed: (screen: Screen) => void): () => void
  create(name: string): void
  /** Opens a lobby that the public list shows. */
  createListed(name: string): void
  /** Flies against bots, without any network. Friends may be invited later. */
  practise(name: string): void
  /** Joins whatever public lobby fits best; where there is none, it flies alone in a lobby that others find. */
  quick(name: string): void
  /** The public lobbies. */
  find(signal: AbortSignal): Promise<readonly FoundLobby[]>
  join(code: string, name: string, how?: JoinHow): void
  /** Gives up, leaves, goes back to the start screen. */
  back(): void
  /** As `back`, but a host whose guests are there is asked first. */
  leave(): void
  /** The address names another code, or none (an empty text). */
  readdress(code: string): void
  /** Stays in the lobby after `leave` or `readdress` asked. */
  stay(): void
  /** The game threw while it was put on the page. */
  broke(error: unknown): void
}

export interface Beginning {
  /** The code that the address names, or an empty text. */
  readonly code: string
  readonly note?: Note | null
}

export function startVisit(doors: Doors, { code, note = null }: Beginning): Visit {
  let screen: Screen = { at: 'start', code, note }
  let attempts = 0
  /** Gives the attempt up that is under way. */
  let knocking = new AbortController()
  /** The seat that another tab has taken over: this page may take it back. */
  let elsewhere: { readonly code: string; readonly token: string | null } | null = null
  const listeners = new Set<(screen: Screen) => void>()

  function dispatch(event: PageEvent): void {
    const before = screen
    screen = next(before, event)
    if (screen === before) return
    const goesOn = 'attempt' in screen && 'attempt' in before && screen.attempt === before.attempt
    if (before.at === 'joining' && !goesOn) knocking.abort()
    // Whatever took the lobby off the screen, this page must not stay in it.
    if ('lobby' in before && !('lobby' in screen) && before.lobby.state !== 'ended') before.lobby.leave()
    for (const changed of listeners) changed(screen)
  }

  async function enter(
    how: Knock,
    open: (attempt: number, signal: AbortSignal) => Promise<OpenedLobby>,
  ): Promise<void> {
    const attempt = ++attempts
    const { code } = how
    dispatch({ type: 'knock', attempt, ...how })
    knocking = new AbortController()
    // Beside the way into the lobby, not after it. Heard of below; a failure here must not count as unhandled until the match starts.
    const early = doors.loadGame().catch(() => null)
    try {
      const lobby = await open(attempt, knocking.signal)
      dispatch({ type: 'opened', attempt, lobby })
      if (!('lobby' in screen) || screen.attempt !== attempt) {
        // Given up meanwhile: nobody is here to take the seat.
        lobby.leave()
        return
      }
      // Whoever wants to play at once does not wait for somebody in a lobby: others join the match.
      if (how.alone) seatPracticeBots(lobby)
      keepCrew(lobby)
      endWarmUps(lobby)
      if (how.quick && lobby.hosting) lobby.changeSettings({ botsUpTo: QUICK_PILOTS })
      if ((how.quick || how.alone) && lobby.hosting) lobby.start()
      await follow(lobby, attempt, early)
    } catch (error) {
      const failure = failureOf(error)
      const current = 'attempt' in screen && screen.attempt === attempt
      if (current && code !== null && failure.reason === 'not-found' && rememberedHosted()?.code === code) {
        rememberHosted(null)
        dispatch({ type: 'back', note: { about: 'own-lobby', code } })
      } else dispatch({ type: 'failed', attempt, failure })
    }
  }

  async function follow(lobby: OpenedLobby, attempt: number, early: EarlyGame): Promise<void> {
    // At once: what is offered before anybody listens is declined.
    sharedIn(lobby)
    followVoicesVolume(lobby)
    // A reload finds the way back by it. It is another after each return, and none when the lobby is over.
    let token = lobby.resumeToken
    const keepSeat = (): void => {
      token = lobby.resumeToken ?? token
      // A host's seat is kept as its page goes, not before: a copy of this tab must not take it over.
      rememberSeat(lobby.code, lobby.hosting || lobby.state === 'ended' ? null : lobby.resumeToken)
    }
    keepSeat()
    lobby.on('state', keepSeat)
    // Who goes to watch, or plays again, sits in another seat. Who becomes the host, or is no more, is in another role.
    let hosting = lobby.hosting
    lobby.on('roster', () => {
      keepSeat()
      if (hosting === lobby.hosting) return
      hosting = lobby.hosting
      rememberHosted(hosting ? { code: lobby.code, closed: false } : null)
    })
    // No event tells when another page becomes ready to host, and with it a host's way back.
    const looks = setInterval(() => {
      if (lobby.hosting) token = lobby.resumeToken ?? token
    }, LOOKS_MS)
    let code = lobby.code
    lobby.on('code', () => {
      if (lobby.code !== code) {
        rememberSeat(code, null)
        if (lobby.hosting) rememberHosted({ code: lobby.code, closed: false })
        code = lobby.code
        keepSeat()
      }
      dispatch({ type: 'code', attempt })
    })
    // Also forgets an own lobby of this code: then it lives in another tab, of which this one is a copy.
    rememberHosted(lobby.hosting ? { code: lobby.code, closed: false } : null)
    lobby.on('ended', (reason) => {
      clearInterval(looks)
      if (reason === 'replaced') elsewhere = { code: lobby.code, token }
      // The page is being left, perhaps to be loaded again: the next visit must not be invited into a closed lobby.
      if (lobby.hosting) {
        const isPageGone = reason === 'host-left'
        rememberHosted(isPageGone ? { code: lobby.code, closed: true } : null)
        if (isPageGone) rememberSeat(lobby.code, token)
      }
      dispatch({ type: 'ended', attempt, reason })
    })
    for (;;) {
      const session = await lobby.session()
      dispatch({ type: 'started', attempt, session })
      void load(session, attempt, early)
      // Any other end is the lobby's, of which `ended` tells.
      if ((await session.ended) !== 'over') return
      dispatch({ type: 'finished', attempt, result: resultOf(session) })
    }
  }

  async function load(session: Session<DogstarShape>, attempt: number, early: EarlyGame): Promise<void> {
    try {
      const start = (await early) ?? (await doors.loadGame())
      dispatch({ type: 'loaded', attempt, session, show: (parent, options) => start(session, parent, options) })
    } catch (error) {
      const isOver = screen.at !== 'playing' || screen.session !== session
      if (!isOver) dispatch({ type: 'failed', attempt, failure: failureOfLoading(error) })
    }
  }

  /** The way back to the lobby is never lost over a table of scores. */
  function resultOf(session: Session<DogstarShape>): MatchResult | null {
    try {
      return doors.resultOf(session)
    } catch (error) {
      console.error(error)
      return null
    }
  }

  return {
    get screen() {
      return screen
    },
    get session() {
      return screen.at === 'playing' ? screen.session : null
    },
    subscribe(changed) {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    create(name) {
      void enter({ code: null }, () => doors.createLobby({ name, choice: rememberedShip() }))
    },
    createListed(name) {
      void enter({ code: null }, () =>
        doors.createLobby({ name, choice: rememberedShip(), listed: { title: listTitle(name) } }),
      )
    },
    practise(name) {
      void enter({ code: null, alone: true }, () =>
        doors.createLobby({ name, choice: rememberedShip(), offline: true }),
      )
    },
    quick(name) {
      void enter({ code: null, quick: true }, (attempt, signal) =>
        doors.quickMatch({
          name,
          choice: rememberedShip(),
          title: listTitle(name),
          signal,
          onProgress: (stage) => dispatch({ type: 'stage', attempt, stage }),
        }),
      )
    },
    find: doors.findLobbies,
    join(code, name, { password, watch = false } = {}) {
      void enter({ code, watch, withPassword: password !== undefined }, (attempt) =>
        doors.joinLobby(code, {
          name,
          choice: rememberedShip(),
          spectate: watch,
          resume: rememberedSeat(code) ?? (elsewhere?.code === code ? elsewhere.token : null),
          ...(password !== undefined && { password }),
          onProgress: (stage) => dispatch({ type: 'stage', attempt, stage }),
        }),
      )
    },
    back: () => dispatch({ type: 'back' }),
    leave: () => dispatch({ type: 'leave' }),
    readdress: (code) => dispatch({ type: 'address', code }),
    stay: () => dispatch({ type: 'stay' }),
    broke(error) {
      if ('attempt' in screen) dispatch({ type: 'failed', attempt: screen.attempt, failure: failureOf(error) })
    },
  }
}

/** Somebody to fight in practice: one who is easy to hit, and two who hit back. */
const PRACTICE_SKILLS = [0.2, 0.6, 0.6] as const

function seatPracticeBots(lobby: PageLobby): void {
  for (const skill of PRACTICE_SKILLS) lobby.addBot('ace', { name: freeName(lobby.roster), skill })
}

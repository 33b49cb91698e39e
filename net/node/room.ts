/**
 * Runs the matches of a lobby without a person: starts one when enough people are here, and ends it when all have gone. It uses the public
 * `Lobby`, as a host's page does.
 */
import type { HeadlessLobby, Member } from '../lobby/types.ts'
import { type Cancel, type Timers, thisPage } from '../platform/platform.ts'
import type { GameShape } from '../world/game-shape.ts'

export interface RoomOptions {
  /** How many people must be here for a match to start. Default 1. */
  readonly minPlayers?: number
  /** Whether all of them must also be ready. Default false. */
  readonly whenReady?: boolean
  /** How long a match goes on without any people, in ms, before it is ended. Default 60,000: a reload fits in. */
  readonly emptyMs?: number
  /** Told in a line what has happened. */
  report?(line: string): void
  readonly platform?: Pick<Timers, 'after'>
}

/** Runs matches in a lobby until it ends. Returns how to stop: the lobby then goes on as it is. */
export function runRoom<G extends GameShape>(lobby: HeadlessLobby<G>, options: RoomOptions = {}): Cancel {
  const { minPlayers = 1, whenReady = false, emptyMs = 60_000, report = () => {}, platform = thisPage } = options
  if (!(Number.isInteger(minPlayers) && minPlayers >= 1 && minPlayers <= lobby.maxPlayers))
    throw new RangeError(`minPlayers is a whole number from 1 to ${lobby.maxPlayers}, not ${minPlayers}.`)
  if (!(Number.isFinite(emptyMs) && emptyMs >= 0))
    throw new RangeError(`emptyMs is a number of milliseconds from 0, not ${emptyMs}.`)
  let cancelEnd: Cancel | null = null

  function look(): void {
    const people = lobby.roster.filter(isPerson)
    if (lobby.state === 'lobby') {
      stopWaiting()
      if (people.filter(({ presence }) => presence !== 'away').length < minPlayers) return
      if (whenReady && people.some(({ ready }) => !ready)) return
      const refusal = lobby.start()
      if (refusal === null) report(`The match begins with ${namesOf(lobby.roster)}.`)
    } else if (lobby.state === 'playing') {
      if (people.some(({ presence }) => presence !== 'away')) stopWaiting()
      else cancelEnd ??= platform.after(emptyMs, end)
    } else stopWaiting()
  }

  function end(): void {
    cancelEnd = null
    if (lobby.finish() === null) report('The match has ended: nobody is here.')
  }

  function stopWaiting(): void {
    cancelEnd?.()
    cancelEnd = null
  }

  const stops = [
    lobby.on('roster', look),
    lobby.on('state', (state) => {
      if (state === 'lobby') report(`Waiting for ${minPlayers} ${minPlayers === 1 ? 'player' : 'players'}.`)
      look()
    }),
  ]
  look()
  return () => {
    stopWaiting()
    for (const stop of stops) stop()
  }
}

function isPerson({ bot, spectator }: Member): boolean {
  return bot === null && !spectator
}

function namesOf(roster: readonly Member[]): string {
  return roster
    .filter(({ spectator }) => !spectator)
    .map(({ name }) => name)
    .join(', ')
}

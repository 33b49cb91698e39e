/**
 * A page with some of the players of one match of Dogstar, each with a lobby, a session and a connection of their own, and
 * a pilot who flies; nothing is drawn.
 */

import { createLobby, joinLobby, type LaneStats, type Lobby } from 'starwire'
import { type DogstarShape, dogstar } from '../../../../game/rules/dogstar.ts'
import type { World } from '../../../../net/world/world.ts'
import { flyBot } from '../../../browser/fixtures/dogstar/bot.ts'
import { type ConnectionCounts, countConnections } from './connections.ts'

/** A pilot decides so often, ms: about as often as a hand on a keyboard can. */
const DECIDE_MS = 50

const lobbies: Lobby<DogstarShape>[] = []

export interface PlayerCounts {
  /** Of the host: its newest tick; of a guest: the newest that it predicted. */
  readonly tick: number
  /** The session's own counts, since its link opened. */
  readonly lanes: Readonly<Record<'state' | 'bulk', LaneStats>>
  readonly rttMs: number
}

export interface PageCounts {
  readonly now: number
  readonly players: readonly PlayerCounts[]
  readonly connections: readonly ConnectionCounts[]
}

async function fly(lobby: Lobby<DogstarShape>): Promise<void> {
  const session = await lobby.session()
  setInterval(() => {
    const view = session.view(performance.now())
    // The pilot was written for the world itself, but looks only at what a view has, too.
    session.input(flyBot(view as unknown as World, view.me))
  }, DECIDE_MS)
}

export const match = {
  async host(): Promise<string> {
    const lobby = await createLobby(dogstar, { name: 'Host', development: false })
    lobbies.push(lobby)
    return lobby.code
  },
  async join(code: string, count: number): Promise<void> {
    for (let i = 0; i < count; i++) lobbies.push(await joinLobby(dogstar, code, { name: 'Guest', development: false }))
  },
  start(): void {
    lobbies[0]?.start()
  },
  /** Resolves when all players of the page play. */
  async fly(): Promise<void> {
    await Promise.all(lobbies.map(fly))
  },
  async count(): Promise<PageCounts> {
    const sessions = await Promise.all(lobbies.map((lobby) => lobby.session()))
    const connections = await countConnections()
    const players = sessions.map((session): PlayerCounts => {
      const { tick, lanes, rttMs } = session.stats()
      return { tick, lanes, rttMs }
    })
    return { now: performance.now(), players, connections }
  },
  leave(): void {
    for (const lobby of lobbies) lobby.leave()
  },
}
export type MatchPage = typeof match

Object.assign(window, { match })

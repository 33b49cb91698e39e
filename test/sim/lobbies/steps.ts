/** Steps of tests that are played by hand in a `LobbyWorld`: time passes, something ends, all is closed. */
import type { Lobby } from 'starwire'
import { expect } from 'vitest'
import { releaseFaults } from './laws.ts'
import type { Yard } from './player.ts'
import type { LobbyWorld } from './world.ts'

/** What is waited for comes within two minutes, or the test is red. */
const PATIENCE_MS = 120_000
/** After everybody has left: servers cut silent sockets after twelve seconds. */
const RELEASE_MS = 15_000

/** Lets time pass until a promise is settled. */
export async function settled<T>(world: LobbyWorld, promise: Promise<T>): Promise<T> {
  let isSettled = false
  const settle = (): void => {
    isSettled = true
  }
  promise.then(settle, settle)
  if (!(await world.time.runUntil(() => isSettled, world.time.now + PATIENCE_MS))) throw new Error('waited in vain')
  return promise
}

export const pass = (world: LobbyWorld, ms: number): Promise<unknown> => world.time.runTo(world.time.now + ms)

/** Everybody leaves, the server stops, and nothing is left of any page. */
export async function expectReleased(world: LobbyWorld, ...lobbies: Lobby<Yard>[]): Promise<void> {
  for (const lobby of lobbies) lobby.leave()
  await pass(world, RELEASE_MS)
  await settled(world, world.server.stop())
  expect(releaseFaults(world)).toEqual([])
}

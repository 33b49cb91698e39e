/** A room without anybody who runs it: when its matches begin and end. */
import { expect, it } from 'vitest'
import { enterLobby } from '../../../net/lobby/guest/enter.ts'
import type { HeadlessLobby } from '../../../net/lobby/types.ts'
import { type RoomOptions, runRoom } from '../../../net/node/room.ts'
import { loopbackPair } from '../../../net/transport/loopback.ts'
import { HandClock, newHostLobby, settle, type Yard, yard } from '../lobby/support.ts'

function openRoom(options: RoomOptions = {}) {
  const clock = new HandClock()
  const { platform } = clock
  const { lobby, role } = newHostLobby(platform, { player: false, maxPlayers: 4 })
  const lines: string[] = []
  const stop = runRoom(lobby as unknown as HeadlessLobby<Yard>, {
    ...{ platform, report: (line: string) => lines.push(line) },
    ...options,
  })
  const join = async (name: string, spectate = false) => {
    const [hostEnd, link] = loopbackPair()
    role.arrive(hostEnd)
    const guest = await enterLobby<Yard>({ game: yard, code: 'K7QX2', link, name, spectate, warn: null, platform })
    await settle()
    return guest
  }
  return { lobby, clock, lines, stop, join }
}

it('starts a match when enough people are here, of whom spectators are none', async () => {
  const { lobby, join, lines } = openRoom({ minPlayers: 2 })
  await join('Bea')
  await join('Cleo', true)
  expect(lobby.state).toBe('lobby')
  await join('Dora')
  expect([lobby.state, lines]).toEqual(['playing', ['The match begins with Bea, Dora.']])
})

it('waits until all are ready where it is told to', async () => {
  const { lobby, join } = openRoom({ whenReady: true })
  const bea = await join('Bea')
  const cleo = await join('Cleo')
  bea.setReady(true)
  await settle()
  expect(lobby.state).toBe('lobby')
  cleo.setReady(true)
  await settle()
  expect(lobby.state).toBe('playing')
})

it('ends a match that nobody is in any more, not one that somebody comes back to, and begins the next one', async () => {
  const { lobby, clock, join, lines } = openRoom({ emptyMs: 5_000 })
  const bea = await join('Bea')
  bea.leave()
  await settle()
  clock.skip(4_000)
  const cleo = await join('Cleo')
  clock.skip(4_000)
  expect(lobby.state).toBe('playing')
  cleo.leave()
  await settle()
  clock.skip(5_001)
  await settle()
  expect(lobby.state).toBe('lobby')
  expect(lines).toContain('The match has ended: nobody is here.')
  await join('Dora')
  expect(lobby.state).toBe('playing')
})

it('leaves the lobby as it is once it is stopped, with no timer', async () => {
  const { lobby, clock, stop, join } = openRoom({ emptyMs: 5_000 })
  const bea = await join('Bea')
  bea.leave()
  await settle()
  const waiting = clock.waiting
  stop()
  expect(clock.waiting).toBe(waiting - 1)
  clock.skip(60_000)
  expect(lobby.state).toBe('playing')
})

it('refuses numbers that are none, with a sentence', () => {
  expect(() => openRoom({ minPlayers: 5 })).toThrow(/minPlayers is a whole number from 1 to 4, not 5/)
  expect(() => openRoom({ minPlayers: 0.5 })).toThrow(RangeError)
  expect(() => openRoom({ emptyMs: Number.NaN })).toThrow(/emptyMs is a number of milliseconds/)
})

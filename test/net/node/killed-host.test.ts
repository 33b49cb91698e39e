/** A host in Node whose process is killed, with guests in this process, over real connections: a guest hosts on. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Lobby } from 'starwire'
import { joinInNode } from 'starwire/node'
import { createSignalingServer } from 'starwire/server'
import { afterEach, expect, it } from 'vitest'
import { type Yard, yard } from '../../sim/lobbies/player.ts'

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
const lobbies: Lobby<Yard>[] = []
const running: ChildProcess[] = []
let server: Server | null = null

afterEach(() => {
  for (const lobby of lobbies.splice(0).reverse()) lobby.leave()
  for (const child of running.splice(0)) child.kill('SIGKILL')
  server?.closeAllConnections()
  server?.close()
})

async function startServer(): Promise<string> {
  server = createServer()
  createSignalingServer({ secret: 'a secret of this test alone' }).attach(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/starwire`
}

async function startRoom(signaling: string): Promise<{ readonly room: ChildProcess; readonly code: string }> {
  const room = spawn(process.execPath, ['.ci/run-ts.mjs', 'test/net/node/room-process/room.ts', signaling], {
    ...{ cwd: at(''), stdio: ['ignore', 'pipe', 'inherit'] },
  })
  running.push(room)
  for await (const line of createInterface({ input: room.stdout as NonNullable<typeof room.stdout> }))
    if (line.startsWith('code ')) return { room, code: line.slice('code '.length) }
  throw new Error('The room ended before it had a code.')
}

async function join(code: string, signaling: string, name: string): Promise<Lobby<Yard>> {
  const lobby = await joinInNode(yard, code, { signaling, name, iceServers: [], bindAddress: '127.0.0.1' })
  lobbies.push(lobby)
  return lobby
}

const hostsOf = (guests: readonly Lobby<Yard>[]) => guests.map(({ roster }) => roster.find(({ host }) => host)?.name)

it('goes on in the page of a guest, with the same sessions, places and code', { tags: ['long'] }, async () => {
  const signaling = await startServer()
  const { room, code } = await startRoom(signaling)
  const guests = [await join(code, signaling, 'Bea'), await join(code, signaling, 'Cleo')]
  const sessions = await Promise.all(guests.map((lobby) => lobby.session()))
  for (const session of sessions) session.input({ x: 1 })
  const xOf = (viewer: number, of: number): number => {
    const now = performance.now()
    const own = [...sessions[viewer]!.view(now).all('token')].find(({ owner }) => owner === guests[of]!.me)
    return own?.x ?? 0
  }
  // The host has heirs with the world of the match once a page was named and has loaded what hosting takes.
  const patience = { timeout: 50_000 }
  const isWarm = (lobby: Lobby<Yard>) =>
    (lobby as unknown as { match: { client: { heir: { tick: number | null } | null } } | null }).match?.client.heir
      ?.tick
  await expect.poll(() => guests.some((lobby) => (isWarm(lobby) ?? 0) > 0), patience).toBe(true)
  await expect.poll(() => xOf(0, 1), patience).toBeGreaterThan(505)
  expect(hostsOf(guests)).toEqual([undefined, undefined])
  const before = xOf(0, 1)
  room.kill('SIGKILL')
  await expect.poll(() => new Set(hostsOf(guests)).size === 1 && hostsOf(guests)[0] !== undefined, patience).toBe(true)
  await expect.poll(() => Math.min(xOf(0, 1), xOf(1, 1)), patience).toBeGreaterThan(before + 20)
  expect(guests.map(({ state }) => state)).toEqual(['playing', 'playing'])
  expect(await Promise.all(guests.map((lobby) => lobby.session()))).toEqual(sessions)
  const late = await join(code, signaling, 'Dan')
  expect(late.roster.map(({ name }) => name)).toEqual(['Bea', 'Cleo', 'Dan'])
})

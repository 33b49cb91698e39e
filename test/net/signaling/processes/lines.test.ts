/** Processes of a service that say things to each other directly, over real sockets. */
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createMemoryStore } from '../../../../net/signaling/server/memory-store.ts'
import { tokensOf } from '../../../../net/signaling/server/tokens.ts'
import { freePort } from '../free-port.ts'
import { afterwards, bare, bareGuest, bareHost, host, join, startServer, until } from '../support.ts'

const SECRET = 'a secret for tests'

/** Processes of one service. `byStore`: what went through the store. */
async function processes(count: number) {
  const store = createMemoryStore({ maxLobbies: 9, now: () => performance.now() })
  const byStore: string[] = []
  const names: string[] = []
  const { send, listen } = store
  store.send = (to, text) => {
    byStore.push(text)
    return send.call(store, to, text)
  }
  store.listen = (process, deliver) => {
    names.push(process)
    return listen.call(store, process, deliver)
  }
  const servers: Awaited<ReturnType<typeof startServer>>[] = []
  for (let i = 0; i < count; i++) {
    const port = await freePort()
    servers.push(await startServer({ store, secret: SECRET, peerUrl: `ws://127.0.0.1:${port}` }, port))
  }
  return { store, byStore, names, servers: servers as [(typeof servers)[0], (typeof servers)[0]] }
}

/** A line that is opened by hand. */
async function openLine(url: string, token: string | null) {
  const socket = new WebSocket(`${url}/process`, { headers: token === null ? {} : { 'starwire-peer': token } })
  const state = { socket, isOpen: false, refused: 0, closed: false }
  socket.on('open', () => {
    state.isOpen = true
  })
  socket.on('unexpected-response', (request, { statusCode = 0 }) => {
    state.refused = statusCode
    request.destroy()
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    state.closed = true
  })
  afterwards(() => socket.terminate())
  await until(() => state.isOpen || state.refused > 0, 'an answer')
  return state
}

const inAMinute = () => Date.now() + 60_000

describe('two processes with an address for each other', () => {
  test('pass on all that a guest and its host say, in order, without the store', async () => {
    const { byStore, servers } = await processes(2)
    const lobby = await host(servers[0].url)
    const guest = await join(servers[1].url, lobby.signals.code)
    for (let i = 0; i < 200; i++) {
      guest.signals.signal(`${i}`)
      lobby.signals.signal(guest.signals.attempt, `${i}`)
    }
    await until(() => lobby.heard.length === 200 && guest.heard.length === 200, 'all signals')
    expect(lobby.heard.map(({ data }) => Number(data))).toEqual([...Array(200).keys()])
    expect(guest.heard.map(Number)).toEqual([...Array(200).keys()])
    guest.signals.close()
    await until(() => lobby.gone.length === 1, 'gone')
    expect(byStore).toEqual([])
    expect(servers.map(({ signaling }) => signaling.stats().lines)).toEqual([1, 1])
  })

  test('of which one stops: a guest of its lobbies hears at once that the host is away, and is let in over the other', async () => {
    const { servers } = await processes(2)
    const lobby = await bareHost(servers[0].url)
    await bareGuest(servers[1].url, lobby, lobby.lobby.code)
    await servers[0].stop()
    const guest = await bare(servers[1].url)
    guest.say({ type: 'join', protocol: 1, code: lobby.lobby.code, info: '' })
    await guest.next('host-away')
    const again = await bare(servers[1].url)
    again.say({ type: 'host', protocol: 1, token: lobby.lobby.token })
    expect(await again.next('asked')).toMatchObject({ epoch: 1 })
    await until(() => servers[1].signaling.stats().lines === 0, 'no line is left')
  })
})

describe('a line', () => {
  const tokens = tokensOf(SECRET)
  const from = 'process'

  test.each([
    ['no token', () => null],
    ['a forged one', (process: string) => tokensOf('another').signPeer({ process, from, expiresAt: inAMinute() })],
    ['one that is over', (process: string) => tokens.signPeer({ process, from, expiresAt: Date.now() - 1 })],
    ['one for another process', () => tokens.signPeer({ process: 'another1', from, expiresAt: inAMinute() })],
  ])('with %s is refused', async (_, tokenFor) => {
    const { names, servers } = await processes(1)
    expect(await openLine(servers[0].url, tokenFor(names[0] ?? ''))).toMatchObject({ isOpen: false, refused: 403 })
  })

  test('on which comes what is no message of ours does no harm, and ends when a frame is too large', async () => {
    const { names, servers } = await processes(1)
    const lobby = await bareHost(servers[0].url)
    const guest = await bareGuest(servers[0].url, lobby, lobby.lobby.code)
    const line = await openLine(
      servers[0].url,
      tokens.signPeer({ process: names[0] ?? '', from, expiresAt: inAMinute() }),
    )
    const { peer } = guest.asked
    for (const frame of [
      '\n\n',
      ' ',
      `${peer} `,
      `${peer} nonsense`,
      `${peer} {"kind":"admit"}`,
      `${peer} {"kind":"__proto__"}`,
      `${peer} null`,
      `nobody {"kind":"admit","lobbyId":"x","from":"y","epoch":1}`,
      `${peer} {"kind":"admit","lobbyId":"x","from":"${peer}","epoch":1}`,
    ])
      line.socket.send(frame)
    line.socket.send(Buffer.alloc(1000, 255))
    line.socket.send('x'.repeat(600_000))
    await until(() => line.closed, 'the end of the line')
    lobby.say({ type: 'admit', peer, epoch: guest.asked.epoch })
    await guest.next('admitted')
  })
})

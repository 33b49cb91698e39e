/** Who gives up while a lobby or a star is being opened or joined leaves nothing behind, and keeps the seat that was kept. */
import { createLobby, joinLobby } from 'starwire'
import { createStar, joinStar } from 'starwire/star'
import { describe, expect, it } from 'vitest'
import { enterLobby } from '../../../net/lobby/guest/enter.ts'
import type { LinkCloseReason } from '../../../net/transport/link.ts'
import { loopbackPair } from '../../../net/transport/loopback.ts'
import { afterwards, startServer, TestWebSocket, until, wsConstructor } from '../signaling/support.ts'
import { fakeWebrtc } from '../transport/fake-webrtc.ts'
import { names, openTable, settle, type Table, yard } from './support.ts'

const gone = new Error('the page moved on')
const open = () => TestWebSocket.all.filter(({ readyState }) => readyState < TestWebSocket.CLOSING)

/** A real signalling server, and WebRTC within this process. */
async function service() {
  TestWebSocket.all.length = 0
  const { url, signaling } = await startServer()
  const webrtc = fakeWebrtc()
  const means = { WebSocket: wsConstructor, RTCPeerConnection: webrtc.PeerConnection, signaling: url }
  const star = { WebSocket: wsConstructor, RTCPeerConnection: webrtc.PeerConnection, url }
  return { url, signaling, webrtc, means, star }
}

describe('a signal that has aborted before', () => {
  it('lets nothing be opened, and its own reason be read', async () => {
    const { webrtc, means, star } = await service()
    const signal = AbortSignal.abort(gone)
    await expect(createLobby(yard, { name: 'Ann', ...means, signal })).rejects.toBe(gone)
    await expect(joinLobby(yard, 'K7RX2', { name: 'Bea', ...means, signal })).rejects.toBe(gone)
    await expect(createStar({ ...star, signal })).rejects.toBe(gone)
    await expect(joinStar('K7RX2', { ...star, signal })).rejects.toBe(gone)
    expect(TestWebSocket.all).toEqual([])
    await until(() => webrtc.open === 0, 'no connection')
  })

  it('is AbortError where nobody gave a reason', async () => {
    const { means } = await service()
    const signal = AbortSignal.abort()
    await expect(createLobby(yard, { name: 'Ann', ...means, signal })).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('must be a signal', async () => {
    const { means } = await service()
    const signal = new AbortController() as unknown as AbortSignal
    await expect(createLobby(yard, { name: 'Ann', ...means, signal })).rejects.toThrow(/signal of an AbortController/)
  })
})

describe('a host who gives up', () => {
  it('while the lobby is being made keeps no socket and no code', async () => {
    const { signaling, webrtc, means } = await service()
    const controller = new AbortController()
    const opening = createLobby(yard, { name: 'Ann', ...means, signal: controller.signal })
    const rejected = expect(opening).rejects.toBe(gone)
    await until(() => TestWebSocket.all.length === 1, 'a socket')
    controller.abort(gone)
    await rejected
    expect(open()).toEqual([])
    await until(() => signaling.stats().hosts === 0 && webrtc.open === 0, 'nobody left')
  })

  it('too late has a lobby, which leave ends', async () => {
    const { means } = await service()
    const controller = new AbortController()
    const lobby = await createLobby(yard, { name: 'Ann', ...means, signal: controller.signal })
    controller.abort(gone)
    expect(lobby.state).toBe('lobby')
    lobby.leave()
    await until(() => open().length === 0, 'the socket closed')
  })
})

describe('a guest who gives up', () => {
  const stages = ['finding the lobby', 'contacting the host', 'connecting'] as const
  it.each(stages)('at the stage of %s leaves no socket, connection or seat behind', async (at) => {
    const { webrtc, means } = await service()
    const lobby = await createLobby(yard, { name: 'Ann', ...means })
    afterwards(() => lobby.leave())
    const controller = new AbortController()
    const joining = joinLobby(yard, lobby.code, {
      name: 'Bea',
      ...means,
      signal: controller.signal,
      onProgress: (stage) => stage === at && controller.abort(gone),
    })
    await expect(joining).rejects.toBe(gone)
    await until(() => open().length === 1 && webrtc.open === 0, 'only the host’s socket')
    expect(names(lobby)).toEqual(['Ann'])
    // And can join for all that.
    const again = await joinLobby(yard, lobby.code, { name: 'Bea', ...means })
    await until(() => lobby.roster.length === 2, 'a seat')
    again.leave()
  })
})

describe('a page that mounts, unmounts and mounts again, as React’s StrictMode does,', () => {
  /** A guest with a seat whose page was reloaded: the token is what is left. */
  async function reloaded() {
    const table = openTable()
    const bea = await table.join('Bea', yard, { dials: true })
    const token = bea.resumeToken ?? ''
    table.way.pairs.at(-1)?.[1].close('away')
    await settle()
    return { ...table, token, me: bea.me }
  }

  /** Says hello with a token over a link of its own. */
  function enter({ role, clock }: Table, resume: string | null, signal?: AbortSignal) {
    const [hostEnd, link] = loopbackPair()
    const closings: LinkCloseReason[] = []
    // What the host does with it is seen in the roster; here, how the page went.
    const close = link.close.bind(link)
    link.close = (reason = 'left') => {
      closings.push(reason)
      close(reason)
    }
    role.arrive(hostEnd)
    const entering = enterLobby({
      ...{ game: yard, code: 'K7QX2', link, name: 'Bea', resume, signal },
      ...{ dial: async () => link, warn: null, platform: clock.platform },
    })
    return { entering, closings }
  }

  it.each([
    ['before the host took the token', 0],
    ['after the host took the token, before the page knows', 1],
  ])('keeps its seat when the first join is given up %s', async (_when, microtasks) => {
    const { token, me, ...table } = await reloaded()
    const controller = new AbortController()
    const first = enter(table, token.slice(0, 32), controller.signal)
    const rejected = expect(first.entering).rejects.toBe(gone)
    for (let i = 0; i < microtasks; i++) await null
    controller.abort(gone)
    const second = enter(table, token.slice(0, 32))
    await rejected
    const bea = await second.entering
    await settle()
    expect(first.closings).toEqual(['away'])
    expect([bea.me, names(table.lobby)]).toEqual([me, ['Ann', 'Bea']])
    expect(table.lobby.roster.map(({ presence }) => presence)).toEqual(['here', 'here'])
    expect(table.clock.waiting).toBe(0)
  })

  it('takes one seat, not two, when it is new', async () => {
    const table = openTable()
    const controller = new AbortController()
    const first = enter(table, null, controller.signal)
    const rejected = expect(first.entering).rejects.toBe(gone)
    await null
    controller.abort(gone)
    await rejected
    await enter(table, null).entering
    await settle()
    expect([first.closings, names(table.lobby)]).toEqual([['left'], ['Ann', 'Bea']])
  })
})

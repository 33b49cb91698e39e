/** A lobby without a server: it plays at once, and gets a code when it is opened. */
import { createLobby, joinLobby } from 'starwire'
import { expect, it, vi } from 'vitest'
import { afterwards, startServer, TestWebSocket, wsConstructor } from '../signaling/support.ts'
import { fakeWebrtc } from '../transport/fake-webrtc.ts'
import { HandClock, listen, names, newHostLobby, settle, tokens, yard } from './support.ts'

const quiet = { name: 'Ann', offline: true, development: false }

it('opens no socket, needs no WebRTC, and plays a match', async () => {
  TestWebSocket.all.length = 0
  const clock = new HandClock()
  const neither = function Forbidden(): never {
    throw new Error('an offline lobby asked for a connection')
  }
  const lobby = await createLobby(yard, {
    ...quiet,
    platform: clock.platform,
    WebSocket: neither as never,
    RTCPeerConnection: neither as never,
  })
  expect([lobby.code, lobby.codeState, lobby.state, lobby.hosting, names(lobby)]).toEqual([
    ...['', 'none', 'lobby', true],
    ['Ann'],
  ])
  expect(lobby.start()).toBeNull()
  const session = await lobby.session()
  session.input({ x: 1 })
  await clock.tick(60)
  expect(tokens(session, clock.now)[0]).toBeGreaterThan(550)
  lobby.leave()
  expect([clock.running, clock.waiting, TestWebSocket.all]).toEqual([0, 0, []])
})

it('gets a code in the middle of a match, by which a friend joins it; a try that fails says why and may be repeated', async () => {
  const { url } = await startServer()
  const webrtc = fakeWebrtc()
  let isDown = true
  const flaky = function (this: unknown, address: string) {
    if (isDown) throw new Error('no network')
    return new wsConstructor(address)
  } as unknown as typeof wsConstructor
  const means = { RTCPeerConnection: webrtc.PeerConnection, signaling: url, development: false }
  const lobby = await createLobby(yard, { ...quiet, ...means, WebSocket: flaky })
  afterwards(() => lobby.leave())
  const told: string[] = []
  lobby.on('code', ({ code, state }) => told.push(`${state} ${code}`))
  lobby.start()
  await expect(lobby.open()).rejects.toMatchObject({ reason: 'signaling-down' })
  expect([lobby.code, lobby.codeState, lobby.state, told]).toEqual(['', 'none', 'playing', []])
  isDown = false
  // Asked twice at once: one code.
  expect(await Promise.all([lobby.open(), lobby.open()])).toEqual([null, null])
  expect(lobby.code).toMatch(/^[0-9A-Z]{5}$/)
  expect([lobby.codeState, told]).toEqual(['open', [`open ${lobby.code}`]])
  const bea = await joinLobby(yard, lobby.code, { name: 'Bea', ...means, WebSocket: wsConstructor })
  expect((await bea.session()).me).toBe(bea.me)
  expect(names(lobby)).toEqual(['Ann', 'Bea'])
  expect([await lobby.open(), await lobby.renewCode(), await bea.open()]).toEqual([null, null, 'not-host'])
  bea.leave()
})

it('that is left while its code is under way keeps no star open, and says that it is over', async () => {
  const closings: string[] = []
  let opened: (code: string) => void = () => {}
  const { lobby } = newHostLobby(new HandClock().platform, {
    code: '',
    takeCode: () => new Promise((resolve) => (opened = resolve)),
    closed: (reason) => closings.push(reason),
  })
  const heard = listen(lobby)
  const opening = lobby.open()
  lobby.leave()
  opened('K7QX2')
  expect(await opening).toBe('ended')
  await settle()
  expect([lobby.code, heard.endings, closings]).toEqual(['', [null], ['host-left']])
  expect(await lobby.open()).toBe('ended')
})

it('listens to no page event before it is opened, since nobody would have to be told', async () => {
  const clock = new HandClock()
  const gone = vi.spyOn(clock.platform, 'onPageGone')
  const lobby = await createLobby(yard, { ...quiet, platform: clock.platform })
  expect(gone).not.toHaveBeenCalled()
  expect(await lobby.renewCode()).toBeNull()
  await expect(createLobby(yard, { name: 'Ann', offline: 'yes' as never })).rejects.toThrow(TypeError)
})

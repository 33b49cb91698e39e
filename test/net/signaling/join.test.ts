/** From a code to a host that answers, and every way in which that may fail. In virtual time. */
import { describe, expect, test } from 'vitest'
import { connectSignaling } from '../../../net/signaling/client.ts'
import {
  bareHost,
  host,
  join,
  reasonOf,
  settled,
  startServer,
  type TestGuest,
  theWorld,
  until,
} from './virtual-support.ts'

/** A WebSocket that no test of this kind may open. */
class NoSocket {
  constructor() {
    throw new Error('a socket was opened')
  }
}

describe('a join', () => {
  test('takes a guest from the code to the host and relays signals both ways', async () => {
    const { url } = startServer()
    const lobby = await host(url)
    const guest = await join(url, lobby.signals.code, 'Vega')
    expect(lobby.joins).toEqual([{ attempt: guest.signals.attempt, info: 'Vega' }])

    guest.signals.signal('offer')
    guest.signals.signal('candidate')
    await until(() => lobby.heard.length === 2, 'two signals at the host')
    expect(lobby.heard.map(({ data }) => data)).toEqual(['offer', 'candidate'])
    lobby.signals.signal(guest.signals.attempt, 'answer')
    await until(() => guest.heard.length === 1, 'a signal at the guest')
    expect(guest.heard).toEqual(['answer'])
  })

  test('tells its stages in order', async () => {
    const { url } = startServer()
    const lobby = await host(url)
    const guest = await join(url, lobby.signals.code)
    expect(guest.stages).toEqual(['finding the lobby', 'contacting the host'])
  })

  test('finds the lobby when the code is typed in lower case with spaces and a hyphen', async () => {
    const { url } = startServer()
    const lobby = await host(url)
    const { code } = lobby.signals
    await join(url, ` ${code.slice(0, 2).toLowerCase()}-${code.slice(2)} `)
    expect(lobby.joins).toHaveLength(1)
  })

  test('hands the ICE servers to host and guest', async () => {
    const iceServers = [{ urls: ['turn:turn.example'], username: 'u', credential: 'c' }]
    const { url } = startServer({ iceServers: () => iceServers })
    const lobby = await host(url)
    const guest = await join(url, lobby.signals.code)
    expect(lobby.signals.iceServers).toEqual(iceServers)
    expect(guest.signals.iceServers).toEqual(iceServers)
  })

  test('gives the host fresh ICE servers with every guest, because TURN credentials end', async () => {
    let made = 0
    const { url } = startServer({ iceServers: () => [{ urls: `stun:${++made}.example` }] })
    const lobby = await host(url)
    const first = lobby.signals.iceServers
    await join(url, lobby.signals.code)
    expect(lobby.signals.iceServers).not.toEqual(first)
  })

  test('keeps the signals of different guests apart', async () => {
    const { url } = startServer()
    const lobby = await host(url)
    const [vega, rigel] = [await join(url, lobby.signals.code), await join(url, lobby.signals.code)]
    lobby.signals.signal(vega.signals.attempt, 'for Vega')
    lobby.signals.signal(rigel.signals.attempt, 'for Rigel')
    await until(() => vega.heard.length + rigel.heard.length === 2, 'both signals')
    expect([vega.heard, rigel.heard]).toEqual([['for Vega'], ['for Rigel']])
  })

  test('tells the host when the guest gives up', async () => {
    const { url } = startServer()
    const lobby = await host(url)
    const guest = await join(url, lobby.signals.code)
    guest.signals.close()
    await until(() => lobby.gone.length === 1, 'gone')
    expect(lobby.gone).toEqual([guest.signals.attempt])
  })

  test('leaves the guest’s attempt with a reason when the host gives the lobby up', async () => {
    const { url } = startServer()
    const lobby = await host(url)
    const guest = await join(url, lobby.signals.code)
    lobby.signals.close()
    await until(() => guest.failed.length === 1, 'failed')
    expect(guest.failed[0]!.reason).toBe('host-left')
    expect(await reasonOf(join(url, lobby.signals.code))).toBe('not-found')
  })
})

describe('a join that cannot be', () => {
  test('is a bad code before anything is sent', async () => {
    const signaling = connectSignaling({ url: 'ws://x', WebSocket: NoSocket as never })
    for (const typed of ['', 'CCC', 'CCCCCC', 'CCCC0', 'CCCCA', '💫']) {
      const joining = signaling.guest(typed, '', { signal: () => {}, failed: () => {} }, () => {})
      expect(await reasonOf(joining), typed).toBe('bad-code')
    }
  })

  test('is not found when no lobby has the code', async () => {
    const { url } = startServer()
    expect(await reasonOf(join(url, 'CCCCC'))).toBe('not-found')
  })

  test('is refused with the host’s own reason', async () => {
    const { url } = startServer()
    const lobby = await host(url, (_, info) => (info === 'wrong' ? 'wrong-password' : 'full'))
    expect(await reasonOf(join(url, lobby.signals.code, 'wrong'))).toBe('wrong-password')
    expect(await reasonOf(join(url, lobby.signals.code, 'right'))).toBe('full')
  })

  test('brings the note of the host to the guest whom it refuses, and none that is too long', async () => {
    const { url } = startServer()
    const lobby = await host(url, () => 'version-mismatch', { note: 'tag 1 abc' })
    await expect(settled(join(url, lobby.signals.code))).rejects.toMatchObject({
      reason: 'version-mismatch',
      detail: 'tag 1 abc',
    })
    const long = await bareHost(url)
    const guest = join(url, long.lobby.code)
    const { peer, epoch } = await long.next('asked')
    long.say({ type: 'refuse', peer, epoch, reason: 'full', note: 'x'.repeat(201) })
    await until(() => long.errors().includes('bad-message'), 'a note that is too long is refused')
    long.say({ type: 'refuse', peer, epoch, reason: 'full', note: 'x'.repeat(200) })
    await expect(guest).rejects.toMatchObject({ reason: 'full', detail: 'x'.repeat(200) })
  })

  test('is host-silent when the host does not answer within the deadline, and the host hears that it is over', async () => {
    const { url } = startServer()
    const silent = await bareHost(url)
    const made = { heard: [], failed: [], stages: [] } as unknown as TestGuest
    expect(await reasonOf(join(url, silent.lobby.code, 'guest', { joinDeadlineMs: 600 }, made))).toBe('host-silent')
    expect(made.stages).toEqual(['finding the lobby', 'contacting the host'])
    await silent.next('gone')
  })

  test('is signaling-down at once when nothing listens', async () => {
    const { url, stop } = startServer()
    await settled(stop())
    expect(await reasonOf(join(url, 'CCCCC'))).toBe('signaling-down')
    expect(await reasonOf(host(url))).toBe('signaling-down')
  })

  test('is signaling-down by the deadline when the server takes the connection and says nothing', async () => {
    theWorld().internet.listen('ws://mute/', () => ({ message() {}, ping() {}, pong() {}, failed() {}, closed() {} }))
    const before = theWorld().time.now
    expect(await reasonOf(join('ws://mute/', 'CCCCC', '', { joinDeadlineMs: 5_000 }))).toBe('signaling-down')
    expect(theWorld().time.now - before).toBeLessThan(5_001)
  })

  test('is signaling-down when the server dies under an attempt', async () => {
    const { url, stop } = startServer()
    const lobby = await bareHost(url)
    const joining = reasonOf(join(url, lobby.lobby.code))
    await lobby.next('asked')
    await settled(stop())
    expect(await joining).toBe('signaling-down')
  })

  test('throws at the developer whose info is too long', async () => {
    const signaling = connectSignaling({ url: 'ws://x', WebSocket: NoSocket as never })
    await expect(signaling.guest('CCCCC', 'x'.repeat(5000), {} as never, () => {})).rejects.toThrow(RangeError)
  })
})

/** The client alone: what it does with urls, silent lines and servers that say strange things. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { connectSignaling } from '../../../net/signaling/client.ts'
import type { WebSocketConstructor, WebSocketLike } from '../../../net/signaling/socket.ts'
import { host, reasonOf, startServer, until } from './support.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A socket that does what the test says. */
class ScriptedSocket implements WebSocketLike {
  static all: ScriptedSocket[] = []
  readyState = 0
  sent: { type: string; token?: string }[] = []
  private readonly listeners = new Map<string, ((event: { data: unknown }) => void)[]>()
  constructor(readonly url: string) {
    ScriptedSocket.all.push(this)
  }
  addEventListener(type: string, listener: (event: { data: unknown }) => void) {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener])
  }
  send(text: string) {
    this.sent.push(JSON.parse(text) as { type: string })
  }
  close() {
    this.readyState = 3
  }
  fire(type: string, data?: unknown) {
    if (type === 'open') this.readyState = 1
    for (const listener of this.listeners.get(type) ?? []) listener({ data })
  }
  hear(message: object) {
    this.fire('message', JSON.stringify(message))
  }
}
const scripted = ScriptedSocket as unknown as WebSocketConstructor
const hosting = { type: 'hosting', code: 'CCCCC', token: 'proof', iceServers: [] }

function scriptedHost(events: string[]) {
  ScriptedSocket.all = []
  const signaling = connectSignaling({ url: 'ws://x/starwire', WebSocket: scripted })
  const promise = signaling.host({
    join: () => null,
    signal: () => {},
    gone: () => {},
    online: (isOnline) => events.push(isOnline ? 'online' : 'offline'),
    lost: (reason) => events.push(`lost: ${reason}`),
  })
  const socket = ScriptedSocket.all[0]!
  socket.fire('open')
  return { promise, socket }
}

describe('the url', () => {
  const urlOf = async (url?: string) => {
    ScriptedSocket.all = []
    const signaling = connectSignaling({ WebSocket: scripted, ...(url === undefined ? {} : { url }) })
    const ignored = signaling.guest('CCCCC', '', { signal: () => {}, failed: () => {} }, () => {})
    ScriptedSocket.all[0]!.fire('close')
    await expect(ignored).rejects.toThrow()
    return ScriptedSocket.all[0]!.url
  }

  test('is /starwire on the page’s own origin unless told otherwise, secure as the page is', async () => {
    vi.stubGlobal('location', new URL('http://192.168.0.5:8080/play/?x=1#K7DPX'))
    expect(await urlOf()).toBe('ws://192.168.0.5:8080/starwire')
    vi.stubGlobal('location', new URL('https://game.example/'))
    expect(await urlOf()).toBe('wss://game.example/starwire')
    expect(await urlOf('/elsewhere')).toBe('wss://game.example/elsewhere')
    expect(await urlOf('http://other.example/starwire')).toBe('ws://other.example/starwire')
  })

  test('may be relative to the page, so that both can stand below a prefix, or to the page’s <base>', async () => {
    vi.stubGlobal('location', new URL('https://game.example/dogstar/?x#K7DPX'))
    expect(await urlOf('starwire')).toBe('wss://game.example/dogstar/starwire')
    expect(await urlOf('./starwire')).toBe('wss://game.example/dogstar/starwire')
    vi.stubGlobal('location', new URL('https://game.example/dogstar/index.html'))
    expect(await urlOf('starwire')).toBe('wss://game.example/dogstar/starwire')
    expect(await urlOf()).toBe('wss://game.example/starwire')
    vi.stubGlobal('document', { baseURI: 'https://cdn.example/games/' })
    expect(await urlOf('starwire')).toBe('wss://cdn.example/games/starwire')
  })

  test('that cannot be is the developer’s mistake', () => {
    expect(() => connectSignaling({ WebSocket: scripted })).toThrow('needs the url')
    expect(() => connectSignaling({ WebSocket: scripted, url: 'nowhere' })).toThrow('not the url')
    expect(() => connectSignaling({ WebSocket: scripted, url: 'file:///x' })).toThrow('ws:, wss:')
  })

  test('that the browser refuses to open is signaling-down', async () => {
    const Refusing = class {
      constructor() {
        throw new Error('insecure')
      }
    } as unknown as WebSocketConstructor
    const signaling = connectSignaling({ url: 'ws://x', WebSocket: Refusing })
    const joining = signaling.guest('CCCCC', '', { signal: () => {}, failed: () => {} }, () => {})
    expect(await reasonOf(joining)).toBe('signaling-down')
  })
})

describe('a host', () => {
  test('notices a line that is dead though nobody closed it, and dials again with its token', async () => {
    vi.useFakeTimers()
    const events: string[] = []
    const { promise, socket } = scriptedHost(events)
    socket.hear(hosting)
    await promise
    // The server's beats keep it quiet.
    for (let i = 0; i < 20; i++) {
      await vi.advanceTimersByTimeAsync(3_000)
      socket.hear({ type: 'beat' })
    }
    expect([events, ScriptedSocket.all.length]).toEqual([[], 1])
    await vi.advanceTimersByTimeAsync(12_000)
    expect(events).toEqual(['offline'])
    await vi.advanceTimersByTimeAsync(250)
    const second = ScriptedSocket.all.at(-1)!
    second.fire('open')
    expect(second.sent).toEqual([{ type: 'host', protocol: 1, token: 'proof' }])
    second.hear(hosting)
    expect(events).toEqual(['offline', 'online'])
  })

  test('waits longer from try to try, with chance in it, and never longer than the longest', async () => {
    vi.useFakeTimers()
    const random = vi.spyOn(Math, 'random').mockReturnValue(1)
    const { promise, socket } = scriptedHost([])
    socket.hear(hosting)
    await promise
    socket.fire('close')
    const waits: number[] = []
    for (let i = 0; i < 7; i++) {
      const before = ScriptedSocket.all.length
      let waited = 0
      while (ScriptedSocket.all.length === before) {
        await vi.advanceTimersByTimeAsync(50)
        waited += 50
      }
      waits.push(waited)
      ScriptedSocket.all.at(-1)!.fire('close')
    }
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000])
    random.mockReturnValue(0)
    await vi.advanceTimersByTimeAsync(5000)
    ScriptedSocket.all.at(-1)!.fire('close')
    const before = ScriptedSocket.all.length
    await vi.advanceTimersByTimeAsync(2500)
    expect(ScriptedSocket.all.length).toBe(before + 1)
  })

  test('dials at once when the network comes back, without waiting for its timer', async () => {
    vi.useFakeTimers()
    const network = new EventTarget()
    vi.stubGlobal('addEventListener', network.addEventListener.bind(network))
    vi.stubGlobal('removeEventListener', network.removeEventListener.bind(network))
    const { promise, socket } = scriptedHost([])
    socket.hear(hosting)
    const signals = await promise
    socket.fire('close')
    network.dispatchEvent(new Event('online'))
    expect(ScriptedSocket.all).toHaveLength(2)
    signals.close()
    network.dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(ScriptedSocket.all).toHaveLength(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('keeps its signals while the server is away and sends them when it is back', async () => {
    vi.useFakeTimers()
    const { promise, socket } = scriptedHost([])
    socket.hear(hosting)
    const signals = await promise
    const attempt = { peer: 'aaaaaaaa.bbbbbbbbbbbbbbbb', epoch: 1 }
    socket.hear({ type: 'asked', ...attempt, info: '', iceServers: [] })
    socket.fire('close')
    signals.signal(attempt, 'kept')
    await vi.advanceTimersByTimeAsync(250)
    const second = ScriptedSocket.all[1]!
    second.fire('open')
    second.hear(hosting)
    expect(second.sent.map(({ type }) => type)).toEqual(['host', 'to-guest'])
  })

  test('ignores what is not of this protocol, and signals of attempts that it does not know', async () => {
    const heard: string[] = []
    ScriptedSocket.all = []
    const promise = connectSignaling({ url: 'ws://x', WebSocket: scripted }).host({
      join: () => null,
      signal: (_, data) => heard.push(data),
      gone: () => heard.push('gone'),
      online: () => heard.push('online'),
      lost: () => heard.push('lost'),
    })
    const socket = ScriptedSocket.all[0]!
    socket.fire('open')
    for (const noise of ['?', '{}', '{"type":"hosting"}', new ArrayBuffer(3), 'x'.repeat(20_000)]) {
      socket.fire('message', noise)
    }
    socket.hear({ ...hosting, iceServers: [{ urls: 'stun:x', extra: 1 }] })
    socket.hear(hosting)
    const signals = await promise
    expect(signals.code).toBe('CCCCC')
    socket.hear({ type: 'asked', peer: 'aaaaaaaa.bbbbbbbbbbbbbbbb', epoch: 2, info: '', iceServers: [] })
    socket.hear({ type: 'from-guest', peer: 'aaaaaaaa.bbbbbbbbbbbbbbbb', epoch: 1, data: 'stale' })
    socket.hear({ type: 'from-guest', peer: 'cccccccc.bbbbbbbbbbbbbbbb', epoch: 1, data: 'unknown' })
    socket.hear({ type: 'gone', peer: 'aaaaaaaa.bbbbbbbbbbbbbbbb', epoch: 1 })
    socket.hear({ type: 'from-guest', peer: 'aaaaaaaa.bbbbbbbbbbbbbbbb', epoch: 2, data: 'fresh' })
    expect(heard).toEqual(['fresh'])
    const before = socket.sent.length
    signals.signal({ peer: 'aaaaaaaa.bbbbbbbbbbbbbbbb', epoch: 1 }, 'stale')
    expect(socket.sent.length).toBe(before)
    signals.close()
  })

  test('throws at the developer whose signal is too long', async () => {
    const { url } = await startServer()
    const lobby = await host(url)
    expect(() => lobby.signals.signal({ peer: 'x', epoch: 1 }, 'x'.repeat(20_000))).toThrow(RangeError)
  })
})

describe('a guest', () => {
  test('leaves no timer and no socket behind, however its attempt ends', async () => {
    vi.useFakeTimers()
    ScriptedSocket.all = []
    const join = () =>
      connectSignaling({ url: 'ws://x', WebSocket: scripted }).guest(
        'CCCCC',
        '',
        { signal: () => {}, failed: () => {} },
        () => {},
      )
    const joining = { type: 'joining', peer: 'aaaaaaaa.bbbbbbbbbbbbbbbb', epoch: 1, iceServers: [] }

    const refused = reasonOf(join())
    ScriptedSocket.all[0]!.fire('open')
    ScriptedSocket.all[0]!.hear(joining)
    ScriptedSocket.all[0]!.hear({ type: 'refused', epoch: 1, reason: 'locked' })
    expect(await refused).toBe('locked')
    expect(vi.getTimerCount()).toBe(0)

    const silent = reasonOf(join())
    ScriptedSocket.all[1]!.fire('open')
    ScriptedSocket.all[1]!.hear(joining)
    for (let i = 0; i < 5; i++) {
      await vi.advanceTimersByTimeAsync(3_000)
      ScriptedSocket.all[1]!.hear({ type: 'beat' })
    }
    expect(await silent).toBe('host-silent')

    const admitted = join()
    ScriptedSocket.all[2]!.fire('open')
    ScriptedSocket.all[2]!.hear(joining)
    ScriptedSocket.all[2]!.hear({ type: 'admitted', epoch: 1 })
    ;(await admitted).close()

    expect(vi.getTimerCount()).toBe(0)
    expect(ScriptedSocket.all.map(({ readyState }) => readyState)).toEqual([3, 3, 3])
  })

  test('drops signals and answers of another epoch', async () => {
    ScriptedSocket.all = []
    const heard: string[] = []
    const promise = connectSignaling({ url: 'ws://x', WebSocket: scripted }).guest(
      'CCCCC',
      '',
      { signal: (data) => heard.push(data), failed: (reason) => heard.push(reason) },
      () => {},
    )
    const socket = ScriptedSocket.all[0]!
    socket.fire('open')
    socket.hear({ type: 'joining', peer: 'aaaaaaaa.bbbbbbbbbbbbbbbb', epoch: 4, iceServers: [] })
    socket.hear({ type: 'refused', epoch: 3, reason: 'full' })
    socket.hear({ type: 'admitted', epoch: 4 })
    const signals = await promise
    socket.hear({ type: 'from-host', epoch: 3, data: 'stale' })
    socket.hear({ type: 'from-host', epoch: 4, data: 'fresh' })
    await until(() => heard.length > 0, 'a signal')
    expect(heard).toEqual(['fresh'])
    signals.close()
    socket.hear({ type: 'from-host', epoch: 4, data: 'after close' })
    expect(heard).toEqual(['fresh'])
  })
})

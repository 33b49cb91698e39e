/** Which pages may connect: what is refused is refused aloud, to the operator and to the player. */
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { MAX_TOLD_PER_ADDRESS } from '../../../net/signaling/server/limits.ts'
import { type AllowedOrigins, originRules } from '../../../net/signaling/server/origins.ts'
import { createSignalingServer } from '../../../net/signaling/server/server.ts'
import { afterwards, type BareSocket, bare, host, join, startServer, until } from './support.ts'

/** Whether a page of this origin may stay, with what it hears. */
async function fate(url: string, headers: Record<string, string>): Promise<'welcome' | 'refused'> {
  const socket: BareSocket = await bare(url, headers)
  socket.raw('?')
  const { code } = await socket.next('error')
  return code === 'refused-origin' ? 'refused' : 'welcome'
}

describe('an origin', () => {
  test('of this very host, and no page at all, may connect; others are told that they may not, and closed', async () => {
    const { url, port, signaling } = await startServer()
    expect(await fate(url, {})).toBe('welcome')
    expect(await fate(url, { origin: `http://127.0.0.1:${port}` })).toBe('welcome')
    expect(await fate(url, { origin: `https://127.0.0.1:${port}` })).toBe('welcome')
    const foreign = ['http://127.0.0.1:1', 'https://evil.example', 'null', `http://127.0.0.1:${port}.evil.example`]
    for (const origin of foreign) expect(await fate(url, { origin }), origin).toBe('refused')
    expect(signaling.stats()).toMatchObject({ turnedAway: { origin: 4 }, errors: { 'refused-origin': 4 } })
    await until(() => signaling.stats().sockets <= 3, 'the refused are no sockets of this server')
  })

  test('can be listed, with this host beside, and all can be allowed', async () => {
    const { url, port } = await startServer({ allowedOrigins: ['https://game.example', 'same-host'] })
    expect(await fate(url, { origin: 'https://game.example' })).toBe('welcome')
    expect(await fate(url, { origin: `http://127.0.0.1:${port}` })).toBe('welcome')
    expect(await fate(url, { origin: 'http://game.example' })).toBe('refused')
    const open = await startServer({ allowedOrigins: '*' })
    expect(await fate(open.url, { origin: 'https://anybody.example' })).toBe('welcome')
  })

  test.each([
    ['https://my.game/', 'https://my.game'],
    [' https://My.Game ', 'https://my.game'],
    ['https://my.game:443', 'https://my.game'],
    ['http://my.game:80/', 'http://my.game'],
    ['http://my.game:8080', 'http://my.game:8080'],
    ['https://müller.example', 'https://xn--mller-kva.example'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['null', 'null'],
  ])('is written as %j and means the one that a browser sends as %j', (given, sent) => {
    const request = { headers: { origin: sent, host: 'x' } } as never
    expect(originRules([given], undefined).refusal(request)).toBeNull()
    expect(originRules([given], undefined).refusal({ headers: { origin: 'https://x', host: 'y' } } as never)).toBe(
      'origin',
    )
  })

  test.each([
    ['my.game', 'write it with its scheme, as https://my.game.'],
    ['my.game/', 'write it with its scheme, as https://my.game.'],
    ['//my.game', 'write it with its scheme'],
    ['localhost:8080', 'write it with its scheme'],
    ['https://my.game/play', 'an origin is scheme, host and port alone, as https://my.game.'],
    ['https://my.game?x', 'scheme, host and port alone'],
    ['https://ann@my.game', 'scheme, host and port alone'],
    ['https://*.my.game', 'write each origin in full'],
    ['wss://my.game', 'so write https://my.game.'],
    ['https://', 'it is no address'],
    ['', 'write it with its scheme'],
  ])('that can never match, as %j, is refused when the server starts, with what to write', (given, sentence) => {
    expect(() => createSignalingServer({ allowedOrigins: [given], secret: 's', iceServers: [] })).toThrow(sentence)
    expect(() => originRules(given as AllowedOrigins, undefined)).toThrow(sentence)
  })

  test('that is refused is logged once with what to set, and a flood of them is not', async () => {
    const said: string[] = []
    const { url, port } = await startServer({ log: (_, sentence) => said.push(sentence) })
    for (let i = 0; i < 3; i++) await fate(url, { origin: 'https://my-game.example' })
    expect(said).toEqual([
      `A page of "https://my-game.example" was refused (this server is "127.0.0.1:${port}"). If it is yours, add its origin to STARWIRE_ORIGINS or allowedOrigins; if a proxy is in front, let it keep the Host header.`,
    ])
    for (let i = 0; i < 80; i++) await fate(url, { origin: `https://${i}.example` })
    expect(said.length).toBeLessThanOrEqual(52)
    expect(said.at(-1)).toContain('no longer named')
  })

  test('that is refused reads so in the page, and not that its network is broken', async () => {
    const { url } = await startServer({ allowedOrigins: ['https://elsewhere.example'] })
    const Page = class extends (await import('ws')).WebSocket {
      constructor(address: string) {
        super(address, { headers: { origin: 'https://my-game.example' } })
      }
    } as never
    const reason = (error: { reason: string }) => error.reason
    expect(await join(url, 'CCCCC', '', { WebSocket: Page }).catch(reason)).toBe('refused-origin')
    expect(await host(url, undefined, {}, { WebSocket: Page }).catch(reason)).toBe('refused-origin')
  })

  test('that is refused holds no sockets: who does not go is told no more', async () => {
    const { port, signaling } = await startServer()
    const key = Buffer.alloc(16).toString('base64')
    const wanting = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}`
    const answers = await Promise.all(
      Array.from({ length: MAX_TOLD_PER_ADDRESS + 5 }, async () => {
        // A bare connection, which never answers the server's goodbye.
        const socket = connect(port, '127.0.0.1')
        afterwards(() => socket.destroy())
        socket.write(`GET /starwire HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n${wanting}\r\n\r\n`)
        return new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data).slice(9, 12))))
      }),
    )
    expect(answers.filter((status) => status === '101')).toHaveLength(MAX_TOLD_PER_ADDRESS)
    expect(answers.filter((status) => status === '403')).toHaveLength(5)
    expect(signaling.stats()).toMatchObject({ sockets: 0, turnedAway: { origin: MAX_TOLD_PER_ADDRESS + 5 } })
  })
})

describe('the name by which a page reached this server', () => {
  const reach = (hosts: string[], name: string) =>
    originRules('same-host', hosts).refusal({ headers: { host: name, origin: `http://${name}` } } as never)

  test('is not taken from a page that made a name of its own point here, where names are listed', async () => {
    const { url, port, signaling } = await startServer({ allowedHosts: ['play.example.org'] })
    expect(await fate(url, { host: 'evil.example', origin: 'http://evil.example' })).toBe('refused')
    expect(await fate(url, { host: 'evil.example' })).toBe('refused')
    expect(await fate(url, { host: 'play.example.org', origin: 'https://play.example.org' })).toBe('welcome')
    expect(await fate(url, { origin: `http://127.0.0.1:${port}` })).toBe('welcome')
    expect(signaling.stats().turnedAway.host).toBe(2)
  })

  test('matches in any case, with any port, and below a name that is written with a dot', () => {
    expect(reach(['play.example.org'], 'PLAY.example.org:8080')).toBeNull()
    expect(reach(['Play.Example.org'], 'play.example.org.')).toBeNull()
    expect(reach(['.example.org'], 'a.b.example.org')).toBeNull()
    expect(reach(['.example.org'], 'example.org')).toBeNull()
    expect(reach(['.example.org'], 'evilexample.org')).toBe('host')
    expect(reach(['example.org'], 'example.org.evil.example')).toBe('host')
    for (const name of ['localhost:5173', '[::1]:8080', '192.168.0.5', 'tag.localhost'])
      expect(reach([], name), name).toBeNull()
    expect(reach([], 'localhost.evil.example')).toBe('host')
    expect(originRules('*', ['a.example']).refusal({ headers: {} } as never)).toBe('host')
  })

  test.each(['https://play.example.org', 'play.example.org:8080', 'play.example.org/x', '', '*', 'a b'])(
    'cannot be %j, and the operator reads why',
    (name) => {
      expect(() => originRules('same-host', [name])).toThrow('can never match: write a name alone')
    },
  )
})

describe('an upgrade to another path', () => {
  /** Sends an upgrade and waits for its end. */
  async function upgrade(port: number, path: string, to = 'websocket', method = 'GET'): Promise<string> {
    const socket = connect(port, '127.0.0.1')
    afterwards(() => socket.destroy())
    let heard = ''
    socket.on('data', (data) => {
      heard += String(data)
    })
    socket.on('error', () => {})
    socket.write(`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${to}\r\n\r\n`)
    await until(() => socket.closed, `the end of ${path}`)
    return heard
  }

  test('that is to something other than WebSocket is answered as the plain request it is, and closed', async () => {
    const { port, http, signaling } = await startServer()
    http.removeAllListeners('request')
    http.on('request', (request, response) => response.end(`${request.method} ${request.url}`))
    for (const path of ['/', '/assets/a.js', '/healthz?x=1']) {
      expect(await upgrade(port, path, 'h2c')).toMatch(
        new RegExp(`^HTTP/1.1 200 [\\s\\S]*GET ${path.replace('?', '.')}$`),
      )
    }
    expect(await upgrade(port, '/', 'TLS/1.0, h2c', 'HEAD')).toMatch(/^HTTP\/1.1 200 [\s\S]*\r\n\r\n$/)
    // Its body would be read by nobody.
    expect(await upgrade(port, '/', 'h2c', 'POST')).toContain('404')
    expect(signaling.stats()).toMatchObject({ sockets: 0, turnedAway: { path: 1 } })
  })

  test.each(['/', '/other', '/starwire/', '/starwirex', '/STARWIRE', '//starwire'])(
    'such as %s is closed and counted where nobody else listens',
    async (path) => {
      const { port, signaling } = await startServer()
      expect(await upgrade(port, path)).toContain('404')
      expect(signaling.stats().turnedAway.path).toBe(1)
    },
  )

  test('is left to another listener, also to one that is not done yet, and closed again when that one is gone', async () => {
    const { port, http, signaling } = await startServer()
    const other = (_request: unknown, socket: { end(text: string): void }) => {
      setImmediate(() => socket.end('HTTP/1.1 418 Teapot\r\n\r\n'))
    }
    // Behind the signalling server, and before it.
    for (const listen of ['on', 'prependListener'] as const) {
      http[listen]('upgrade', other)
      expect(await upgrade(port, '/other'), listen).toContain('418')
      expect(signaling.stats().turnedAway.path).toBe(0)
      http.off('upgrade', other)
    }
    expect(await upgrade(port, '/other')).toContain('404')
  })

  test('is taken by one of two signalling servers on one HTTP server, and closed when neither wants it', async () => {
    const http: Server = createServer()
    const options = { secret: 's', iceServers: [], log: () => {} }
    const servers = [
      createSignalingServer({ ...options, base: '/a/' }),
      createSignalingServer({ ...options, base: '/b/' }),
    ]
    for (const server of servers) server.attach(http)
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    afterwards(() => {
      http.closeAllConnections()
      http.close()
    })
    const { port } = http.address() as AddressInfo
    await bare(`ws://127.0.0.1:${port}/b/starwire`)
    expect(servers.map((server) => server.stats().sockets)).toEqual([0, 1])
    expect(await upgrade(port, '/c/starwire')).toContain('404')
    for (const server of servers) await server.close()
  })
})

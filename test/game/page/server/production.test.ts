/** The production server as it is started: bundled, in a process of its own, with the page beside it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lanAddresses } from '../../../../src/server/lan.ts'
import { prefixProxy } from '../../../net/signaling/prefix-proxy.ts'
import { afterwards, bare, host, join, until } from '../../../net/signaling/support.ts'

const at = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url))
let dist: string

beforeAll(async () => {
  // Below the repository, because the bundle still imports its packages.
  await mkdir(at('.cache'), { recursive: true })
  dist = await mkdtemp(at('.cache/production-'))
  await mkdir(`${dist}/page/assets`, { recursive: true })
  await writeFile(`${dist}/page/index.html`, '<title>Dogstar</title>')
  await writeFile(`${dist}/page/assets/index-abc123.js`, 'export {}')
  await writeFile(`${dist}/page/digits.txt`, '0123456789')
  await writeFile(`${dist}/page/empty.txt`, '')
  await writeFile(`${dist}/page/large.bin`, Buffer.alloc(8 * 1024 * 1024))
  await build({
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    resolve: { alias: { 'starwire/server': at('net/server.ts'), 'starwire/redis': at('net/redis.ts') } },
    build: { ssr: at('src/server.ts'), outDir: `${dist}/server`, target: 'node20' },
  })
  return () => rm(dist, { recursive: true })
}, 30_000)

function start(env: Record<string, string>, folder = dist, shell = '', atEnd = afterwards) {
  const child: ChildProcess = spawn(
    'sh',
    ['-c', `${shell} exec "$0" "$1"`, process.execPath, `${folder}/server/server.js`],
    {
      env: { ...process.env, STARWIRE_STUN: 'none', STARWIRE_SECRET: 'a secret', ...env },
    },
  )
  atEnd(() => child.kill('SIGKILL'))
  const running = { child, out: '', err: '', code: undefined as number | null | undefined }
  child.stdout?.on('data', (data) => {
    running.out += String(data)
  })
  child.stderr?.on('data', (data) => {
    running.err += String(data)
  })
  child.on('close', (code) => {
    running.code = code
  })
  return running
}

async function startOnFreePort(env: Record<string, string> = {}, shell = '', atEnd = afterwards) {
  const running = start({ PORT: '0', ...env }, dist, shell, atEnd)
  await until(() => running.out.includes('Ctrl+C'), `the server’s greeting: ${running.err}`, 15_000)
  const port = Number(/localhost:(\d+)/.exec(running.out)?.[1])
  return { ...running, running, port, origin: `http://127.0.0.1:${port}` }
}

/** One server for the tests that only ask it something: a start takes a second. */
let shared: ReturnType<typeof startOnFreePort> | null = null
function sharedServer() {
  shared ??= startOnFreePort({}, '', (kill) => onFileEnd.push(kill))
  return shared
}
const onFileEnd: (() => unknown)[] = []
afterAll(() => {
  for (const end of onFileEnd) end()
})

describe('the production server', { timeout: 20_000 }, () => {
  test('serves the page and the signalling on one port', async () => {
    const { origin } = await sharedServer()
    expect(await (await fetch(origin)).text()).toContain('Dogstar')
    const url = origin.replace('http', 'ws').concat('/starwire')
    const lobby = await host(url)
    await join(url, lobby.signals.code)
    const health = await fetch(`${origin}/healthz`)
    expect(await health.json()).toMatchObject({ ok: true, sockets: 2, hosts: 1, guests: 1 })
    expect((await fetch(`${origin}/nothing-here`)).status).toBe(404)
    const lan = async (headers: Record<string, string>) => (await fetch(`${origin}/lan.json`, { headers })).json()
    expect(await lan({})).toEqual({ addresses: lanAddresses() })
    expect(await lan({ 'X-Forwarded-For': '203.0.113.7' })).toEqual({ addresses: [] })
    expect((await fetch(`${origin}/../server/server.js`)).status).toBe(404)
    expect((await fetch(origin, { method: 'POST' })).status).toBe(405)
  })

  test('works below a prefix, with a proxy that strips it and one that does not, and leads to the slash', {
    tags: ['long'],
  }, async () => {
    const { port } = await startOnFreePort({ STARWIRE_BASE: 'dogstar' })
    for (const strips of [true, false]) {
      const { url, origin } = await prefixProxy(port, '/dogstar', strips)
      expect(await (await fetch(`${origin}/dogstar/`)).text()).toContain('Dogstar')
      expect((await fetch(`${origin}/dogstar/assets/index-abc123.js`)).headers.get('cache-control')).toContain(
        'immutable',
      )
      expect((await fetch(`${origin}/dogstar/healthz`)).status).toBe(200)
      const lobby = await host(url)
      await join(url, lobby.signals.code)
    }
    const slashless = await fetch(`http://127.0.0.1:${port}/dogstar`, { redirect: 'manual' })
    expect([slashless.status, slashless.headers.get('location')]).toEqual([308, '/dogstar/'])
    expect((await fetch(`http://127.0.0.1:${port}/dogstarx/`)).status).toBe(404)
  })

  test('answers only to its names where they are listed, and to addresses', { tags: ['long'] }, async () => {
    const { port } = await startOnFreePort({
      STARWIRE_HOSTS: 'play.example.org',
      STARWIRE_ORIGINS: 'https://game.example/',
    })
    const ask = (name: string) => raw(port, `GET / HTTP/1.1\r\nHost: ${name}\r\n\r\n`)
    expect(await ask('evil.example')).toContain(' 421 ')
    expect(await ask('play.example.org')).toContain(' 200 ')
    expect(await ask(`127.0.0.1:${port}`)).toContain(' 200 ')
    const url = `ws://127.0.0.1:${port}/starwire`
    const foreign = await bare(url, { origin: 'https://evil.example' })
    expect((await foreign.next('error')).code).toBe('refused-origin')
    const listed = await bare(url, { origin: 'https://game.example' })
    listed.say({ type: 'host', protocol: 1 })
    await listed.next('hosting')
    const health = (await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()) as Record<string, unknown>
    expect(health).toMatchObject({ hosts: 1, turnedAway: { origin: 1 }, errors: { 'refused-origin': 1 } })
  })

  test('says which origin can never match, and stops', { tags: ['long'] }, async () => {
    const running = start({ STARWIRE_ORIGINS: 'my.game', PORT: '0' })
    await until(() => running.code !== undefined, 'the end', 15_000)
    expect([running.code, running.err]).toEqual([1, expect.stringContaining('as https://my.game')])
  })

  test('lets browsers keep hashed files for ever and ask again for everything else', async () => {
    const { origin } = await sharedServer()
    const asset = await fetch(`${origin}/assets/index-abc123.js`)
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const page = await fetch(origin)
    expect(page.headers.get('cache-control')).toBe('no-cache')
    const again = await fetch(origin, { headers: { 'If-None-Match': page.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
  })

  test('allows own scripts, blob workers and sockets to itself, and no foreign script', async () => {
    const { origin, port } = await sharedServer()
    const { headers } = await fetch(origin)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("worker-src 'self' blob:;")
    expect(policy).toContain(`connect-src 'self' data: blob: ws://127.0.0.1:${port} wss://127.0.0.1:${port};`)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('closes cleanly when it is told to stop, also with open sockets', async () => {
    const { origin, child, running } = await startOnFreePort()
    const lobby = await host(origin.replace('http', 'ws').concat('/starwire'))
    child.kill('SIGTERM')
    await until(() => running.code !== undefined, 'the end')
    expect(running.code).toBe(0)
    await until(() => lobby.online.length > 0, 'the host notices')
  })

  test('says in one sentence what to do when the port is taken, and stops', { tags: ['long'] }, async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, resolve))
    afterwards(() => other.close())
    const { port } = other.address() as { port: number }
    const running = start({ PORT: String(port) })
    await until(() => running.code !== undefined, 'the end', 15_000)
    expect(running.code).toBe(1)
    expect(running.err.trim()).toBe(
      `Port ${port} is taken: stop what runs there, or set PORT to another one, for instance ${port + 1}.`,
    )
  })

  test('keeps an idle connection longer than a proxy in front, which would ask just when it closes', {
    tags: ['long'],
  }, async () => {
    const { origin } = await startOnFreePort({ STARWIRE_TRUST_PROXY: '1' })
    expect(await raw(Number(new URL(origin).port), 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatch(
      /^keep-alive: timeout=65/im,
    )
  })

  test('says that "http" is no port, and stops', { tags: ['long'] }, async () => {
    const running = start({ PORT: 'http' })
    await until(() => running.code !== undefined, 'the end', 15_000)
    expect(running.code).toBe(1)
    expect(running.err).toMatch(/^PORT is ".*", which is no port: set it to a number from 1 to 65535.*\n$/)
  })

  test('says what is wrong with the ICE settings, and stops', { tags: ['long'] }, async () => {
    const running = start({ STARWIRE_TURN: 'turn:a', PORT: '0' })
    await until(() => running.code !== undefined, 'the end', 15_000)
    expect(running.code).toBe(1)
    expect(running.err).toContain('STARWIRE_TURN is set without a way to log in')
  })

  test('says how to build the page when there is none', { tags: ['long'] }, async () => {
    const empty = await mkdtemp(at('.cache/production-'))
    afterwards(() => rm(empty, { recursive: true }))
    await mkdir(`${empty}/server`)
    await copyFile(`${dist}/server/server.js`, `${empty}/server/server.js`)
    const running = start({ PORT: '0' }, empty)
    await until(() => running.code !== undefined, 'the end', 15_000)
    expect(running.code).toBe(1)
    expect(running.err).toContain('There is no built page')
  })
})

/** What the server says to these bytes until it closes the connection or pauses: as no HTTP client would send them. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  socket.on('error', () => {})
  socket.on('data', (data) => {
    heard += data.toString('latin1')
  })
  socket.write(bytes)
  await until(() => heard.includes('\r\n\r\n') || socket.destroyed, `an answer to ${bytes.slice(0, 60)}`)
  socket.destroy()
  return heard
}

describe('nothing that a stranger sends, and nothing that becomes of a file, ends the server', {
  timeout: 30_000,
}, () => {
  test('a range that is wrong, or longer than the file, is refused, served or ignored as RFC 9110 says', async () => {
    const { origin, running } = await sharedServer()
    const ask = async (range: string, file = 'digits.txt', more: Record<string, string> = {}) => {
      const response = await fetch(`${origin}/${file}`, { headers: { Range: range, ...more } })
      return `${response.status} ${await response.text()} ${response.headers.get('content-range') ?? ''}`.trim()
    }
    expect(await ask('bytes=2-4')).toBe('206 234 bytes 2-4/10')
    expect(await ask('bytes=7-')).toBe('206 789 bytes 7-9/10')
    expect(await ask('bytes=7-99999999999999999999')).toBe('206 789 bytes 7-9/10')
    expect(await ask('bytes=-3')).toBe('206 789 bytes 7-9/10')
    expect(await ask('bytes=-10')).toBe('206 0123456789 bytes 0-9/10')
    expect(await ask('bytes=-11')).toBe('206 0123456789 bytes 0-9/10')
    expect(await ask('Bytes = 2-4')).toBe('206 234 bytes 2-4/10')
    for (const range of ['bytes=5-1', 'bytes=10-', 'bytes=-0', 'bytes=99999999999999999999-']) {
      expect(await ask(range), range).toBe('416 The file has no such range.\n bytes */10')
    }
    const whole = [
      'bytes=',
      'bytes=-',
      'bytes=a-b',
      'bytes=1-2-3',
      'bytes=1',
      'lines=1-2',
      'bytes=0-1,8-9',
      '2-4',
      ',',
      'bytes=0x1-2',
    ]
    for (const range of whole) expect(await ask(range), range).toBe('200 0123456789')
    expect(await ask('bytes=2-4', 'digits.txt', { 'If-Range': '"another"' })).toBe('200 0123456789')
    for (const range of ['bytes=0-', 'bytes=-5', 'bytes=5-1']) expect(await ask(range, 'empty.txt'), range).toBe('200')
    const head = await fetch(`${origin}/digits.txt`, { method: 'HEAD', headers: { Range: 'bytes=5-1' } })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10'])
    expect(running.code).toBeUndefined()
  })

  test('a hashed file that vanished or became a folder since the start is not found, and a new one is', async () => {
    const { origin, running } = await sharedServer()
    const asset = `${dist}/page/assets/index-gone99.js`
    await writeFile(asset, 'export {}')
    expect((await fetch(`${origin}/assets/index-gone99.js`)).status).toBe(200)
    await rm(asset)
    const gone = await fetch(`${origin}/assets/index-gone99.js`)
    expect([gone.status, gone.headers.get('cache-control')]).toEqual([404, 'no-store'])
    await mkdir(asset)
    expect((await fetch(`${origin}/assets/index-gone99.js`)).status).toBe(404)
    await rm(asset, { recursive: true })
    expect(running.code).toBeUndefined()
  })

  test('a file that is gone since the start, which the server looked up when it started, is not found', {
    tags: ['long'],
  }, async () => {
    const asset = `${dist}/page/assets/index-old111.js`
    await writeFile(asset, 'export {}')
    const { origin, running } = await startOnFreePort()
    await rm(asset)
    expect((await fetch(`${origin}/assets/index-old111.js`)).status).toBe(404)
    expect((await fetch(origin)).status).toBe(200)
    expect(running.code).toBeUndefined()
  })

  test('a process without free file descriptors says so, and serves again when there are some', {
    tags: ['long'],
  }, async () => {
    const { origin, port, running } = await startOnFreePort({}, 'ulimit -n 48;')
    // One connection that is open before the descriptors run out: it hears the answer.
    const asker = connect(port, '127.0.0.1')
    afterwards(() => asker.destroy())
    let answers = ''
    asker.on('data', (data) => {
      answers += data.toString('latin1')
    })
    const ask = 'GET /digits.txt HTTP/1.1\r\nHost: x\r\n\r\n'
    asker.write(ask)
    await until(() => answers.includes('0123456789'), 'a first answer')
    const hogs: Socket[] = []
    const hog = () => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      // Asks for something that is never read, so that the file stays open as well.
      socket.write('GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n')
      socket.pause()
      hogs.push(socket)
    }
    for (let i = 0; i < 60; i++) hog()
    afterwards(() => {
      for (const socket of hogs) socket.destroy()
    })
    await until(() => {
      asker.write(ask)
      return answers.includes('HTTP/1.1 503 ') || running.code !== undefined
    }, 'an answer without descriptors')
    expect(running.code, running.err).toBeUndefined()
    for (const socket of hogs) socket.destroy()
    let status = 0
    await until(() => {
      fetch(`${origin}/digits.txt`).then(
        (response) => (status = response.status),
        () => {},
      )
      return status === 200
    }, 'service as before')
    expect(running.code).toBeUndefined()
  })

  test('a malformed request is answered or its connection closed', async () => {
    const { origin, port, running } = await sharedServer()
    const get = (target: string, rest = '') => raw(port, `GET ${target} HTTP/1.1\r\nHost: x\r\n${rest}\r\n`)
    const statuses: [string, number][] = [
      ['/%ZZ', 400],
      ['/%', 400],
      ['/%00', 400],
      ['/a%00.txt', 400],
      ['/%c0%ae%c0%ae/', 400],
      ['*', 400],
      ['x', 400],
      ['http://', 400],
      ['//', 200],
      ['//evil.example', 404],
      ['/..%2f..%2fserver/server.js', 404],
      ['/..\\..\\server\\server.js', 404],
      ['/assets', 404],
      ['/assets/', 404],
      [`/${'a'.repeat(300)}`, 404],
      [`/${'a/'.repeat(4000)}`, 404],
      [`/${'a'.repeat(20_000)}`, 431],
      ['http://x/digits.txt', 200],
      ['/digits.txt?range=%ZZ', 200],
    ]
    for (const [target, status] of statuses) {
      expect(await get(target), target.slice(0, 40)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    }
    for (const noise of [
      'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n',
      'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n',
      'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
      '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
      'GET /starwire HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      'GET /else HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ]) {
      await raw(port, noise)
      expect((await fetch(origin)).status, noise).toBe(200)
    }
    expect(running.code).toBeUndefined()
  })
})

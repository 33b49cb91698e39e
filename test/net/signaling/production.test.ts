/** The production server as it is started: bundled, in a process of its own, with the page beside it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { beforeAll, describe, expect, test } from 'vitest'
import { afterwards, host, join, until } from './support.ts'

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url))
let dist: string

beforeAll(async () => {
  // Below the repository, because the bundle still imports its packages.
  await mkdir(at('.cache'), { recursive: true })
  dist = await mkdtemp(at('.cache/production-'))
  await mkdir(`${dist}/page/assets`, { recursive: true })
  await writeFile(`${dist}/page/index.html`, '<title>Dogstar</title>')
  await writeFile(`${dist}/page/assets/index-abc123.js`, 'export {}')
  await build({
    configFile: false,
    logLevel: 'silent',
    publicDir: false,
    resolve: { alias: { 'starwire/server': at('net/server.ts') } },
    build: { ssr: at('src/server.ts'), outDir: `${dist}/server`, target: 'node20' },
  })
  return () => rm(dist, { recursive: true })
}, 30_000)

function start(env: Record<string, string>, folder = dist) {
  const child: ChildProcess = spawn(process.execPath, [`${folder}/server/server.js`], {
    env: { ...process.env, STARWIRE_STUN: 'none', STARWIRE_SECRET: 'a secret', ...env },
  })
  afterwards(() => child.kill('SIGKILL'))
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

async function startOnFreePort() {
  const running = start({ PORT: '0' })
  await until(() => running.out.includes('Ctrl+C'), `the server’s greeting: ${running.err}`, 15_000)
  const port = Number(/localhost:(\d+)/.exec(running.out)?.[1])
  return { ...running, running, port, origin: `http://127.0.0.1:${port}` }
}

describe('the production server', { timeout: 20_000 }, () => {
  test('serves the page and the signalling on one port', async () => {
    const { origin } = await startOnFreePort()
    expect(await (await fetch(origin)).text()).toContain('Dogstar')
    const url = origin.replace('http', 'ws').concat('/starwire')
    const lobby = await host(url)
    await join(url, lobby.signals.code)
    const health = await fetch(`${origin}/healthz`)
    expect(await health.json()).toEqual({ ok: true, sockets: 2, hosts: 1, guests: 1 })
    expect((await fetch(`${origin}/nothing-here`)).status).toBe(404)
    expect((await fetch(`${origin}/../server/server.js`)).status).toBe(404)
    expect((await fetch(origin, { method: 'POST' })).status).toBe(405)
  })

  test('lets browsers keep hashed files for ever and ask again for everything else', async () => {
    const { origin } = await startOnFreePort()
    const asset = await fetch(`${origin}/assets/index-abc123.js`)
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const page = await fetch(origin)
    expect(page.headers.get('cache-control')).toBe('no-cache')
    const again = await fetch(origin, { headers: { 'If-None-Match': page.headers.get('etag') ?? '' } })
    expect(again.status).toBe(304)
  })

  test('allows own scripts, blob workers and sockets to itself, and no foreign script', async () => {
    const { origin, port } = await startOnFreePort()
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

  test('says in one sentence what to do when the port is taken, and stops', async () => {
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

  test.each(['http', '-1', '65536', '80.5', '0x50', ' '])('says that %j is no port, and stops', async (PORT) => {
    const running = start({ PORT })
    await until(() => running.code !== undefined, 'the end', 15_000)
    expect(running.code).toBe(1)
    expect(running.err).toMatch(/^PORT is ".*", which is no port: set it to a number from 1 to 65535.*\n$/)
  })

  test('says what is wrong with the ICE settings, and stops', async () => {
    const running = start({ STARWIRE_TURN: 'turn:a', PORT: '0' })
    await until(() => running.code !== undefined, 'the end', 15_000)
    expect(running.code).toBe(1)
    expect(running.err).toContain('STARWIRE_TURN is set without a way to log in')
  })

  test('says how to build the page when there is none', async () => {
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

/** The Vite plugin in a real Vite: signalling works, and Vite's own WebSocket still does. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join as pathOf } from 'node:path'
import { createServer, type InlineConfig, preview } from 'vite'
import { beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { starwire } from '../../../net/vite.ts'
import { afterwards, host, join, until } from './support.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(pathOf(tmpdir(), 'starwire-vite-'))
  await writeFile(pathOf(root, 'index.html'), '<title>page</title>')
  return () => rm(root, { recursive: true })
})

const common = (): InlineConfig => ({
  root,
  configFile: false,
  logLevel: 'silent',
  plugins: [starwire({ iceServers: [] })],
})

async function devServer(port = 0) {
  const server = await createServer({ ...common(), server: { port, host: '127.0.0.1' } })
  await server.listen()
  let closed: Promise<void> | null = null
  const close = () => {
    closed ??= server.close()
    return closed
  }
  afterwards(close)
  const bound = (server.httpServer!.address() as AddressInfo).port
  return { server, port: bound, url: `ws://127.0.0.1:${bound}/starwire`, close }
}

test('signals go through Vite’s dev server, and hot reloading still has its socket', async () => {
  const { server, port, url } = await devServer()
  const hot = new WebSocket(`ws://127.0.0.1:${port}/?token=${server.config.webSocketToken}`, 'vite-hmr')
  const updates: string[] = []
  hot.on('message', (data) => updates.push(String(data)))
  afterwards(() => hot.terminate())
  await until(() => updates.some((text) => text.includes('connected')), 'Vite’s greeting')

  const lobby = await host(url)
  const guest = await join(url, lobby.signals.code)
  guest.signals.signal('hello')
  await until(() => lobby.heard.length === 1, 'the signal')

  server.ws.send({ type: 'full-reload' })
  await until(() => updates.some((text) => text.includes('full-reload')), 'a hot update')
})

test('a lobby keeps its code when Vite restarts, as it does when its config changes', async () => {
  const first = await devServer()
  const lobby = await host(first.url)
  await first.close()
  await until(() => lobby.online.length === 1, 'away')
  const second = await devServer(first.port)
  await until(() => lobby.online.length === 2, 'back')
  await join(second.url, lobby.signals.code)
  expect(lobby.lost).toEqual([])
})

test('signals go through Vite’s preview server', async () => {
  const server = await preview({ ...common(), build: { outDir: root }, preview: { port: 0, host: '127.0.0.1' } })
  afterwards(() => server.close())
  const { port } = server.httpServer.address() as AddressInfo
  const lobby = await host(`ws://127.0.0.1:${port}/starwire`)
  await join(`ws://127.0.0.1:${port}/starwire`, lobby.signals.code)
})

test('in middleware mode, where there is no server to attach to, Vite says what to do', async () => {
  const warnings: string[] = []
  const logger = { warn: (text: string) => warnings.push(text), warnOnce() {}, error() {}, info() {}, clearScreen() {} }
  const server = await createServer({
    ...common(),
    customLogger: { ...logger, hasErrorLogged: () => false, hasWarned: false },
    server: { middlewareMode: true, ws: false },
  })
  afterwards(() => server.close())
  expect(warnings.join()).toContain('createSignalingServer()')
})

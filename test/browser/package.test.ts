/** The package as its users get it: packed, installed into a new project, and played there. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium } from '../../.ci/chromium.mjs'
import manifest from '../../package.json' with { type: 'json' }
import { flags } from './harness.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const faces = Object.keys(manifest.exports).map((face) => face.replace(/^\./, 'starwire'))
const run = promisify(execFile)

/** Without what the npm above us says to its scripts, so that the new project is nobody's child. */
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|command)/.test(name))),
  NODE_ENV: undefined,
  NO_COLOR: '1',
  STARWIRE_STUN: 'none',
}

/** Runs a script with this Node and gives what it prints. A script that fails throws with all it said. */
async function node(cwd: string, ...args: string[]): Promise<string> {
  try {
    return (await run(process.execPath, args, { cwd, env: environment, maxBuffer: 2 ** 26 })).stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error })
  }
}

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const script = process.env.npm_execpath
  if (script) return node(cwd, script, ...args)
  return (await run('npm', args, { cwd, env: environment, maxBuffer: 2 ** 26, shell: process.platform === 'win32' }))
    .stdout
}

/** Strict to the last: the declarations of the package are checked too (`skipLibCheck: false`). */
const strict = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
  noEmit: true,
  target: 'es2022',
}

/** The six files of the README's first game, as a newcomer copies them out of it. */
async function readmeFiles(): Promise<Record<string, string>> {
  const text = await readFile(join(repository, 'README.md'), 'utf8')
  const [first = ''] = /^## Your first game\n[\s\S]*?^## /m.exec(text) ?? []
  const blocks = first.matchAll(/^`([\w.]+)`[^\n]*:\n\n```\w+\n([\s\S]*?)^```$/gm)
  return Object.fromEntries([...blocks].map(([, name = '', contents = '']) => [name, contents]))
}

/** What the tests add to the new project. */
const files: Readonly<Record<string, string>> = {
  'tsconfig.strict.json': JSON.stringify({
    compilerOptions: {
      ...strict,
      module: 'esnext',
      moduleResolution: 'bundler',
      allowImportingTsExtensions: true,
      lib: ['es2022', 'dom', 'dom.iterable'],
      types: [],
    },
    files: ['main.ts', 'every-face.ts'],
  }),
  'every-face.ts': `import type { SessionStats } from 'starwire'
import { bindEntities } from 'starwire/phaser'
import { createStar, type HostStar } from 'starwire/star'
import { simulate } from 'starwire/testing'
import { tag } from './tag.ts'

const match = simulate(tag, { players: 2, network: { latencyMs: 50 }, seed: 1 })
match.run(1000)
export const stats: SessionStats | undefined = match.clients[1]?.session.stats()
export const star: Promise<HostStar> = createStar({ maxPeers: 4 })
export const bound = bindEntities(tag, 'runner', {
  create: ({ x, y }) => ({ x, y, destroy() {} }),
  // @ts-expect-error A runner has no such field.
  update: (_, runner) => runner.lives,
})
`,
  'server.ts': `import { createServer } from 'node:http'
import { createSignalingServer } from 'starwire/server'

const server = createServer()
createSignalingServer({ secret: 'a long random text' }).attach(server)
server.listen(0)
`,
  'tsconfig.node.json': JSON.stringify({
    compilerOptions: { ...strict, module: 'nodenext', lib: ['esnext'], types: ['node'] },
    files: ['server.ts', 'vite.config.ts'],
  }),
}

interface Packed {
  filename: string
  files: { path: string }[]
}

let project: string
let browser: Browser
let packed: Packed

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'starwire-package-'))
  const output = await npm(repository, 'pack', '--json', '--loglevel=error', '--pack-destination', project)
  // The build, which npm runs first, has printed before it.
  packed = (JSON.parse(output.slice(output.lastIndexOf('\n[\n') + 1)) as Packed[])[0]!
  const first = await readmeFiles()
  expect(Object.keys(first)).toHaveLength(6)
  for (const [name, text] of Object.entries({ ...first, ...files })) await writeFile(join(project, name), text)
  // The same versions as here: npm has them in its cache from the repository's own install.
  const tools = ['vite', '@types/node', 'node-datachannel', 'ioredis', 'rate-limiter-flexible'] as const
  const versions = tools.map((name) => `${name}@${manifest.devDependencies[name]}`)
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  await npm(project, 'install', ...quiet, `./${basename(packed.filename)}`, ...versions)
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? findChromium() ?? '', args: flags })
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await rm(project, { recursive: true, force: true, maxRetries: 5 })
})

/** Starts one of Vite's servers in the project, plays, and stops it. */
async function withServer(args: string[], play: (origin: string) => Promise<void>): Promise<void> {
  const vite = [join(project, 'node_modules/vite/bin/vite.js'), ...args, '--host', '127.0.0.1', '--port', '0']
  const server = spawn(process.execPath, vite, { cwd: project, env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    for await (const line of createInterface({ input: server.stdout })) {
      const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
      if (!origin) continue
      server.stdout.resume()
      return await play(origin)
    }
    throw new Error('Vite ended before it said where it listens.')
  } finally {
    const ended = once(server, 'exit')
    if (server.exitCode === null && server.kill()) await ended
  }
}

interface Tag {
  session: { view(now: number): { all(type: string): Iterable<{ x: number; mine: boolean }> } }
}

/** Where a page draws its own runner, or the other one. */
function runnerAt(page: Page, own: boolean): Promise<number | undefined> {
  return page.evaluate((mine) => {
    const { session } = window as unknown as Tag
    return [...session.view(performance.now()).all('runner')].find((runner) => runner.mine === mine)?.x
  }, own)
}

/** One hosts, one joins by the code and runs to the wall; both see it there, and no page complains. */
async function playTag(origin: string): Promise<void> {
  await using context = await browser.newContext()
  await context.grantPermissions(['microphone'], { origin })
  const complaints: string[] = []
  const open = async (path: string): Promise<Page> => {
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(String(error.stack)))
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    await page.goto(origin + path)
    await page.waitForFunction(() => document.getElementById('code')?.textContent)
    return page
  }
  const host = await open('/')
  const guest = await open(`/?name=Bea#${await host.textContent('#code')}`)
  await host.click('#start')
  for (const page of [host, guest]) await page.waitForFunction(() => 'session' in window)
  await guest.bringToFront()
  await guest.keyboard.down('ArrowRight')
  await expect.poll(() => runnerAt(guest, true), { timeout: 10_000 }).toBe(800)
  await expect.poll(() => runnerAt(host, false), { timeout: 10_000 }).toBe(800)
  expect(complaints).toEqual([])
}

describe('the package', { tags: ['long'] }, () => {
  it('holds every face with its declarations, and nothing that is not for its users', () => {
    const paths = packed.files.map(({ path }) => path)
    for (const { types, default: code } of Object.values(manifest.exports))
      expect(paths).toEqual(expect.arrayContaining([types, code].map((path) => path.replace('./', ''))))
    const expected =
      /^(dist\/package\/(.+\.(js|d\.ts)|vendor\/[\w-]+\/LICENSE)|package\.json|README\.md|LICENSE|CHANGELOG\.md|net\/wire\/WIRE\.md)$/
    expect(paths.filter((path) => !expected.test(path))).toEqual([])
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'CHANGELOG.md']))
  })

  it('names no file in its code and declarations that it does not bring', async () => {
    const paths = new Set(packed.files.map(({ path }) => path))
    const missing: string[] = []
    for (const path of paths) {
      if (!path.startsWith('dist/')) continue
      const text = await readFile(join(project, 'node_modules/starwire', path), 'utf8')
      for (const [, specifier = ''] of text.matchAll(/(?:from |import |import\()["'](\.[^"']+)["']/g)) {
        const target = new URL(specifier, `file:///${path}`).pathname.slice(1)
        if (!paths.has(path.endsWith('.d.ts') ? target.replace(/\.js$/, '.d.ts') : target))
          missing.push(`${path}: ${specifier}`)
      }
    }
    expect(missing).toEqual([])
  })

  it('asks a page’s project for no types of Node: neither its faces for pages nor what their declarations name', async () => {
    const root = join(project, 'node_modules/starwire/dist/package')
    const modules = new Set(
      ['index', 'star', 'files', 'media', 'phaser', 'records', 'testing'].map((face) => join(root, `${face}.d.ts`)),
    )
    const foreign: string[] = []
    for (const module of modules) {
      const text = await readFile(module, 'utf8')
      for (const [, specifier = ''] of text.matchAll(/(?:from |import |import\()["']([^"']+)["']/g))
        if (specifier.startsWith('.')) modules.add(join(module, '..', specifier.replace(/\.js$/, '.d.ts')))
        else if (specifier !== 'valibot') foreign.push(`${module}: ${specifier}`)
      foreign.push(
        ...(text.match(/\/\/\/ *<reference.*|\bNodeJS\.\w+|\bBuffer\b/g) ?? []).map((use) => `${module}: ${use}`),
      )
    }
    expect(modules.size).toBeGreaterThan(20)
    expect(foreign).toEqual([])
  })

  // Three compilers at once, each over the types of the DOM or of Node.
  it('type-checks in a strict project, its own declarations included, without further types', {
    timeout: 300_000,
  }, async () => {
    const tsc = join(repository, 'node_modules/typescript/bin/tsc')
    await Promise.all(
      ['tsconfig.json', 'tsconfig.strict.json', 'tsconfig.node.json'].map((config) => node(project, tsc, '-p', config)),
    )
  })

  it('loads every face in plain Node', async () => {
    const script = `for (const face of ${JSON.stringify(faces)}) console.log(face, Object.keys(await import(face)).length > 0)`
    const output = await node(project, '--input-type=module', '--eval', script)
    expect(output.trim().split('\n')).toEqual(faces.map((face) => `${face} true`))
  })

  it('plays in `vite`, with the plugin as its only configuration', () => withServer([], playTag))

  it('hosts the game of TypeScript in Node, and a page of `vite` plays there', () =>
    withServer([], async (origin) => {
      const cli = join(project, 'node_modules/starwire/dist/package/cli.js')
      const args = [cli, 'host', 'tag.ts', '--signaling', `${origin}/starwire`, '--page', `${origin}/`]
      const host = spawn(process.execPath, args, {
        cwd: project,
        env: environment,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const ended = once(host, 'exit')
      await using context = await browser.newContext()
      await context.grantPermissions(['microphone'], { origin })
      try {
        for await (const line of createInterface({ input: host.stdout })) {
          const link = /^Link: (.+)$/.exec(line)?.[1]
          if (link === undefined) continue
          host.stdout.resume()
          const page = await context.newPage()
          await page.goto(link)
          await page.waitForFunction(() => 'session' in window)
          await page.keyboard.down('ArrowRight')
          await expect.poll(() => runnerAt(page, true), { timeout: 10_000 }).toBe(800)
          break
        }
      } finally {
        host.kill('SIGINT')
      }
      // Asked to end, it closes the lobby and has nothing left that keeps it alive.
      expect(await ended).toEqual([0, null])
    }))

  it('plays in `vite build` and `vite preview`', async () => {
    await node(project, join(project, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'error')
    await withServer(['preview'], playTag)
  })
})

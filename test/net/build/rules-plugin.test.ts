/** The Vite plugin in a real Vite: every way to build a game states the hash of its rules' sources. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, createServer, type Plugin, type ViteDevServer } from 'vite'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { hashRules, starwire } from '../../../net/vite.ts'
import { project, write } from './project.ts'

type Files = Parameters<typeof project>[0]

/** In place of the library: what `defineGame` is given is what the tests look at. */
const library = {
  'node_modules/starwire/package.json': JSON.stringify({
    name: 'starwire',
    version: '1.0.0',
    type: 'module',
    exports: './index.js',
  }),
  'node_modules/starwire/index.js':
    'export const defineGame = (definition) => definition\nexport const t = { int: (a, b) => [a, b] }\nexport default 1\n',
}

const rules = {
  ...library,
  'package.json': JSON.stringify({ type: 'module' }),
  'index.html': '<script type="module" src="./main.ts"></script>',
  'main.ts': "import { tag } from './rules/tag.ts'\nObject.assign(globalThis, { games: { tag } })\n",
  'rules/tag.ts': `import { defineGame, t } from 'starwire'
import { speed } from './speed.ts'
type Step = { x: number }
export const tag = defineGame({ id: 'tag', input: { x: t.int(-1, 1) }, step: (world: Step) => world.x * speed() })
`,
  'rules/speed.ts': 'export const speed = (): number => 4\n',
}

const plugin = (): Plugin => starwire({ iceServers: [], secret: 'a secret of the tests, long enough' })

/** Builds, runs what came out, and gives the hashes of the games that its main module hands out. */
async function builtHashes(
  root: string,
  minify = true,
  plugins: Plugin[] = [plugin()],
): Promise<Record<string, string>> {
  // In one file, so that it can be run from its text.
  const rolldownOptions = { output: { codeSplitting: false } }
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins,
    build: { minify, modulePreload: false, rolldownOptions },
  })
  const assets = join(root, 'dist/assets')
  const entry = (await readdir(assets)).find((name) => /^index-.*\.js$/.test(name))
  return run(await readFile(join(assets, entry ?? ''), 'utf8'))
}

async function run(code: string): Promise<Record<string, string>> {
  const page = globalThis as { games?: Record<string, { rulesHash?: string }> }
  await import(`data:text/javascript,${encodeURIComponent(code)}#${Math.random()}`)
  const games = page.games ?? {}
  delete page.games
  return Object.fromEntries(Object.entries(games).map(([name, { rulesHash }]) => [name, rulesHash ?? 'unstated']))
}

async function devServer(root: string): Promise<ViteDevServer> {
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [plugin()],
    server: { middlewareMode: true, ws: false },
    // The stand-in is not worth bundling.
    optimizeDeps: { noDiscovery: true },
  })
  onTestFinished(() => server.close())
  return server
}

/** What a page is told by the development server. */
async function servedHash(server: ViteDevServer, path = '/rules/tag.ts'): Promise<string | undefined> {
  const module = await server.transformRequest(path)
  const url = /from "([^"]*starwire-rules[^"]*)"/.exec(module?.code ?? '')?.[1]
  const stated = url === undefined ? null : await server.transformRequest(url)
  return /rulesHash: ["']([0-9a-f]+)["']/.exec(stated?.code ?? '')?.[1]
}

describe('the Vite plugin', { timeout: 30_000 }, () => {
  it('states one hash in development, in a build, in a minified one, and as Node computes it', async () => {
    const root = await project(rules)
    const hash = await hashRules(join(root, 'rules/tag.ts'))
    expect(await builtHashes(root, false)).toEqual({ tag: hash })
    expect(await builtHashes(root)).toEqual({ tag: hash })
    expect(await servedHash(await devServer(root))).toBe(hash)
  })

  it('states it whatever the imports are called, for each of several games, and leaves a stated one alone', async () => {
    const root = await project({
      ...rules,
      'main.ts': `import { renamed } from './rules/renamed.ts'
import { whole } from './rules/whole.ts'
import { first, second } from './rules/two.ts'
import { stated } from './rules/stated.ts'
import { later } from './rules/later.ts'
Object.assign(globalThis, { games: { renamed, whole, first, second, stated, later } })
`,
      'rules/renamed.ts': "import { defineGame as game } from 'starwire'\nexport const renamed = game({ id: 'a' })\n",
      'rules/whole.ts': "import * as starwire from 'starwire'\nexport const whole = starwire.defineGame({ id: 'b' })\n",
      'rules/two.ts':
        "import { defineGame } from 'starwire'\nexport const first = defineGame({ id: 'c' }), second = defineGame({ id: 'd' })\n",
      'rules/stated.ts':
        "import { defineGame } from 'starwire'\nexport const stated = defineGame({ id: 'e', rulesHash: 'mine' })\n",
      'rules/later.ts':
        "const { defineGame } = await import('starwire')\nexport const later = defineGame({ id: 'f' })\n",
    })
    const at = (name: string): Promise<string> => hashRules(join(root, `rules/${name}.ts`))
    const two = await at('two')
    expect(await builtHashes(root)).toEqual({
      renamed: await at('renamed'),
      whole: await at('whole'),
      first: two,
      second: two,
      stated: 'mine',
      later: await at('later'),
    })
  })

  it('looks through a module that passes defineGame on, and states none where it cannot know the game’s module', async () => {
    const root = await project({
      ...rules,
      'main.ts': `import { tag } from './rules/tag.ts'
import { other } from './rules/other.ts'
Object.assign(globalThis, { games: { tag, other } })
`,
      'rules/all.ts': "export * from 'starwire'\nexport default 7\n",
      'rules/engine.ts':
        "import { defineGame } from './all.ts'\nexport { defineGame }\nexport { defineGame as make } from 'starwire'\n",
      'rules/tag.ts':
        "import seven, { defineGame } from './all.ts'\nexport const tag = defineGame({ id: 'tag', seven })\n",
      'rules/other.ts': "import { make } from './engine.ts'\nexport const other = make({ id: 'other' })\n",
    })
    expect(await builtHashes(root)).toEqual({ tag: await hashRules(join(root, 'rules/tag.ts')), other: 'unstated' })
  })

  it('states it for rules of a linked package outside of the root, and for those found by an alias', async () => {
    const root = await project({
      ...Object.fromEntries(Object.entries({ ...library }).map(([path, text]) => [`packages/rules/${path}`, text])),
      'packages/rules/package.json': JSON.stringify({ name: '@us/rules', version: '0.0.0', exports: './tag.ts' }),
      'packages/rules/tag.ts':
        "import { defineGame } from 'starwire'\nimport { far } from '@far/far.ts'\nexport const tag = defineGame({ id: 'tag', far })\n",
      'far/far.ts': 'export const far = 1\n',
      'app/node_modules/@us/rules': { link: 'packages/rules' },
      'app/index.html': rules['index.html'],
      'app/main.ts': "import { tag } from '@us/rules'\nObject.assign(globalThis, { games: { tag } })\n",
    } as Files)
    const alias: Plugin = { name: 'alias', config: () => ({ resolve: { alias: { '@far': join(root, 'far') } } }) }
    const far = (specifier: string): string | null =>
      specifier.startsWith('@far/') ? join(root, specifier.replace('@', '')) : null
    expect(await builtHashes(join(root, 'app'), true, [plugin(), alias])).toEqual({
      tag: await hashRules(join(root, 'packages/rules/tag.ts'), { resolve: far }),
    })
  })

  it('states it in a worker, which Vite builds apart', async () => {
    const root = await project({
      ...rules,
      'main.ts': "new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })\n",
      'worker.ts': "import { tag } from './rules/tag.ts'\nObject.assign(globalThis, { games: { tag } })\n",
    })
    const hash = await hashRules(join(root, 'rules/tag.ts'))
    const own: Plugin = { name: 'own', config: () => ({ worker: { format: 'es', plugins: () => [] } }) }
    await build({ root, configFile: false, logLevel: 'error', plugins: [own, plugin()] })
    const worker = (await readdir(join(root, 'dist/assets'))).find((name) => name.startsWith('worker-'))
    expect(await run(await readFile(join(root, 'dist/assets', worker ?? ''), 'utf8'))).toEqual({ tag: hash })
  })

  it('follows edits of a helper while the development server runs', async () => {
    const root = await project({
      ...rules,
      'rules/tag.ts': `${rules['rules/tag.ts']}const levels = import.meta.glob('./levels/*.ts')\n`,
    })
    const server = await devServer(root)
    const before = await servedHash(server)
    const speed = join(root, 'rules/speed.ts')
    await write(root, { 'rules/speed.ts': 'export const speed = (): number => 5\n' })
    server.watcher.emit('change', speed)
    await vi.waitFor(async () => expect(await servedHash(server)).not.toBe(before))
    const edited = await servedHash(server)
    expect(edited).toBe(await hashRules(join(root, 'rules/tag.ts')))
    await write(root, { 'rules/levels/one.ts': 'export {}\n' })
    server.watcher.emit('add', join(root, 'rules/levels/one.ts'))
    await vi.waitFor(async () => expect(await servedHash(server)).not.toBe(edited))
  })
})

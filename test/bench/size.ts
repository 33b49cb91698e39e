/** What has to be downloaded: the library with all it needs, as a bundler gives it to a game, and Dogstar's page. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'vite'
import { slimPackages } from '../../.ci/slim-packages.mjs'
import * as starwire from '../../net/index.ts'
import { type Bench, measured, type Row } from './bench.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** What a bundler drops from the face `starwire` where nobody calls it. It has a row of its own. */
const DROPPED_UNUSED = ['findLobbies', 'quickMatch']

const faceFile = (face: string): string => join(repository, 'net', `${face}.ts`)
const PARTIAL = 'virtual:part-of-starwire'

/** Makes the module `PARTIAL`, which has these exports of the face `starwire`. */
function partOfFace(names: readonly string[]): Plugin {
  return {
    name: 'part-of-face',
    resolveId: (source) => (source === PARTIAL ? source : null),
    load: (id) => (id === PARTIAL ? `export { ${names.join(', ')} } from ${JSON.stringify(faceFile('index'))}` : null),
  }
}

/** An entry as a page loads it: everything it needs inside, every export kept, minified. */
async function chunksOf(input: string, plugins: readonly Plugin[] = []) {
  const built = await build({
    root: repository,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [slimPackages(repository), ...plugins],
    build: {
      write: false,
      modulePreload: false,
      // Not `lib`: that leaves the spaces in, which the bundlers of our users take out.
      rolldownOptions: { input, preserveEntrySignatures: 'strict' },
    },
  })
  return [built]
    .flat()
    .flatMap((output) => ('output' in output ? output.output : []))
    .filter((chunk) => chunk.type === 'chunk')
}

type Chunks = Awaited<ReturnType<typeof chunksOf>>

function gzippedAtOnce(chunks: Chunks): number {
  const atOnce = loadedAtOnce(chunks)
  return chunks.filter(({ fileName }) => atOnce.has(fileName)).reduce((sum, { code }) => sum + gzipSync(code).length, 0)
}

/** The lobby and the game, and what public lobbies add to a page that calls for them. */
async function lobbyRows(): Promise<Row[]> {
  const without = Object.keys(starwire).filter((name) => !DROPPED_UNUSED.includes(name))
  const chunks = await chunksOf(PARTIAL, [partOfFace(without)])
  const added = gzippedAtOnce(await chunksOf(faceFile('index'))) - gzippedAtOnce(chunks)
  return [
    ...rowsOf(chunks, 'lobby and game', 85),
    measured(`gzipped, beside lobby and game`, DROPPED_UNUSED.join(', '), added / 1000, 'kB', 'lower'),
  ]
}

/** One face, gzipped. */
async function faceRows(face: string, name: string, target: number | null): Promise<Row[]> {
  return rowsOf(await chunksOf(faceFile(face)), name, target)
}

/** What is loaded at once and what each package and room has of that: a part's share is by its own gzipped code, for gzip knows no parts. */
function rowsOf(chunks: Chunks, name: string, target: number | null): Row[] {
  const atOnce = loadedAtOnce(chunks)
  let bytes = 0
  const parts = new Map<string, number>()
  for (const chunk of chunks) {
    if (!atOnce.has(chunk.fileName)) continue
    bytes += gzipSync(chunk.code).length
    for (const [id, { code }] of Object.entries(chunk.modules))
      parts.set(partOf(id), (parts.get(partOf(id)) ?? 0) + gzipSync(code ?? '').length)
  }
  const sum = [...parts.values()].reduce((total, part) => total + part, 0)
  const shares = [...parts].map(([part, own]) => ({ part, kB: (own / sum) * (bytes / 1000) }))
  return [
    measured('gzipped', name, bytes / 1000, 'kB', 'lower', target),
    ...shares
      .filter(({ kB }) => kB >= 0.1)
      .sort((a, b) => b.kB - a.kB)
      .map(({ part, kB }) => measured(`of it ${part}`, name, kB, 'kB', 'lower')),
    ...chunks
      .filter(({ fileName }) => !atOnce.has(fileName))
      .map((chunk) => measured(`on demand: ${chunk.name}`, name, gzipSync(chunk.code).length / 1000, 'kB', 'lower')),
  ]
}

interface Chunk {
  readonly fileName: string
  readonly isEntry: boolean
  readonly imports: readonly string[]
}

/** The files that a page has loaded before anything of it runs; the others come with an `import()`. */
function loadedAtOnce(chunks: readonly Chunk[]): ReadonlySet<string> {
  const files = new Set(chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName))
  for (const file of files)
    for (const needed of chunks.find(({ fileName }) => fileName === file)?.imports ?? []) files.add(needed)
  return files
}

/** The package or room that a module belongs to. */
function partOf(id: string): string {
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id) ?? []
  if (name) return name
  const [, room] = /\/net\/([\w-]+)/.exec(id) ?? []
  return room ? `net/${room}` : 'glue of the bundler'
}
function pageRows(): Row[] {
  const assets = join(repository, '.cache/size/assets')
  const sizes = readdirSync(assets).map((name) => ({ name, bytes: gzipSync(readFileSync(join(assets, name))).length }))
  const sum = (wanted: (name: string) => boolean): number =>
    sizes.filter(({ name }) => wanted(name)).reduce((total, { bytes }) => total + bytes, 0)
  const isScript = (name: string): boolean => name.endsWith('.js')
  const isStart = (name: string): boolean => name.startsWith('index-')
  return [
    measured('start screen, scripts', 'page', sum((name) => isScript(name) && isStart(name)) / 1024, 'KiB gz', 'lower'),
    measured(
      'game and Phaser, loaded with a lobby',
      'page',
      sum((name) => isScript(name) && !isStart(name)) / 1024,
      'KiB gz',
      'lower',
    ),
    measured('whole page, scripts and styles', 'page', sum(() => true) / 1024, 'KiB gz', 'lower'),
  ]
}

export const size: Bench = {
  summary: 'gzipped size of the library with simple-peer and msgpackr, and of the page',
  async run() {
    await build({
      root: repository,
      mode: 'page',
      logLevel: 'error',
      build: { outDir: '.cache/size', emptyOutDir: true },
    })
    return [
      ...(await lobbyRows()),
      ...(await faceRows('star', 'star', 36)),
      ...(await faceRows('records', 'records alone', null)),
      ...(await faceRows('files', 'files alone', null)),
      ...pageRows(),
    ]
  },
}

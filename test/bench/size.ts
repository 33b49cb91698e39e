/** What has to be downloaded: the library with all it needs, as a bundler gives it to a game, and Dogstar's page. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { slimPackages } from '../../.ci/slim-packages.mjs'
import * as starwire from '../../net/index.ts'
import { type Bench, measured, type Row } from './bench.ts'
import { pageRows } from './page-size.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** What a page of the lobby is: it loads the library's face, and the code of its side when it hosts or joins. */
const SIDES = { host: '/net/lobby/host/side.ts', guest: '/net/lobby/guest/enter.ts' } as const

/** What a bundler drops from the face `starwire` where nobody calls it. It has a row of its own. */
const DROPPED_UNUSED = ['findLobbies', 'quickMatch']

const PAGE = 'virtual:page'

/**
 * A page that uses a face of the package, or these exports of it, as a bundler makes it: minified, in files that load when
 * they are needed.
 */
async function chunksOf(face: string, names: readonly string[] | null = null): Promise<Chunk[]> {
  const path = JSON.stringify(join(repository, 'net', `${face}.ts`))
  // Not the face itself as entry: its exports would be kept apart from the code that the other files share.
  const code = names
    ? `import { ${names.join(', ')} } from ${path}\nglobalThis.face = { ${names.join(', ')} }\n`
    : `import * as face from ${path}\nglobalThis.face = face\n`
  const page = {
    name: 'page',
    resolveId: (source: string) => (source === PAGE ? `\0${PAGE}` : null),
    load: (id: string) => (id === `\0${PAGE}` ? code : null),
  }
  const built = await build({
    root: repository,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [slimPackages(repository), page],
    // Not `lib`: that leaves the spaces in, which the bundlers of our users take out.
    build: { write: false, modulePreload: false, rolldownOptions: { input: PAGE } },
  })
  return [built]
    .flat()
    .flatMap((output) => ('output' in output ? output.output : []))
    .filter((chunk) => chunk.type === 'chunk')
}

interface Chunk {
  readonly name: string
  readonly fileName: string
  readonly isEntry: boolean
  readonly facadeModuleId: string | null
  readonly imports: readonly string[]
  readonly code: string
  readonly modules: Readonly<Record<string, { readonly code: string | null }>>
}

/** A file with all that it needs. */
function withImports(chunks: readonly Chunk[], wanted: (chunk: Chunk) => boolean): ReadonlySet<Chunk> {
  const found = new Set(chunks.filter(wanted))
  for (const { imports } of found) for (const chunk of chunks) if (imports.includes(chunk.fileName)) found.add(chunk)
  return found
}

const zipped = (chunks: Iterable<Chunk>): number => {
  let bytes = 0
  for (const { code } of chunks) bytes += gzipSync(code).length
  return bytes / 1000
}

/** The share of each package and room. It is by its own gzipped code, for gzip knows no parts. */
function shareRows(name: string, chunks: ReadonlySet<Chunk>): Row[] {
  const parts = new Map<string, number>()
  for (const { modules } of chunks)
    for (const [id, { code }] of Object.entries(modules))
      parts.set(partOf(id), (parts.get(partOf(id)) ?? 0) + gzipSync(code ?? '').length)
  const sum = [...parts.values()].reduce((total, part) => total + part, 0)
  const all = zipped(chunks)
  return [...parts]
    .map(([part, own]) => ({ part, kB: (own / sum) * all }))
    .filter(({ kB }) => kB >= 0.1)
    .sort((a, b) => b.kB - a.kB)
    .map(({ part, kB }) => measured(`of it ${part}`, name, kB, 'kB', 'lower'))
}

/** A face of which a page needs all at once. */
async function faceRows(face: string, target: number | null): Promise<Row[]> {
  const chunks = withImports(await chunksOf(face), ({ isEntry }) => isEntry)
  return [measured('gzipped', face, zipped(chunks), 'kB', 'lower', target), ...shareRows(face, chunks)]
}

/**
 * The lobby and the game. The figure with the target is what the larger of the two pages loads to create or join a lobby and
 * to play: the page that hosts. `all files` is everything there is, on demand or not.
 */
async function lobbyRows(target: number): Promise<Row[]> {
  const name = 'lobby and game'
  const without = Object.keys(starwire).filter((used) => !DROPPED_UNUSED.includes(used))
  const chunks = await chunksOf('index', without)
  const sideOf = (side: string) => (chunk: Chunk) => chunk.isEntry || (chunk.facadeModuleId ?? '').endsWith(side)
  const start = withImports(chunks, ({ isEntry }) => isEntry)
  const host = withImports(chunks, sideOf(SIDES.host))
  const guest = withImports(chunks, sideOf(SIDES.guest))
  if (host.size === start.size || guest.size === start.size)
    throw new Error('A side of the lobby has no file of its own.')
  const larger = zipped(host) > zipped(guest) ? host : guest
  const withDropped = withImports(await chunksOf('index'), sideOf(SIDES.host))
  const onDemand = chunks.filter((chunk) => !host.has(chunk) && !guest.has(chunk))
  return [
    measured('gzipped', name, zipped(larger), 'kB', 'lower', target),
    measured('a page that hosts', name, zipped(host), 'kB', 'lower'),
    measured('a page that joins', name, zipped(guest), 'kB', 'lower'),
    measured('before it hosts or joins', name, zipped(start), 'kB', 'lower'),
    measured('all files', name, zipped(chunks), 'kB', 'lower'),
    measured(`beside it ${DROPPED_UNUSED.join(', ')}`, name, zipped(withDropped) - zipped(host), 'kB', 'lower'),
    ...shareRows(name, larger),
    ...onDemand.map((chunk) => measured(`on demand: ${chunk.name}`, name, zipped([chunk]), 'kB', 'lower')),
  ]
}

/** The package or room that a module belongs to. */
function partOf(id: string): string {
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id) ?? []
  if (name) return name
  const [, room] = /\/net\/([\w-]+)/.exec(id) ?? []
  return room ? `net/${room}` : 'glue of the bundler'
}
export const size: Bench = {
  summary: 'gzipped size of the library with its packages, by what a page loads, and of the page',
  async run() {
    return [
      ...(await lobbyRows(85)),
      ...(await faceRows('star', 36)),
      ...(await faceRows('records', null)),
      ...(await faceRows('files', null)),
      ...(await faceRows('media', null)),
      ...(await pageRows()),
    ]
  },
}

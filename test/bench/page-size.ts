/**
 * What Dogstar's page loads, and when: counted from the files that each part asks for, whatever the bundler calls them. Scripts, styles and the
 * page itself, gzipped one by one as a server sends them.
 */
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { measured, type Row } from './bench.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** What of the page is loaded in parts: by the module that each begins with. */
const PARTS = {
  doors: '/src/doors/real-doors.ts',
  inside: '/src/screens/inside.tsx',
  game: '/game/main.ts',
  host: '/net/lobby/host/side.ts',
  german: '/game/languages/german.ts',
} as const

/** Until the start screen acts, and until a match is flown: issue 14. */
const MAX_START_KIB = 110
const MAX_FIRST_LOAD_KIB = 480

interface Built {
  readonly fileName: string
  readonly type: 'chunk' | 'asset'
  readonly isEntry?: boolean
  readonly facadeModuleId?: string | null
  readonly imports?: readonly string[]
  readonly code?: string
  readonly source?: string | Uint8Array
  readonly viteMetadata?: { readonly importedCss: ReadonlySet<string> }
}

export async function pageRows(): Promise<Row[]> {
  const built = await build({ root: repository, mode: 'page', logLevel: 'error', build: { write: false } })
  const files = [built].flat().flatMap((output) => ('output' in output ? (output.output as readonly Built[]) : []))
  const begins = (end: string) => (file: Built) => file.facadeModuleId?.endsWith(end) ?? false
  const start = loaded(files, (file) => begins('/index.html')(file) || file.fileName === 'index.html')
  const part = (name: keyof typeof PARTS): ReadonlySet<Built> => {
    const found = loaded(files, begins(PARTS[name]))
    if (found.size === 0) throw new Error(`The page has no file that begins with ${PARTS[name]}.`)
    return found
  }
  const first = new Set([...start, ...part('doors'), ...part('inside'), ...part('host'), ...part('game')])
  const all = files.filter(({ fileName }) => /\.(js|css|html)$/.test(fileName))
  const row = (what: string, of: Iterable<Built>, target?: number): Row =>
    measured(what, 'page', kibOf(of), 'KiB gz', 'lower', target ?? null)
  return [
    row('until the start screen acts', start, MAX_START_KIB),
    row(
      'of it styles',
      [...start].filter(({ fileName }) => fileName.endsWith('.css')),
    ),
    row('until `Play now` is at work', new Set([...start, ...part('doors')])),
    row('until a match is flown, with Phaser', first, MAX_FIRST_LOAD_KIB),
    row('a lobby’s screens, while the start screen is read', without(part('inside'), start)),
    row(
      'game and Phaser, with a lobby',
      without(part('game'), new Set([...start, ...part('doors'), ...part('inside')])),
    ),
    row('the second language, where it is wanted', without(part('german'), start)),
    row('everything there is', all),
  ]
}

/** A file with all that it asks for at once: other scripts and styles. */
function loaded(files: readonly Built[], wanted: (file: Built) => boolean): ReadonlySet<Built> {
  const found = new Set(files.filter(wanted))
  for (const { imports = [], viteMetadata } of found)
    for (const file of files)
      if (imports.includes(file.fileName) || viteMetadata?.importedCss.has(file.fileName)) found.add(file)
  return found
}

function without(files: ReadonlySet<Built>, before: ReadonlySet<Built>): Built[] {
  return [...files].filter((file) => !before.has(file))
}

function kibOf(files: Iterable<Built>): number {
  let bytes = 0
  for (const { code, source } of files) bytes += gzipSync(code ?? source ?? '').length
  return bytes / 1024
}

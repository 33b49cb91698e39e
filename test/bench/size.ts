/** What has to be downloaded: the library with all it needs, as a bundler gives it to a game, and Dogstar's page. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { type Bench, measured, type Row } from './bench.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** One face of the package bundled alone, everything it needs inside, minified, gzipped. */
async function faceBytes(face: string): Promise<number> {
  const built = await build({
    root: repository,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: true,
      lib: { entry: join(repository, 'net', `${face}.ts`), formats: ['es'], fileName: face },
    },
  })
  const outputs = Array.isArray(built) ? built : [built]
  let bytes = 0
  for (const output of outputs)
    if ('output' in output)
      for (const part of output.output) if (part.type === 'chunk') bytes += gzipSync(part.code).length
  return bytes
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
      measured('starwire with all it needs', 'library', (await faceBytes('index')) / 1024, 'KiB gz', 'lower'),
      measured('starwire/star with all it needs', 'library', (await faceBytes('star')) / 1024, 'KiB gz', 'lower'),
      ...pageRows(),
    ]
  },
}

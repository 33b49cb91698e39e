// Runs a TypeScript program of the repository: `node .ci/run-ts.mjs test/bench/command-line.ts ARGUMENTS`. Node 20 does
// not read TypeScript, so it is bundled first, as a game's own code would be: measured module by module, every call
// would pay for a loader. The program exports `runCommandLine(args): Promise<exit code>`.
import { basename } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'
import { slimPackages } from './slim-packages.mjs'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const [entry = '', ...args] = process.argv.slice(2)
const name = basename(entry, '.ts')
// As deep below the repository as the sources, so that paths relative to a module still hold.
const outDir = at(`../.cache/run-${entry.split('/').slice(-2, -1)}`)
await build({
  configFile: false,
  root: at('..'),
  logLevel: 'error',
  publicDir: false,
  plugins: [slimPackages()],
  // Bundled, so that what is measured and attacked is the reader that pages have.
  ssr: { noExternal: ['msgpackr'] },
  resolve: {
    alias: [
      { find: /^starwire$/, replacement: at('../net/index.ts') },
      { find: /^starwire\/(.+)$/, replacement: at('../net/$1.ts') },
    ],
  },
  build: {
    ssr: at(`../${entry}`),
    outDir,
    emptyOutDir: true,
    // Node 20 knows no `using`.
    target: 'es2022',
    minify: false,
    rollupOptions: { output: { entryFileNames: `${name}.mjs`, chunkFileNames: '[name].mjs' } },
  },
})
const { runCommandLine } = await import(pathToFileURL(`${outDir}/${name}.mjs`).href)
process.exitCode = await runCommandLine(args)

/**
 * The fuzzer's own build: a file per module, where a run of `npm run fuzz` is otherwise one bundle, so that V8's
 * counters, which know scripts and offsets, tell of source files.
 */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

/** Relative to the repository, where npm runs its scripts; below it the paths are those of the sources. */
const FOLDER = '.cache/fuzz/code'

/** Returns the address of the built entry. */
export async function buildModules(entry: string): Promise<URL> {
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    resolve: {
      alias: [
        { find: /^starwire$/, replacement: resolve('net/index.ts') },
        { find: /^starwire\/(.+)$/, replacement: resolve('net/$1.ts') },
      ],
    },
    build: {
      ssr: entry,
      outDir: FOLDER,
      emptyOutDir: true,
      target: 'es2022',
      minify: false,
      rollupOptions: {
        output: { preserveModules: true, preserveModulesRoot: resolve('.'), entryFileNames: '[name].mjs' },
      },
    },
  })
  return pathToFileURL(resolve(FOLDER, entry.replace(/\.ts$/, '.mjs')))
}

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Plugin, UserConfig } from 'vite'
import { defineConfig } from 'vitest/config'
import { slimPackages } from './.ci/slim-packages.mjs'
import { starwire } from './net/vite.ts'
import manifest from './package.json' with { type: 'json' }

/**
 * What the package asks its users' package manager for, so it is not copied into it. But for simple-peer and msgpackr:
 * only their used parts are copied, which is 30 kB less for every page.
 */
const packages = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)].filter(
  (name) => name !== 'simple-peer' && name !== 'msgpackr',
)

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// In the repo `starwire` is net/, exactly as the package's exports name it.
const alias = [
  { find: /^starwire$/, replacement: at('./net/index.ts') },
  { find: /^starwire\/(.+)$/, replacement: at('./net/$1.ts') },
]

/** Where tests count every step of lists, which makes lists slow for good: in a process of their own. */
const STAGED = ['test/net/session/double-work.test.ts']

/** What needs a Redis on this machine, which each of these files starts for itself. */
const WITH_REDIS = ['test/net/signaling/redis/**/*.test.ts']

/** Long tests of three or four drawn pages each: two files beside each other leave two cores too little for any of them. */
const CROWDED = ['test/browser/{host-goes,rounds,voice-migration}.test.ts']

/** Vitest leaves one core to itself by default, which is half of a small machine. */
const WORKERS = Math.max(2, availableParallelism() - 1)

/** Modules are loaded once for all files of a worker: loading them for each takes as long as the tests. */
const shared = {
  pool: 'forks' as const,
  isolate: false,
  setupFiles: ['test/each-file.ts'],
  // Otherwise Node would load it as it is published, and hostile bytes would never meet the reader that pages have.
  server: { deps: { inline: ['msgpackr'] } },
  maxWorkers: WORKERS,
  // Only a test that hangs is at fault: a busy machine is not.
  testTimeout: 60_000,
}

/** The page's service worker, beside the page. */
const WORKER = 'service-worker.js'

/** What is copied into the package has its license beside it. */
const licenses: Plugin = {
  name: 'licenses',
  generateBundle(_, bundle) {
    const copied = Object.keys(bundle).flatMap((path) => /^vendor\/([^/]+)\//.exec(path)?.[1] ?? [])
    for (const name of new Set(copied)) {
      const source = readFileSync(at(`./node_modules/${name}/LICENSE`))
      this.emitFile({ type: 'asset', fileName: `vendor/${name}/LICENSE`, source })
    }
  },
}

/** Tells the page's service worker (src/offline/worker.ts) which files there are, and makes each build's worker another one. */
const offlinePage: Plugin = {
  name: 'offline-page',
  enforce: 'post',
  generateBundle(_, bundle) {
    const worker = bundle[WORKER]
    if (worker?.type !== 'chunk') throw new Error('The page has no service worker.')
    const built = Object.keys(bundle).filter((path) => path.startsWith('assets/') && !path.endsWith('.map'))
    const files = [...built, ...readdirSync(at('./public'))].sort()
    const version = createHash('sha256')
      .update(JSON.stringify(files))
      .update(readFileSync(at('./index.html')))
    worker.code = worker.code
      .replaceAll('__PAGE_FILES__', JSON.stringify(files))
      .replaceAll('__PAGE_VERSION__', JSON.stringify(version.digest('hex').slice(0, 12)))
  },
}

/** `vite build --mode NAME`: the page, the server that serves it, and the package that is published. */
const builds: Record<string, UserConfig> = {
  // The page stands in any folder: of what it needs, nothing is asked for from the root of its host.
  page: {
    base: './',
    plugins: [offlinePage],
    build: {
      outDir: 'dist/page',
      chunkSizeWarningLimit: 1500,
      rollupOptions: {
        input: { index: at('./index.html'), worker: at('./src/offline/worker.ts') },
        // Beside the page, which is what it may see, and under one name: browsers look there for the next one.
        output: {
          entryFileNames: ({ name }) => (name === 'worker' ? WORKER : 'assets/[name]-[hash].js'),
        },
      },
    },
  },
  server: {
    publicDir: false,
    // With its packages inside, the folder dist/ runs anywhere: no node_modules beside it.
    ssr: { noExternal: true },
    build: {
      outDir: 'dist/server',
      ssr: 'src/server.ts',
      target: 'node20',
      rollupOptions: { output: { entryFileNames: 'server.js' } },
    },
  },
  package: {
    publicDir: false,
    plugins: [licenses],
    build: {
      outDir: 'dist/package',
      // Bundlers of those who use the package minify; readable code is worth more to them here.
      minify: false,
      lib: {
        entry: Object.fromEntries(
          [
            'index',
            'star',
            'files',
            'media',
            'node',
            'phaser',
            'records',
            'testing',
            'server',
            'redis',
            'vite',
            'cli',
          ].map((face) => [face, at(`net/${face}.ts`)]),
        ),
        formats: ['es'],
      },
      // File for file as in net/, beside its declarations: what a stack trace names is found at once.
      rollupOptions: {
        // Ours name Node's modules with `node:`; the `buffer` of simple-peer is the one that slimPackages replaces.
        external: [/^node:/, ...packages.map((name) => new RegExp(`^${name}(/|$)`))],
        output: {
          preserveModules: true,
          preserveModulesRoot: at('net'),
          // npm packs no folder of the name node_modules.
          entryFileNames: ({ name }) =>
            `${name.replace(/^.*node_modules\//, 'vendor/').replace(/\.js_reader$/, '')}.js`,
        },
      },
    },
  },
}

export default defineConfig(({ mode }) => ({
  ...builds[mode],
  resolve: { alias },
  // The page's build, too: the plugin tells Dogstar the hash of its rules.
  plugins: [
    slimPackages(),
    ...(builds[mode]?.plugins ?? []),
    ...(['server', 'package', 'test'].includes(mode) ? [] : [starwire()]),
  ],
  // Found only once the game is opened, they would make Vite reload the page in the middle of a lobby.
  optimizeDeps: { include: ['simple-peer/simplepeer.min.js', 'phaser'] },
  test: {
    // `npm test` leaves these out; `npm run test:long` runs nothing else.
    tags: [
      { name: 'long', description: 'Whole minutes of a match, or many machines at once: too long for every commit.' },
    ],
    projects: [
      {
        extends: true as const,
        // All that needs neither a browser nor Redis: the rooms of the package, whole matches in virtual time, Dogstar's rules,
        // and the tools that measure and attack. Together, since each project loads all modules for itself.
        test: {
          ...shared,
          name: 'unit',
          include: ['test/{net,game,sim,fuzz,bench,lab}/**/*.test.ts'],
          exclude: [...STAGED, ...WITH_REDIS],
        },
      },
      {
        extends: true as const,
        test: { ...shared, name: 'staged', include: STAGED, isolate: true },
      },
      {
        extends: true as const,
        test: { ...shared, name: 'redis', include: WITH_REDIS },
      },
      {
        extends: true as const,
        test: {
          ...shared,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: CROWDED,
          // Two at a time: pages of one wait while those of the other work.
          maxWorkers: 2,
          // A build, a browser and its first pages, beside those of another file and whatever else the machine does.
          hookTimeout: 180_000,
          // Real pages on a busy machine: a condition may come late, and a second is no fault.
          expect: { poll: { timeout: 15_000 } },
        },
      },
      {
        extends: true as const,
        // Nothing runs beside these.
        test: {
          ...shared,
          name: 'crowd',
          include: CROWDED,
          maxWorkers: 1,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
}))

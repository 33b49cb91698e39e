import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// In the repo `starwire` is net/, exactly as the package's exports name it.
const alias = [
  { find: /^starwire$/, replacement: at('./net/index.ts') },
  { find: /^starwire\/(.+)$/, replacement: at('./net/$1.ts') },
]

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true as const,
        test: {
          name: 'unit',
          include: ['test/{net,game,sim,fuzz,bench}/**/*.test.ts'],
          pool: 'forks',
          typecheck: { enabled: true, include: ['test/**/*.test-d.ts'] },
        },
      },
      {
        extends: true as const,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})

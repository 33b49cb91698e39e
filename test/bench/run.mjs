// `npm run bench -- NAME [--json FILE] [--full] [--seconds N]`: runs one benchmark and prints its figures; without a
// name, lists them. The benchmarks are TypeScript, which Node 20 does not read, so Vite loads them.
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const loader = await createServer({
  configFile: false,
  root: at('../..'),
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  // Node 20 knows no `using`.
  oxc: { target: 'es2022' },
  optimizeDeps: { noDiscovery: true },
  resolve: {
    alias: [
      { find: /^starwire$/, replacement: at('../../net/index.ts') },
      { find: /^starwire\/(.+)$/, replacement: at('../../net/$1.ts') },
    ],
  },
})
try {
  const { runCommandLine } = await loader.ssrLoadModule(at('./command-line.ts'))
  process.exitCode = await runCommandLine(process.argv.slice(2))
} finally {
  await loader.close()
}

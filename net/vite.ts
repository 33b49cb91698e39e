/**
 * The face `starwire/vite`: a Vite plugin that puts the signalling server into Vite's dev and preview server, so that
 * `vite` alone is enough to play, and the hash of the rules into each game. Vite's own WebSocket for hot reloading is left
 * alone: only `/starwire` is served.
 */
import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CommonServerOptions, Plugin, ResolvedConfig } from 'vite'
import { rulesPlugin } from './build/rules-plugin.ts'
import { createSignalingServer, type SignalingServerOptions, type UpgradingServer } from './server.ts'

export { type HashRulesOptions, hashRules } from './build/hash-rules.ts'

/** The library's own entry, beside this file. Written as `new URL(…)`, our build would copy it in as an asset. */
const face = join(dirname(fileURLToPath(import.meta.url)), 'index')

/** Kept for the whole process, because Vite loads its config anew when it restarts, and lobbies shall survive that. */
const secretKey = Symbol.for('starwire.vite.secret')

function processSecret(): string {
  const kept = globalThis as { [secretKey]?: string }
  kept[secretKey] ??= process.env.STARWIRE_SECRET || randomBytes(32).toString('base64url')
  return kept[secretKey]
}

/** What both of Vite's servers have. `httpServer` is null when Vite runs inside another server (`middlewareMode`). */
interface ViteServer {
  httpServer: (UpgradingServer & { once(event: 'close', listener: () => void): unknown }) | null
  config: ResolvedConfig
}

/** Vite's own rule for the names of its server, so that the two agree; it has none where it serves https. */
function hostsOf({ allowedHosts, host, https }: CommonServerOptions): string[] | null {
  if (allowedHosts === true || https) return null
  const more = process.env.__VITE_ADDITIONAL_SERVER_ALLOWED_HOSTS
  const names = [...(allowedHosts ?? []), typeof host === 'string' ? host : '', more ?? '']
  // Addresses and localhost are allowed as they are; what Vite takes besides names is not for this list.
  return names.filter((name) => /^\.?[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(name) && !/^[\d.]+$/.test(name))
}

/**
 * Signalling for `vite` and `vite preview`, and in development and builds the hash of each game's rules (`hashRules` of the
 * module that calls `defineGame`), so that players of different rules do not meet. Options as of `createSignalingServer`;
 * the secret is random per process unless STARWIRE_SECRET is set. Vite's `base` and `allowedHosts` count here, too, unless
 * options say otherwise. In `middlewareMode` there is no server to attach to, and a warning says what to do instead.
 */
export function starwire(options: SignalingServerOptions = {}): Plugin {
  function serve({ httpServer, config }: ViteServer, of: CommonServerOptions): void {
    if (httpServer === null) {
      config.logger.warn(
        'starwire: Vite runs in middlewareMode, so signalling is off. Attach createSignalingServer() of starwire/server to your own HTTP server.',
      )
      return
    }
    const allowedHosts = hostsOf(of)
    const server = createSignalingServer({
      secret: processSecret(),
      // A relative base, or one on another host, says nothing of a path here.
      ...(config.base.startsWith('/') && !config.base.startsWith('//') && { base: config.base }),
      ...(allowedHosts !== null && { allowedHosts }),
      log: (level, sentence) => config.logger[level](`starwire: ${sentence}`),
      ...options,
    })
    server.attach(httpServer)
    httpServer.once('close', () => {
      void server.close()
    })
  }
  return {
    name: 'starwire',
    ...rulesPlugin(face),
    configureServer: (server) => serve(server, server.config.server),
    configurePreviewServer: (server) => serve(server, server.config.preview),
  }
}

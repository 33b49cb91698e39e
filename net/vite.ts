/**
 * The face `starwire/vite`: a Vite plugin that puts the signalling server into Vite's dev and preview server, so that
 * `vite` alone is enough to play, and the hash of the rules into each game. Vite's own WebSocket for hot reloading is left
 * alone: only `/starwire` is served.
 */
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { Logger, Plugin } from 'vite'
import { rulesPlugin } from './build/rules-plugin.ts'
import { createSignalingServer, type SignalingServerOptions, type UpgradingServer } from './server.ts'

export { type HashRulesOptions, hashRules } from './build/hash-rules.ts'

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
  config: { logger: Logger }
}

/**
 * Signalling for `vite` and `vite preview`, and in development and builds the hash of each game's rules (`hashRules` of the
 * module that calls `defineGame`), so that players of different rules do not meet. Options as of `createSignalingServer`; the secret is random per process unless
 * STARWIRE_SECRET is set. In `middlewareMode` there is no server to attach to, and a warning says what to do instead.
 */
export function starwire(options: SignalingServerOptions = {}): Plugin {
  function serve({ httpServer, config }: ViteServer): void {
    if (httpServer === null) {
      config.logger.warn(
        'starwire: Vite runs in middlewareMode, so signalling is off. Attach createSignalingServer() of starwire/server to your own HTTP server.',
      )
      return
    }
    const server = createSignalingServer({
      secret: processSecret(),
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
    ...rulesPlugin(fileURLToPath(new URL('./index', import.meta.url))),
    configureServer: serve,
    configurePreviewServer: serve,
  }
}

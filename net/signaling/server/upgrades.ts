/**
 * Listens for upgrades on HTTP servers. Several signalling servers may share one HTTP server, with other prefixes, and an
 * HTTP server may have listeners of others: each upgrade goes to the first that takes it, and one that nobody takes is
 * answered here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { answerPlainly, isPlainRequest } from './plain-request.ts'
import { endUpgrade } from './turn-away.ts'

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** What `attach` needs of a server: node:http's, node:https's and Vite's have it. */
export interface UpgradingServer {
  on(event: 'upgrade', listener: UpgradeListener): unknown
  off(event: 'upgrade', listener: UpgradeListener): unknown
  /** Missing in a server that is none of Node's: its other upgrades are then left alone. */
  // biome-ignore lint/complexity/noBannedTypes: what others have added may be any function, and Node says no more.
  listeners?(event: 'upgrade'): Function[]
  emit?(event: 'request', request: IncomingMessage, response: ServerResponse): unknown
}

/** Upgrade listeners of all signalling servers in this process. */
const attached = new WeakSet<object>()

/**
 * @param take takes the upgrade, or returns false.
 * @param nobody hears of each upgrade that nobody serves and that is refused here.
 * @returns what detaches again.
 */
export function attachTo(
  server: UpgradingServer,
  take: (...upgrade: Parameters<UpgradeListener>) => boolean,
  nobody: () => void,
): () => void {
  const upgrade: UpgradeListener = (request, socket, head) => {
    if (take(request, socket, head)) return
    const all = server.listeners?.('upgrade') ?? []
    // Only the last of ours answers, and none where listeners of others may.
    if (all.at(-1) !== upgrade || !all.every((listener) => attached.has(listener))) return
    if (server.emit && isPlainRequest(request))
      return answerPlainly(request, socket, (...given) => server.emit?.('request', ...given))
    // Node does not close it once there is a listener, so it would stay open for ever.
    nobody()
    endUpgrade(socket, '404 Not Found')
  }
  attached.add(upgrade)
  server.on('upgrade', upgrade)
  return () => void server.off('upgrade', upgrade)
}

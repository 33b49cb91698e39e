/**
 * Where the processes of a service reach each other: each tells the store its own address, again and again. They show each other a
 * signed token, so that nobody else gets in there.
 */
import type { Cancel } from '../../../platform/platform.ts'
import type { ServerPlatform } from '../server-platform.ts'
import type { LobbyStore } from '../store.ts'

/** The header by which a process shows that it is one. */
export const PEER_HEADER = 'starwire-peer'

/** A process shows its token to another one at once; clocks of machines may differ by some seconds. */
export const PEER_TOKEN_MS = 30_000

/** Where this process is reached stands in the store for so long, in ms, and is said anew three times as often. */
export const ANNOUNCED_MS = 30_000

export interface AnnouncingOptions {
  readonly store: Pick<LobbyStore, 'announce'>
  readonly platform: Pick<ServerPlatform, 'after'>
  warn(sentence: string): void
}

/** Tells other processes where this one is reached under this name, again and again. The result ends that. */
export function announce({ store, platform, warn }: AnnouncingOptions, process: string, url: string): Cancel {
  let cancel: Cancel = () => {}
  let isOver = false
  const again = (): void => {
    store
      .announce(process, url, ANNOUNCED_MS)
      .catch((error: unknown) => warn(`The store is not told where this process is reached: ${String(error)}`))
      .finally(() => {
        if (!isOver) cancel = platform.after(ANNOUNCED_MS / 3, again)
      })
  }
  again()
  return () => {
    isOver = true
    cancel()
  }
}

/** Whether this is the address of a WebSocket, without a name or a password in it. */
export function isPeerUrl(text: string): boolean {
  try {
    const { protocol, username, password, hash } = new URL(text)
    return (protocol === 'ws:' || protocol === 'wss:') && `${username}${password}${hash}` === ''
  } catch {
    return false
  }
}

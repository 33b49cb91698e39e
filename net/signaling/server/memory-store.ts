/** The lobby store of a service that is one process. */
import { type Address, type Lobby, type LobbyStore, processOf } from './store.ts'

export interface MemoryStoreOptions {
  /** Lobbies in all. A lobby takes about 1 kB with its socket. */
  maxLobbies: number
  now(): number
}

export function createMemoryStore({ maxLobbies, now }: MemoryStoreOptions): LobbyStore {
  // In the order in which their leases end: all leases are equally long, and a renewed lobby moves to the back.
  const lobbies = new Map<string, { lobby: Lobby; expiresAt: number }>()
  const processes = new Map<string, (to: Address, text: string) => boolean>()

  function dropExpired(): void {
    for (const [code, entry] of lobbies) {
      if (entry.expiresAt > now()) return
      lobbies.delete(code)
    }
  }

  function find(code: string): Lobby | null {
    const entry = lobbies.get(code)
    return entry !== undefined && entry.expiresAt > now() ? entry.lobby : null
  }

  function put(lobby: Lobby, leaseMs: number): void {
    lobbies.delete(lobby.code)
    lobbies.set(lobby.code, { lobby, expiresAt: now() + leaseMs })
  }

  function holds(lobby: Lobby): boolean {
    const found = find(lobby.code)
    return found !== null && found.id === lobby.id && found.holder === lobby.holder
  }

  return {
    async create(lobby, leaseMs) {
      dropExpired()
      if (find(lobby.code) !== null) return 'taken'
      if (lobbies.size >= maxLobbies) return 'full'
      put(lobby, leaseMs)
      return 'created'
    },
    async takeBack(lobby, leaseMs) {
      dropExpired()
      const found = find(lobby.code)
      if (found !== null && found.id !== lobby.id) return { outcome: 'taken' }
      if (found === null && lobbies.size >= maxLobbies) return { outcome: 'full' }
      put(lobby, leaseMs)
      return { outcome: 'held', previous: found?.holder ?? null }
    },
    async renew(lobby, leaseMs) {
      if (!holds(lobby)) return false
      put(lobby, leaseMs)
      return true
    },
    async release(lobby) {
      const entry = lobbies.get(lobby.code)
      if (entry !== undefined && holds(lobby)) entry.lobby = { ...lobby, holder: null }
    },
    async delete(lobby) {
      if (holds(lobby)) lobbies.delete(lobby.code)
    },
    async get(code) {
      return find(code)
    },
    async listen(process, deliver) {
      processes.set(process, deliver)
      return async () => {
        processes.delete(process)
      }
    },
    async send(to, text) {
      return processes.get(processOf(to))?.(to, text) ?? false
    },
  }
}

/** The sockets of one process: by their own name, and by the address that they come from. */
import type { Connection } from './connection.ts'

export class Sockets {
  readonly #connections = new Map<string, Connection>()
  /** Oldest first. */
  readonly #byAddress = new Map<string, Set<Connection>>()
  /** Those that had said nothing when they were looked at last, oldest first. */
  readonly #newcomers = new Set<Connection>()

  get size(): number {
    return this.#connections.size
  }

  get(name: string): Connection | undefined {
    return this.#connections.get(name)
  }

  all(): Connection[] {
    return [...this.#connections.values()]
  }

  /** Those of an address, in one step; some may be told to go already. */
  countOf(address: string): number {
    return this.#byAddress.get(address)?.size ?? 0
  }

  /** Those of an address that were not told to go, oldest first: the others are about to, and take nobody's place. */
  staying(address: string): Connection[] {
    return [...(this.#byAddress.get(address) ?? [])].filter(({ expelled }) => !expelled)
  }

  /** The oldest that has said nothing yet and was not told to go. Each socket is passed over once, so it costs nothing to ask. */
  oldestNewcomer(): Connection | undefined {
    for (const connection of this.#newcomers) {
      if (connection.role === null && connection.epoch === 0 && !connection.expelled) return connection
      this.#newcomers.delete(connection)
    }
    return undefined
  }

  hostsOf(address: string): number {
    return [...(this.#byAddress.get(address) ?? [])].filter(({ role }) => role?.kind === 'host').length
  }

  /** Those of an address whose lobby is in the public list, or about to be. */
  listedOf(address: string): number {
    return [...(this.#byAddress.get(address) ?? [])].filter(isListed).length
  }

  count(kind: 'host' | 'guest' | 'heir' | 'finder'): number {
    return this.all().filter(({ role }) => role?.kind === kind).length
  }

  countListed(): number {
    return this.all().filter(isListed).length
  }

  add(connection: Connection): void {
    this.#connections.set(connection.address, connection)
    this.#newcomers.add(connection)
    const { address } = connection.from
    const siblings = this.#byAddress.get(address) ?? new Set()
    this.#byAddress.set(address, siblings.add(connection))
  }

  delete(connection: Connection): void {
    this.#connections.delete(connection.address)
    this.#newcomers.delete(connection)
    this.leave(connection)
  }

  /** It was told to go, and counts for its address no more. A thousand that are closing do not make the next one slow. */
  leave(connection: Connection): void {
    const { address } = connection.from
    const siblings = this.#byAddress.get(address)
    siblings?.delete(connection)
    if (siblings?.size === 0) this.#byAddress.delete(address)
  }
}

function isListed({ role }: Connection): boolean {
  return role?.kind === 'host' && role.listed !== null
}

/** Where a peer of the lab can be: what stands between it and the rest of the lab's internet. Plain data; internet.ts builds it. */

export interface Place {
  readonly name: string
  readonly summary: string
  /** 6: the place has no IPv4 at all. */
  readonly family: 4 | 6
  /**
   * What its router does with what goes out and comes in.
   * - `none`: public addresses, nothing is kept out.
   * - `full-cone`: one outer port for each inner port, open for everybody.
   * - `port-restricted`: one outer port for each inner port, open for whom the host has sent to.
   * - `symmetric`: another outer port for each destination, open for that destination.
   * - `stateful`: public addresses, open for whom the host has sent to.
   */
  readonly router: 'none' | 'full-cone' | 'port-restricted' | 'symmetric' | 'stateful'
  /** Whether only TCP to port 443 goes out. */
  readonly onlyWeb: boolean
  /** Whether the host has a second interface with an address that leads nowhere, as a broken VPN has. */
  readonly deadInterface: boolean
  /** A line of few bits, and of a delay of its own where the lab's lines have one. Null: as wide as the machine. */
  readonly narrow: { readonly upKilobits: number; readonly downKilobits: number; readonly delayMs: number } | null
}

const plain = { family: 4, router: 'port-restricted', onlyWeb: false, deadInterface: false, narrow: null } as const

export const places: readonly Place[] = [
  { ...plain, name: 'public', summary: 'a public address, nothing is kept out', router: 'none' },
  { ...plain, name: 'full-cone', summary: 'NAT with one open port for each of the host', router: 'full-cone' },
  { ...plain, name: 'port-restricted', summary: 'NAT of most homes: open for whom the host has sent to' },
  { ...plain, name: 'symmetric', summary: 'NAT with another port for each destination', router: 'symmetric' },
  { ...plain, name: 'only-443', summary: 'firewall that lets only TCP to port 443 out', onlyWeb: true },
  { ...plain, name: 'ipv6', summary: 'IPv6 alone, behind a stateful firewall', family: 6, router: 'stateful' },
  {
    ...plain,
    name: 'dead-vpn',
    summary: 'as port-restricted, and an interface that leads nowhere',
    deadInterface: true,
  },
  {
    ...plain,
    name: 'narrow',
    summary: 'as port-restricted, over a slow line: 1 Mbit/s down, 256 kbit/s up',
    // 3G at the edge of its cell.
    narrow: { upKilobits: 256, downKilobits: 1000, delayMs: 100 },
  },
]

/** @throws Error with a sentence when there is no such place. */
export function placeOf(name: string): Place {
  const found = places.find((place) => place.name === name)
  if (found) return found
  throw new Error(`There is no place "${name}". There are ${places.map(({ name }) => name).join(', ')}.`)
}

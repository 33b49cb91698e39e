/**
 * A page that its host opened at `localhost` has a link that works on this one computer. The server knows by which
 * addresses the network reaches it, and tells them to such a page only.
 */
import { useEffect, useState } from 'preact/hooks'

/** Whether nobody else reaches this page under this name. */
export function isOnlyHere(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/i.test(hostname)
}

/** The addresses in what the server answered, most likely first: a home network, then larger ones, a container's last. */
export function lanAddressesIn(answer: unknown): string[] {
  const list: unknown = (answer as { addresses?: unknown } | null)?.addresses
  if (!Array.isArray(list)) return []
  const addresses = list.filter((address): address is string => typeof address === 'string' && isAddress(address))
  const rank = (address: string) => ['192.168.', '10.', '172.'].findIndex((start) => address.startsWith(start))
  const order = [0, 1, -1, 2]
  return addresses.sort((a, b) => order.indexOf(rank(a)) - order.indexOf(rank(b)))
}

/** IPv4, but neither this computer's own nor one that a machine gives itself when nobody gives it any. */
function isAddress(text: string): boolean {
  return /^(?!127\.|0\.|169\.254\.)(\d{1,3}\.){3}\d{1,3}$/.test(text)
}

/** Null until the server has answered, or where nothing is to be asked. */
export function useLanAddresses(): readonly string[] | null {
  const [addresses, setAddresses] = useState<readonly string[] | null>(null)
  useEffect(() => {
    if (!isOnlyHere(location.hostname)) return
    const given = new AbortController()
    fetch(new URL('lan.json', document.baseURI), { signal: given.signal })
      .then(async (response) => setAddresses(response.ok ? lanAddressesIn(await response.json()) : []))
      // No such server, or none that knows: then the page says what it knows.
      .catch(() => given.signal.aborted || setAddresses([]))
    return () => given.abort()
  }, [])
  return addresses
}

/**
 * Which pages may use this server. Two headers decide, which the browser writes and no page can forge: Origin says where the
 * page is from, Host by which name it reached this server. A rule that can never match is refused when the server starts.
 */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { maskAddresses } from '../../errors/mask-addresses.ts'

/**
 * `same-host`: pages that this host served; it may also stand in a list. `*`: all pages. A request without Origin comes from
 * a program that is no page: these rules let it in.
 */
export type AllowedOrigins = 'same-host' | '*' | readonly string[]

export interface OriginRules {
  /** Null when it may connect, else which of the two headers was wrong. */
  refusal(request: IncomingMessage): 'origin' | 'host' | null
}

/**
 * Whether a request names this server by one of its names; see `allowedHosts` of `createSignalingServer`.
 * @throws Error with a sentence for the operator about the first name that could never match.
 */
export function hostRules(hosts: readonly string[] | undefined): { allows(request: IncomingMessage): boolean } {
  const names = hosts?.map(readHost)
  return { allows: ({ headers }) => names === undefined || hostAllowed(headers.host, names) }
}

/** @throws Error with a sentence for the operator about the first entry that could never match. */
export function originRules(allowed: AllowedOrigins, hosts: readonly string[] | undefined): OriginRules {
  const list = typeof allowed === 'string' ? [allowed] : [...allowed]
  const origins = new Set(list.map(readOrigin))
  const names = hostRules(hosts)

  function originAllowed(origin: string, host: string | undefined): boolean {
    if (origins.has('*') || origins.has(origin)) return true
    if (!origins.has('same-host') || !URL.canParse(origin)) return false
    // Host and port only: a proxy that ends TLS makes https of http.
    const from = new URL(origin)
    return from.host !== '' && from.host === hostOf(host, from.protocol)
  }

  return {
    refusal(request) {
      const { headers } = request
      if (!names.allows(request)) return 'host'
      return headers.origin === undefined || originAllowed(headers.origin, headers.host) ? null : 'origin'
    },
  }
}

/** The Host header as a URL has it: in lower case, without the default port. */
function hostOf(host: string | undefined, protocol: string): string | null {
  const text = `${protocol}//${host}`
  return host !== undefined && URL.canParse(text) ? new URL(text).host : null
}

function readOrigin(text: unknown): string {
  if (typeof text !== 'string') throw new Error(`An allowed origin is a text, not ${String(text)}.`)
  const given = text.trim()
  if (given === '*' || given === 'same-host' || given === 'null') return given
  const entry = `The allowed origin ${JSON.stringify(text)} can never match`
  if (given.includes('*')) throw new Error(`${entry}: write each origin in full, or "*" alone for all pages.`)
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(given) ?? []
  if (scheme === '')
    throw new Error(
      `${entry}: write it with its scheme, as https://${given.replace(/^\/+|\/+$/g, '') || 'my-game.example'}.`,
    )
  if (!URL.canParse(given)) throw new Error(`${entry}: it is no address.`)
  const url = new URL(given)
  if (/^wss?$/i.test(scheme))
    throw new Error(
      `${entry}: it is where the page is from, so write http${/s$/i.test(scheme) ? 's' : ''}://${url.host}.`,
    )
  const isBare =
    /^\/?$/.test(url.pathname) && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  if (!isBare || url.host === '')
    throw new Error(
      `${entry}: an origin is scheme, host and port alone, as ${scheme}://${url.host || 'my-game.example'}.`,
    )
  // URL knows no origin for other schemes, such as an app's own. Browsers send these as they are written.
  return url.origin === 'null' ? `${url.protocol}//${url.host.toLowerCase()}` : url.origin
}

function readHost(text: unknown): string {
  const given = typeof text === 'string' ? text.trim().replace(/\.$/, '') : ''
  const dot = given.startsWith('.') ? '.' : ''
  const name = given.slice(dot.length)
  if (/^[^\s:/?#@*[\]]+$/.test(name) && URL.canParse(`http://${name}`)) return dot + new URL(`http://${name}`).hostname
  throw new Error(
    `The allowed host ${JSON.stringify(text)} can never match: write a name alone, as play.example.org, or .example.org for all below it.`,
  )
}

/**
 * A foreign site can let a name of its own point to this server (DNS rebinding). A page of it then has a Host and an Origin
 * that agree, and both are foreign. Nobody can do so with an IP address or with localhost, so these are always allowed.
 */
function hostAllowed(header: string | undefined, names: readonly string[]): boolean {
  const host = hostOf(header, 'http:')
  if (host === null) return false
  const name = new URL(`http://${host}`).hostname.replace(/\.$/, '')
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0 || name === 'localhost' || name.endsWith('.localhost')) return true
  return names.some((allowed) =>
    allowed.startsWith('.') ? name === allowed.slice(1) || name.endsWith(allowed) : name === allowed,
  )
}

/** So many origins and hosts are told of; a list of a thousand strangers helps nobody. */
const MAX_TOLD_ORIGINS = 50

/** Tells the operator, once for each refused origin or host, which setting would allow it. A page may come from a player's own machine: its address is masked. */
export function refusalLog(log: (level: 'warn', sentence: string) => void) {
  const told = new Set<string>()
  return (why: 'origin' | 'host', { headers }: IncomingMessage): void => {
    const header = (why === 'origin' ? headers.origin : headers.host) ?? ''
    const name = header.slice(0, 200)
    const key = `${why} ${name}`
    if (told.has(key) || told.size > MAX_TOLD_ORIGINS) return
    told.add(key)
    const quoted = JSON.stringify(name)
    if (told.size > MAX_TOLD_ORIGINS) log('warn', 'More origins were refused; they are counted, and no longer named.')
    else if (why === 'host')
      log(
        'warn',
        `A page that reached this server as ${quoted} was refused. If that name is yours, add it to STARWIRE_HOSTS or allowedHosts.`,
      )
    else
      log(
        'warn',
        `A page of ${maskAddresses(quoted)} was refused (this server is ${JSON.stringify(headers.host ?? '')}). If it is yours, add its origin to STARWIRE_ORIGINS or allowedOrigins; if a proxy is in front, let it keep the Host header.`,
      )
  }
}

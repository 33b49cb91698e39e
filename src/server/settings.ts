/** What the operator sets for the production server, from the environment. */
import { limitsFromEnvironment, readBase, type SignalingLimits } from 'starwire/server'

export const DEFAULT_PORT = 8080

export interface ServerSettings {
  readonly port: number
  /** Whether limits count by X-Forwarded-For. */
  readonly trustProxy: boolean
  /** The prefix that a proxy leaves in the path, with a slash at each end. */
  readonly base: string
  /** Origins of pages that may use the signalling, besides this server's own; undefined for its own alone. */
  readonly allowedOrigins: string[] | undefined
  /** The names of this server; undefined for any. */
  readonly allowedHosts: string[] | undefined
  /** The Redis of a service of many processes; undefined for one process alone. */
  readonly redis: { readonly url: string; readonly prefix: string } | undefined
  /** Where Prometheus reads; undefined for nowhere. */
  readonly metrics: { readonly port: number; readonly host: string } | undefined
  /** The form of what the operator is told. */
  readonly log: 'text' | 'json'
  /** Whether hosts are given marks of their guests' addresses. */
  readonly addressMarks: boolean
  readonly limits: Partial<SignalingLimits>
}

type Environment = Readonly<Record<string, string | undefined>>

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new Error(
    `PORT is "${text}", which is no port: set it to a number from 1 to 65535, or leave it out for ${DEFAULT_PORT}.`,
  )
}

function readSwitch(name: string, text: string | undefined): boolean {
  const given = text?.trim().toLowerCase() ?? ''
  if (['1', 'true', 'yes', 'on'].includes(given)) return true
  if (['', '0', 'false', 'no', 'off'].includes(given)) return false
  throw new Error(`${name} is "${text}": set it to 1, or leave it out.`)
}

/** A list with commas between; undefined when it is empty. */
function readList(text: string | undefined): string[] | undefined {
  const entries = (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  return entries.length > 0 ? entries : undefined
}

function readRedis(url = '', prefix = 'starwire:'): ServerSettings['redis'] {
  if (url.trim() === '') return undefined
  if (/^[\w:.-]{1,40}$/.test(prefix)) return { url: url.trim(), prefix }
  throw new Error(`STARWIRE_REDIS_PREFIX is "${prefix}": write up to 40 letters, digits and :._- such as starwire:`)
}

/** A port, or host:port. Only this machine can reach it unless a host is named. */
function readMetrics(text = ''): ServerSettings['metrics'] {
  const given = text.trim()
  if (given === '') return undefined
  const [, host = '127.0.0.1', port = ''] = /^(?:([\w.-]+|\[[\da-f:]+\]):)?(\d{1,5})$/i.exec(given) ?? []
  if (port !== '' && Number(port) <= 65_535) return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
  throw new Error(
    `STARWIRE_METRICS is "${given}": set it to a port such as 9464, or to host:port such as 0.0.0.0:9464.`,
  )
}

function readLogForm(text = ''): 'text' | 'json' {
  const given = text.trim().toLowerCase() || 'text'
  if (given === 'text' || given === 'json') return given
  throw new Error(`STARWIRE_LOG is "${text}": set it to json for one object a line, or leave it out.`)
}

/** @throws Error with a sentence for the operator about the first setting that cannot be. */
export function readSettings(environment: Environment): ServerSettings {
  const origins = readList(environment.STARWIRE_ORIGINS)
  return {
    port: readPort(environment.PORT),
    trustProxy: readSwitch('STARWIRE_TRUST_PROXY', environment.STARWIRE_TRUST_PROXY),
    base: readBase(environment.STARWIRE_BASE ?? '/'),
    allowedOrigins: origins && ['same-host', ...origins],
    allowedHosts: readList(environment.STARWIRE_HOSTS),
    redis: readRedis(environment.STARWIRE_REDIS, environment.STARWIRE_REDIS_PREFIX),
    metrics: readMetrics(environment.STARWIRE_METRICS),
    log: readLogForm(environment.STARWIRE_LOG),
    addressMarks: readSwitch('STARWIRE_ADDRESS_MARKS', environment.STARWIRE_ADDRESS_MARKS),
    limits: limitsFromEnvironment(environment),
  }
}

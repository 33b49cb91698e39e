/** What the operator sets for the production server, from the environment. */
import { readBase } from 'starwire/server'

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

function readSwitch(text: string | undefined): boolean {
  const given = text?.trim().toLowerCase() ?? ''
  if (['1', 'true', 'yes', 'on'].includes(given)) return true
  if (['', '0', 'false', 'no', 'off'].includes(given)) return false
  throw new Error(`STARWIRE_TRUST_PROXY is "${text}": set it to 1 behind a proxy, or leave it out.`)
}

/** A list with commas between; undefined when it is empty. */
function readList(text: string | undefined): string[] | undefined {
  const entries = (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  return entries.length > 0 ? entries : undefined
}

/** @throws Error with a sentence for the operator about the first setting that cannot be. */
export function readSettings(environment: Environment): ServerSettings {
  const origins = readList(environment.STARWIRE_ORIGINS)
  return {
    port: readPort(environment.PORT),
    trustProxy: readSwitch(environment.STARWIRE_TRUST_PROXY),
    base: readBase(environment.STARWIRE_BASE ?? '/'),
    allowedOrigins: origins && ['same-host', ...origins],
    allowedHosts: readList(environment.STARWIRE_HOSTS),
  }
}

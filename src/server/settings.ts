/** What the operator sets for the production server, from the environment. */

export const DEFAULT_PORT = 8080

export interface ServerSettings {
  readonly port: number
  /** Whether limits count by X-Forwarded-For. */
  readonly trustProxy: boolean
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

/** @throws Error with a sentence for the operator about the first setting that cannot be. */
export function readSettings(environment: Environment): ServerSettings {
  return { port: readPort(environment.PORT), trustProxy: environment.STARWIRE_TRUST_PROXY === '1' }
}

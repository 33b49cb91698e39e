/** Which STUN and TURN servers the pages are given, from the environment of the process. */
import { createHmac, randomBytes } from 'node:crypto'
import type { IceServer } from '../protocol.ts'

/** Given when STARWIRE_STUN is not set. It is free, run by Google, and sees the players' addresses. `none` turns it off. */
export const DEFAULT_STUN = 'stun:stun.l.google.com:19302'

/** How long TURN credentials last: 12 h, longer than an evening of play. A host gets new ones with every guest. */
export const TURN_CREDENTIAL_SECONDS = 12 * 3600

export type IceServers = (now: number) => IceServer[]

type Environment = Readonly<Record<string, string | undefined>>

function urlsFrom(environment: Environment, name: string, schemes: string[]): string[] {
  const urls = (environment[name] ?? '')
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '')
  for (const url of urls) {
    if (!schemes.some((scheme) => url.startsWith(`${scheme}:`))) {
      const forms = schemes.map((scheme) => `${scheme}:host:port`).join(' or ')
      throw new Error(`${name} has the entry "${url}": write each as ${forms}, with commas between.`)
    }
  }
  return urls
}

/**
 * Reads STARWIRE_STUN (comma list, or `none`), STARWIRE_TURN (comma list) and for TURN either STARWIRE_TURN_SECRET
 * (coturn's static-auth-secret: a credential that expires is made for each lobby and guest) or STARWIRE_TURN_USERNAME
 * with STARWIRE_TURN_CREDENTIAL.
 * @throws Error with a sentence for the operator when these do not fit together.
 */
export function iceServersFromEnvironment(environment: Environment): IceServers {
  const noStun = environment.STARWIRE_STUN?.trim() === 'none'
  const stun = noStun ? [] : urlsFrom(environment, 'STARWIRE_STUN', ['stun', 'stuns'])
  if (!noStun && stun.length === 0) stun.push(DEFAULT_STUN)
  const turn = urlsFrom(environment, 'STARWIRE_TURN', ['turn', 'turns'])
  const fixed: IceServer[] = stun.length > 0 ? [{ urls: stun }] : []
  if (turn.length === 0) return () => fixed

  const secret = environment.STARWIRE_TURN_SECRET
  if (secret !== undefined && secret !== '') {
    return (now) => [...fixed, { urls: turn, ...turnCredential(secret, now) }]
  }
  const username = environment.STARWIRE_TURN_USERNAME
  const credential = environment.STARWIRE_TURN_CREDENTIAL
  if (!username || !credential) {
    throw new Error(
      'STARWIRE_TURN is set without a way to log in: set STARWIRE_TURN_SECRET, or STARWIRE_TURN_USERNAME and STARWIRE_TURN_CREDENTIAL.',
    )
  }
  return () => [...fixed, { urls: turn, username, credential }]
}

/** In a credential's name, bytes of chance: one page has one, and none is told by it. */
const NAME_BYTES = 9

/**
 * The "TURN REST API" scheme, as coturn's `use-auth-secret` checks it: the username is the second in which it ends, and a name. coturn's
 * `user-quota` counts by the name alone, so under one name all players of a service would share it.
 */
export function turnCredential(secret: string, now: number): { username: string; credential: string } {
  const name = randomBytes(NAME_BYTES).toString('base64url')
  const username = `${Math.floor(now / 1000) + TURN_CREDENTIAL_SECONDS}:${name}`
  return { username, credential: createHmac('sha1', secret).update(username).digest('base64') }
}

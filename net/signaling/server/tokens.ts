/**
 * Host tokens: proof that somebody was given a lobby, readable by any process that knows the secret and kept by none. So
 * a restarted server, which remembers nothing, can give a running lobby back to its host.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import * as v from 'valibot'
import { parseCode } from '../code.ts'

export interface HostClaim {
  code: string
  /** The lobby's id, as `Lobby.id`. */
  id: string
  /** When the token ends, in ms since 1970. */
  expiresAt: number
}

const claimSchema = v.strictObject({
  code: v.pipe(
    v.string(),
    v.check((text) => parseCode(text) === text),
  ),
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  expiresAt: v.pipe(v.number(), v.safeInteger()),
})

function signature(payload: string, secret: string): Buffer {
  // The label keeps a signature made with the same secret for another purpose from being a host token.
  return createHmac('sha256', secret).update(`starwire host token\n${payload}`).digest()
}

export function signHostToken(claim: HostClaim, secret: string): string {
  const payload = Buffer.from(JSON.stringify(claim)).toString('base64url')
  return `${payload}.${signature(payload, secret).toString('base64url')}`
}

/** What the token proves, or null when it is forged, damaged or expired. Never throws. */
export function readHostToken(token: string, secret: string, now: number): HostClaim | null {
  const dot = token.indexOf('.')
  if (dot < 0) return null
  const payload = token.slice(0, dot)
  const given = Buffer.from(token.slice(dot + 1), 'base64url')
  const right = signature(payload, secret)
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null
  try {
    const claim = v.parse(claimSchema, JSON.parse(Buffer.from(payload, 'base64url').toString()))
    return claim.expiresAt > now ? claim : null
  } catch {
    return null
  }
}

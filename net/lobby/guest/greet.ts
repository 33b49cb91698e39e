/**
 * The greeting over an open link, on the guest's side: the guest says hello, the host answers with welcome or a refusal. Ends in
 * one of the two within 5 s.
 */
import { StarwireError } from '../../errors/starwire-error.ts'
import type { Timers } from '../../platform/platform.ts'
import type { Link, LinkCloseReason } from '../../transport/link.ts'
import type { Reason } from '../../wire/reasons.ts'
import { WIRE_VERSION } from '../../wire/version.ts'
import { decodeHostMessage, encodeMessage, type GuestMessage, type HostMessage } from '../messages.ts'
import { cleanName } from '../names.ts'

/** A host's page that is awake answers a hello at once; one that takes longer is asleep. */
const WELCOME_DEADLINE_MS = 5000

export type Welcome = Extract<HostMessage, { kind: 'welcome' }>

export interface Greeting {
  readonly name: string
  readonly hash: string
  /** The token of the seat that this guest had; null when they are new. */
  readonly resume: string | null
  readonly timers: Timers
}

export interface GreetHandlers {
  /** The guest sits. Listen to the link in here: the next message may follow at once. */
  welcomed(welcome: Welcome): void
  /** The link is closed. */
  failed(error: StarwireError): void
}

/** Why a guest's lobby ended, by the reason with which its link was closed. */
export const reasonOf: Record<LinkCloseReason, Reason> = {
  left: 'host-left',
  lost: 'host-left',
  away: 'host-left',
  'host-left': 'host-left',
  kicked: 'kicked',
  banned: 'banned',
  'rules-failed': 'rules-failed',
  replaced: 'replaced',
}

/** Returns a function that gives up: it closes the link, and no handler is called. */
export function greet(
  link: Link,
  { name, hash, resume, timers }: Greeting,
  { welcomed, failed }: GreetHandlers,
): () => void {
  let done = false
  const finish = (tell: () => void): void => {
    if (done) return
    done = true
    stopTimer()
    tell()
    // A host that slept hears hello and goodbye in one moment. `away` keeps the seat that the hello asked for.
    link.close(resume === null ? 'left' : 'away')
  }
  const fail = (error: StarwireError): void => finish(() => failed(error))
  const stopTimer = timers.after(WELCOME_DEADLINE_MS, () => fail(new StarwireError('host-silent', 'no welcome')))
  link.listen({
    message: (lane, bytes) => {
      if (lane !== 'bulk' || done) return
      const message = decodeHostMessage(bytes)
      if (message?.kind === 'refused') return fail(refusalError(message))
      if (message?.kind !== 'welcome') return
      done = true
      stopTimer()
      welcomed(message)
    },
    closed: (reason) => fail(new StarwireError(isSilence(reason) ? 'host-silent' : reasonOf[reason], reason)),
  })
  // A longer name would be refused as no message at all; the host cleans it again.
  const hello: GuestMessage = { kind: 'hello', protocol: WIRE_VERSION, name: cleanName(name), hash }
  link.send('bulk', encodeMessage(resume === null ? hello : { ...hello, resume }))
  return () => finish(() => {})
}

function refusalError({ reason, text = null }: Extract<HostMessage, { kind: 'refused' }>): StarwireError {
  const protocol = reason === 'version-mismatch' ? `; this page speaks Starwire's protocol ${WIRE_VERSION}` : ''
  return new StarwireError(reason, `refused by the host${protocol}`, null, { hostText: text })
}

function isSilence(reason: LinkCloseReason): boolean {
  return reason === 'left' || reason === 'lost' || reason === 'away'
}

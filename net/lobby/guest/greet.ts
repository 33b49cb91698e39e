/** The first words over an open link, from the guest's side: hello, and then welcome or the reason why not. */
import type { Timers } from '../../platform/platform.ts'
import type { Link, LinkCloseReason } from '../../transport/link.ts'
import type { Reason } from '../../wire/reasons.ts'
import { WIRE_VERSION } from '../../wire/version.ts'
import { decodeHostMessage, encodeMessage, type GuestMessage, type HostMessage } from '../messages.ts'
import { cleanName } from '../names.ts'

/** The host's page answers a hello at once; longer and it is asleep. */
const WELCOME_DEADLINE_MS = 5000

export type Welcome = Extract<HostMessage, { kind: 'welcome' }>

export interface Greeting {
  readonly name: string
  readonly hash: string
  /** Of the seat that this guest had; null for a new one. */
  readonly resume: string | null
  readonly timers: Timers
}

export interface GreetHandlers {
  /** Whoever goes on listens to the link in here: the next message may follow at once. */
  welcomed(welcome: Welcome): void
  /** The link is closed. */
  failed(reason: Reason, detail: string): void
}

/** Why a guest's lobby ended, by how its link did. */
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

/** Returns what gives up: the link is closed, and neither handler is called. */
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
    // A host that slept hears hello and goodbye in one go: the seat that was asked for must outlive that.
    link.close(resume === null ? 'left' : 'away')
  }
  const fail = (reason: Reason, detail: string): void => finish(() => failed(reason, detail))
  const stopTimer = timers.after(WELCOME_DEADLINE_MS, () => fail('host-silent', 'no welcome'))
  link.listen({
    message: (lane, bytes) => {
      if (lane !== 'bulk' || done) return
      const message = decodeHostMessage(bytes)
      if (message?.kind === 'refused') return fail(message.reason, refusalDetail(message.reason))
      if (message?.kind !== 'welcome') return
      done = true
      stopTimer()
      welcomed(message)
    },
    closed: (reason) => fail(isSilence(reason) ? 'host-silent' : reasonOf[reason], reason),
  })
  // A longer name would be refused as no message at all; the host cleans it again.
  const hello: GuestMessage = { kind: 'hello', protocol: WIRE_VERSION, name: cleanName(name), hash }
  link.send('bulk', encodeMessage(resume === null ? hello : { ...hello, resume }))
  return () => finish(() => {})
}

function refusalDetail(reason: Reason): string {
  const protocol = reason === 'version-mismatch' ? `; this page speaks Starwire's protocol ${WIRE_VERSION}` : ''
  return `refused by the host${protocol}`
}

function isSilence(reason: LinkCloseReason): boolean {
  return reason === 'left' || reason === 'lost' || reason === 'away'
}

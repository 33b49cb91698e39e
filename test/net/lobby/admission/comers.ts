/** Guests of a table who come by a browser of their own and say hello by hand. */
import {
  decodeHostMessage,
  encodeMessage,
  type GuestMessage,
  type HostMessage,
} from '../../../../net/lobby/messages.ts'
import type { Link, LinkCloseReason } from '../../../../net/transport/link.ts'
import { loopbackPair } from '../../../../net/transport/loopback.ts'
import { WIRE_VERSION } from '../../../../net/wire/version.ts'
import type { PlayerId } from '../../../../net/world/ids.ts'
import { settle, type Table, yard } from '../support.ts'

export const hello = { kind: 'hello', protocol: WIRE_VERSION, name: 'Mallory', hash: yard.hash } as const

export interface Comer {
  readonly link: Link
  readonly heard: HostMessage[]
  readonly closings: LinkCloseReason[]
  readonly id: PlayerId
  readonly token: string
  /** `welcome`, why they were refused, or `nothing`. */
  readonly answer: string
  /** The refusal; undefined: there was none. */
  readonly refused: Extract<HostMessage, { kind: 'refused' }> | undefined
}

/** A guest who says hello over a link of its own, from a browser. */
export async function sit({ role }: Table, browser: string | null, more: Partial<GuestMessage> = {}): Promise<Comer> {
  const [hostEnd, link] = loopbackPair()
  const heard: HostMessage[] = []
  const closings: LinkCloseReason[] = []
  role.arrive(hostEnd, { browser })
  link.listen({
    message: (lane, bytes) => {
      const message = lane === 'bulk' ? decodeHostMessage(bytes) : null
      if (message) heard.push(message)
    },
    closed: (reason) => closings.push(reason),
  })
  link.send('bulk', encodeMessage({ ...hello, ...more } as GuestMessage))
  await settle()
  const welcome = heard.find((message) => message.kind === 'welcome')
  const refused = heard.find((message) => message.kind === 'refused')
  return {
    ...{ link, heard, closings, refused },
    id: welcome?.you as PlayerId,
    token: welcome?.resume.token ?? 'none',
    answer: welcome ? 'welcome' : (refused?.reason ?? 'nothing'),
  }
}

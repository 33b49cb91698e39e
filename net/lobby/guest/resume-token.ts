/**
 * `lobby.resumeToken`: what a page keeps for its reload, as one text. It holds the token of the seat, which the host gave, and
 * the ticket of the lobby, which signalling gave: by it signalling tells a school class that reloads from one that guesses codes.
 */
import { tokenForm } from '../messages.ts'

/** The form of a ticket. Any signalling may make others; this page only carries them. */
const ticketForm = /^[\w.-]{1,512}$/

export interface Resume {
  readonly token: string
  readonly ticket: string | null
}

export function writeResume({ token, ticket }: Resume): string {
  return ticket !== null && ticketForm.test(ticket) ? `${token}.${ticket}` : token
}

/** Null when the text can be no token: it comes out of a page's storage, and anybody may have written it. */
export function readResume(text: string): Resume | null {
  const dot = text.indexOf('.')
  const token = dot < 0 ? text : text.slice(0, dot)
  const ticket = dot < 0 ? '' : text.slice(dot + 1)
  if (!tokenForm.test(token)) return null
  return { token, ticket: ticketForm.test(ticket) ? ticket : null }
}

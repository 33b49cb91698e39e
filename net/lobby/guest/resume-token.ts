/**
 * `lobby.resumeToken`: what a page keeps for its reload, as one text. It holds the token of the seat, given by the host, and the ticket
 * of the lobby, given by signalling. With the ticket a join does not count as a guess at codes: a whole school class may reload.
 */
import { tokenForm } from '../messages.ts'

/** The form of a ticket that is kept. Signalling makes tickets; this page does not read them. */
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

/**
 * What a page keeps for its reload, as one text: the token of the seat, which the host gave, and the ticket of the lobby,
 * which signalling gave, so that a class that reloads all at once is not taken for one that guesses codes.
 */
import { tokenForm } from '../messages.ts'

/** What a ticket of any signalling may look like; this page only carries it. */
const ticketForm = /^[\w.-]{1,512}$/

export interface Resume {
  readonly token: string
  readonly ticket: string | null
}

export function writeResume({ token, ticket }: Resume): string {
  return ticket !== null && ticketForm.test(ticket) ? `${token}.${ticket}` : token
}

/** Null for what can be no token: whatever a page kept, or somebody wrote into its storage. */
export function readResume(text: string): Resume | null {
  const dot = text.indexOf('.')
  const token = dot < 0 ? text : text.slice(0, dot)
  const ticket = dot < 0 ? '' : text.slice(dot + 1)
  if (!tokenForm.test(token)) return null
  return { token, ticket: ticketForm.test(ticket) ? ticket : null }
}

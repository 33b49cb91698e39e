/** Reads what a page says. In a file of its own, so that no page loads the schemas of what pages say. */
import { listingRequests } from '../listing-messages.ts'
import { type Parsed, parseMessage } from '../parse-message.ts'
import { type ClientMessage, hostingRequests } from '../protocol.ts'
import { takeoverRequests } from '../takeover-messages.ts'

const requests = { ...hostingRequests, ...listingRequests, ...takeoverRequests }

/** Never throws. */
export const parseClientMessage = (text: string): Parsed<ClientMessage> => parseMessage<ClientMessage>(requests, text)

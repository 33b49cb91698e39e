/** What the page says when the lobby does not do what was asked. The page offers nothing that is refused, but the world may change between the eye and the finger. */
import type { ChatRefusal, Refusal } from 'starwire'

export const refusals: Record<Refusal, string> = {
  'not-host': 'Only the host can do that.',
  'already-playing': 'The match is already on.',
  'not-playing': 'No match is on.',
  ended: 'This lobby is over.',
  'no-such-player': 'That player has just left.',
  'not-yourself': 'You cannot remove yourself; leave instead.',
  'too-often': 'Wait a little before you change again.',
  reconnecting: 'The connection to the host is lost at the moment.',
  'too-many-players': 'More players are here than that.',
  'no-such-ban': 'That ban is lifted already.',
  'not-ready': 'Their page is not ready to host yet. Try again in a moment.',
  full: 'Every seat is taken.',
  'not-allowed': 'The game does not allow that now.',
  'too-fast': 'Not so fast: wait a second, then try again.',
}

export const chatRefusals: Record<ChatRefusal, string> = {
  empty: '',
  'too-fast': 'Not so fast: wait a second, then send it again.',
  reconnecting: 'Your connection is away. Send it again when it is back.',
  vetoed: 'The host’s filter did not let this through.',
  ended: 'This lobby is over.',
  'no-player': 'Only players can talk.',
}

/** For each reason one plain sentence, which tells a player what happened and what to do. */
import type { Reason } from '../wire/reasons.ts'

export const reasonSentences = {
  'not-found': 'There is no lobby with this code. Check the code with your host.',
  full: 'This lobby is full.',
  locked: 'The host has locked this lobby.',
  'wrong-password': 'This lobby asks for a password. Type the one that your host gave you.',
  banned: 'The host banned you from this lobby.',
  'other-game': 'This is the code of another game. Ask your host for the address of the page, too.',
  'version-mismatch':
    'You and the host run different versions of the game. Reload the page, and ask the host to do the same.',
  kicked: 'The host removed you from the lobby.',
  'no-route': 'No connection to the host could be made. A firewall, a VPN or a strict network may be in the way.',
  'bad-code': 'That is not a lobby code. A code has five letters and digits.',
  'host-silent': 'The host does not answer. The lobby may have closed, or the host’s tab is asleep.',
  'host-left': 'The host left and no other page could go on, so the lobby is over.',
  'host-changed': 'Another player’s page hosts now, and cannot tell whether this happened.',
  over: 'The match is over. The lobby goes on.',
  'seat-lost': 'You were away for too long, so your seat was given up. You can join again with the code.',
  replaced: 'You went on playing in another tab or window, so this one has stopped.',
  'rules-failed': 'The game’s rules stopped with an error.',
  'code-lost': 'The lobby server was restarted and no longer knows this lobby. Ask your host for a new code.',
  'rate-limited': 'There were too many tries from you or your network in a short time. Wait a little, then try again.',
  'server-full': 'The lobby server is full at this moment. Try again in a few minutes.',
  'refused-origin': 'The lobby server does not take players from this page. Tell whoever runs the page.',
  'no-webrtc':
    'WebRTC, which connects players, is missing or blocked here. Allow it in the browser’s settings and extensions, or use another browser.',
  'signaling-down': 'The lobby server cannot be reached. Check your network, then try again.',
} as const satisfies Record<Reason, string>

export function isReason(value: unknown): value is Reason {
  return typeof value === 'string' && Object.hasOwn(reasonSentences, value)
}

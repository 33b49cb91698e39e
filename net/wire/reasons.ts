/** Why a join did not end in play, or why play ended, as both sides name it to each other. */

export type Reason =
  | 'not-found'
  | 'full'
  | 'locked'
  | 'wrong-password'
  | 'banned'
  | 'other-game'
  | 'version-mismatch'
  | 'kicked'
  | 'no-route'
  | 'bad-code'
  | 'host-silent'
  | 'host-left'
  /** Of a command alone: another host goes on, and cannot tell whether it ran. */
  | 'host-changed'
  /** Not an error: the host has ended the match with `lobby.finish()`, and the lobby goes on. */
  | 'over'
  | 'seat-lost'
  | 'replaced'
  | 'rules-failed'
  | 'code-lost'
  | 'rate-limited'
  | 'server-full'
  | 'refused-origin'
  | 'no-webrtc'
  | 'signaling-down'

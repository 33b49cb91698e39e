/** Why something was not done. */
export type Refusal =
  /** The game does not allow it. */
  | 'not-allowed'
  /** Asked for too often; try again in a second. */
  | 'too-fast'
  | 'not-host'
  | 'already-playing'
  | 'not-playing'
  | 'ended'
  | 'no-such-player'
  | 'not-yourself'
  /** There is no seat to play or to watch. Bots give way to people. */
  | 'full'
  /** Asked for again too soon, or while the same request is under way. */
  | 'too-often'
  /** The connection to the host is lost at the moment; on the host's page: to most of the players. Try again in a second. */
  | 'reconnecting'
  /** More players sit than `setMaxPlayers` would allow. */
  | 'too-many-players'
  | 'no-such-ban'
  /** That page cannot host: it may not, or does not have all of the lobby yet. Try again in a second. */
  | 'not-ready'

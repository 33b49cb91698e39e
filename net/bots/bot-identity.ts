/** Which bot plays for a player. Plain data: an heir goes on with it. */
export interface BotIdentity {
  /** One of the game's `bots`. */
  readonly kind: string
  /** 0 to 1. The game's bot decides what it means. */
  readonly skill: number
}

/** Which bot plays for a player. Plain data: an heir goes on with it. */
export interface BotIdentity {
  /** One of the game's `bots`. */
  readonly kind: string
  /** 0 to 1. What it means is the bot's own matter. */
  readonly skill: number
}

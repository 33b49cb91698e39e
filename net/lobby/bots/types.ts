export interface BotOptions {
  /** As `cleanName` makes it, and numbered as any. Default: the bot's kind. */
  readonly name?: string
  /** 0 to 1, default 0.5. What it means is up to the bot. */
  readonly skill?: number
}

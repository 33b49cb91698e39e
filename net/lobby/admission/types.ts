/** Who may come in, as the developer sees it. */

/** Who may come in. */
export interface AdmissionRules {
  /** Whether newcomers are refused. */
  readonly locked: boolean
  /** Whether newcomers are asked for a password. */
  readonly hasPassword: boolean
  readonly maxPlayers: number
  readonly maxSpectators: number
}

/** Somebody who is banned, as `lobby.bans` lists them. */
export interface BannedPlayer {
  /** Of the ban, for `unban`. */
  readonly id: number
  /** The player's name when they were banned. */
  readonly name: string
  /** What was written to them; null: nothing. */
  readonly text: string | null
}

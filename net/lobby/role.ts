/**
 * What a page is in its lobby: the host or a guest. The lobby object is one for life and holds one role at a time; the role
 * holds what only this part needs (the host: guests, seats, reservations; a guest: the link to the host, the resume token).
 * A role acts on the lobby: it sets the roster, plays a match, ends the lobby. The lobby asks its role what the page asks.
 */

import type { BotIdentity } from '../bots/bot-identity.ts'
import type { MediaRequest, SignalRequest } from '../media/media-messages.ts'
import type { PlainValues } from '../world/complete-values.ts'
import type { PlayerId } from '../world/ids.ts'
import type { ChatRefusal } from './chat/types.ts'
import type { LobbyFiles } from './files/lobby-files.ts'
import type { Listed, ListRefusal } from './find/listed-types.ts'
import type { BannedPlayer, Refusal } from './types.ts'

export interface Role {
  readonly hosting: boolean
  /** Null for a host without a player of its own. */
  readonly me: PlayerId | null
  /** Leads a reloaded page back to its seat; null where nothing does. */
  readonly resumeToken: string | null
  readonly files: LobbyFiles
  /** The lobby has this role from now on. Shows the roster. */
  begin(): void
  /** Another role has taken over. Stops every timer and lets go of every link; the lobby and its match go on. */
  release(): void
  setReady(ready: boolean): void
  /** `choice` is in range. */
  choose(choice: PlainValues): Promise<Refusal | null>
  /** `data` is plain and short. */
  setMyData(data: unknown): void
  /** @throws TypeError, RangeError for what are no settings of the game. */
  changeSettings(change: PlainValues): Refusal | null
  start(): Refusal | null
  finish(): Refusal | null
  /** `text`: cleaned; null for none. */
  kick(player: PlayerId, text: string | null): Refusal | null
  addBot(bot: BotIdentity, name: string): Refusal | null
  ban(player: PlayerId, text: string | null): Refusal | null
  unban(ban: number): Refusal | null
  /** Empty for guests: they are not told. */
  readonly bans: readonly BannedPlayer[]
  lock(locked: boolean): Refusal | null
  spectate(spectates: boolean): Promise<Refusal | null>
  setPassword(password: string | null): Promise<Refusal | null>
  setMaxPlayers(maxPlayers: number): Refusal | null
  /** `text` is clean and not empty. */
  say(text: string): ChatRefusal | null
  /** Lists the lobby in public, changes how it is listed, or takes it off with null. */
  list(listed: Listed | null): Promise<ListRefusal | null>
  /** Says something of voice and video to the host. False: the host cannot be reached now. */
  sayMedia(message: MediaRequest | SignalRequest): boolean
  open(): Promise<Refusal | null>
  renewCode(): Promise<Refusal | null>
  /** Ends the lobby for this page, and says goodbye. */
  leave(): void
}

/**
 * What a page is in its lobby: the host or a guest. The lobby object holds one role at a time and outlives it. A role is made of
 * features, each in a folder of its own with a host's side and a guest's side (`chat/host-chat.ts`, `chat/guest-chat.ts`). The lobby
 * passes what the page asks to the feature; the role connects the features with the links and with the lobby.
 */

import type { BotIdentity } from '../bots/bot-identity.ts'
import type { ConnectionReport } from '../errors/connection-report.ts'
import type { MediaRequest, SignalRequest } from '../media/media-messages.ts'
import type { PlainValues } from '../world/complete-values.ts'
import type { PlayerId } from '../world/ids.ts'
import type { BannedPlayer } from './admission/types.ts'
import type { ChatRefusal } from './chat/types.ts'
import type { Listed, ListRefusal } from './find/listed-types.ts'
import type { Refusal } from './refusal.ts'

/** Null when it is done, else why not. */
export type Outcome = Refusal | null

export interface Role {
  readonly hosting: boolean
  /** Null for a host without a player of its own. */
  readonly me: PlayerId | null
  /** Leads a reloaded page back to its seat; null when it cannot come back. */
  readonly resumeToken: string | null
  /** How this page is connected to its host; nothing on the host's own page. */
  readonly connection?: ConnectionReport | null
  readonly members: OwnMember
  readonly choices: {
    /** `choice` is in range. */
    choose(choice: PlainValues): Promise<Outcome>
  }
  readonly spectators: { spectate(spectates: boolean): Promise<Outcome> }
  readonly chat: {
    /** `text` is clean and not empty. */
    say(text: string): ChatRefusal | null
  }
  readonly media: {
    /** Sends a message about voice and video to the host. False: the host cannot be reached now. */
    say(message: MediaRequest | SignalRequest): boolean
  }
  /** What the host alone may do; null on a guest's page. */
  readonly powers: HostPowers | null
  /** Makes this page the host without the others' votes. Absent where that makes no sense. */
  playOn?(): Outcome
  /** Called once, when the lobby has this role. Shows the roster. */
  begin(): void
  /** Another role takes over. Stops every timer and closes every link; the lobby and its match go on. */
  release(): void
  /** Ends the lobby for this page, and says goodbye. */
  leave(): void
}

/** What this page says of its own member. */
export interface OwnMember {
  setReady(ready: boolean): Outcome
  /** `data` is plain and short. */
  setMyData(data: unknown): Outcome
}

export interface HostPowers {
  readonly admission: {
    readonly bans: readonly BannedPlayer[]
    lock(locked: boolean): Outcome
    setPassword(password: string | null): Promise<Outcome>
    /** `maxPlayers` is in range. */
    setMaxPlayers(maxPlayers: number): Outcome
    /** `text`: cleaned; null for none. */
    kick(player: PlayerId, text: string | null): Outcome
    ban(player: PlayerId, text: string | null): Outcome
    unban(ban: number): Outcome
  }
  readonly settings: {
    /** `change` is in range. */
    change(change: PlainValues): Outcome
  }
  readonly bots: {
    /** The game declares such a bot. */
    add(bot: BotIdentity, name: string): Outcome
  }
  readonly matches: {
    start(): Outcome
    finish(): Outcome
  }
  readonly code: {
    open(): Promise<Outcome>
    renew(): Promise<Outcome>
  }
  /** Makes another player's page the host. */
  handOver(player: PlayerId): Outcome
  readonly listing: {
    /** Lists the lobby in public, changes how it is listed, or takes it off with null. */
    list(listed: Listed | null): Promise<ListRefusal | null>
  }
}

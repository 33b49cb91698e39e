/** What the host keeps of one client: its inputs, what it has been sent, what it has acknowledged. */

import type { BotIdentity } from '../bots/bot-identity.ts'
import { Downlink } from '../congestion/downlink.ts'
import { InputQueue } from '../prediction/input-queue.ts'
import { RewindCheck } from '../prediction/rewind-check.ts'
import { Baselines } from '../replication/baselines.ts'
import { sectionsOf } from '../wire/sections.ts'
import type { WireEvent, WireResult } from '../wire/snapshots.ts'
import type { AnyGame } from '../world/game.ts'
import type { PlayerId } from '../world/ids.ts'

/** A result, and the tick that the command ran in. */
export type HostResult = WireResult & { readonly tick: number }

export interface HostClient {
  readonly player: PlayerId
  /** Whether they only watch: no player of the world, and no inputs. */
  readonly spectates: boolean
  readonly inputs: InputQueue
  readonly baselines: Baselines
  /** Events not acknowledged yet, oldest first. */
  events: WireEvent[]
  /** The number of the next event. */
  nextEvent: number
  /** All commands up to this number have been received. */
  commandAck: number
  /** Results not acknowledged yet. */
  results: HostResult[]
  /** Decides when the client is sent a snapshot, and how much may be in it. */
  readonly downlink: Downlink
  /** Fairness: this player's inputs are to wait so many ticks longer than they need to. */
  handicapTicks: number
  /** What the player can have seen of the snapshots that they acknowledged. */
  readonly rewindCheck: RewindCheck
  inputArrivedAt: number
  /** Whether the player is here, as the rules are told. */
  connected: boolean
  /** The bot that plays for this player; null for a person. A bot has no link, so nothing is sent to it. */
  bot: BotIdentity | null
  /** Seated by a saved match, and no link has come yet: it is sent nothing. */
  awaited: boolean
  /** Packets that no honest client sends. */
  malformed: number
  /** Packets with a player's inputs or commands that a spectator sent. */
  strayInputs: number
  /** Packets of a later epoch since the last of this one. */
  nextEpoch: number
  /** Snapshots in a row that could not hold all that this client predicts. */
  oversized: number
}

/** What kind of client takes a seat. */
export interface ClientKind {
  /** Default false. */
  readonly spectates: boolean
  /** The sequence number of its first snapshot. Default 0. */
  readonly firstSequence: number
}

/** A client that has received nothing yet; `tick` is the host's newest. */
export function newHostClient(
  game: AnyGame,
  player: PlayerId,
  tick: number,
  { spectates = false, firstSequence = 0 }: Partial<ClientKind> = {},
): HostClient {
  return {
    ...{ player, spectates },
    inputs: new InputQueue(game.schema.input, game.tickRate, tick),
    baselines: new Baselines(sectionsOf(game).parameterCounts, firstSequence),
    events: [],
    nextEvent: 1,
    commandAck: 0,
    results: [],
    downlink: new Downlink(game.tickRate, tick),
    handicapTicks: 0,
    rewindCheck: new RewindCheck(game.tickRate),
    inputArrivedAt: 0,
    connected: true,
    bot: null,
    awaited: false,
    malformed: 0,
    strayInputs: 0,
    nextEpoch: 0,
    oversized: 0,
  }
}

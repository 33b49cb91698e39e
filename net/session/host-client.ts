/** What the host keeps of one client: its inputs, what it has been sent, what it has acknowledged. */

import type { BotIdentity } from '../bots/bot-identity.ts'
import { Downlink } from '../congestion/downlink.ts'
import { InputQueue, type SavedInput } from '../prediction/input-queue.ts'
import { RewindCheck } from '../prediction/rewind-check.ts'
import { Baselines } from '../replication/baselines.ts'
import { sectionsOf } from '../wire/sections.ts'
import type { WireEvent, WireResult } from '../wire/snapshots.ts'
import type { AnyGame } from '../world/game.ts'
import type { PlayerId } from '../world/ids.ts'

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
  results: WireResult[]
  /** When it is sent to, and how much. */
  readonly downlink: Downlink
  /** Ticks by which this player's inputs are to wait longer than they need to, so that they have no advantage. */
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
  /** Packets of the next epoch since the last of this one. */
  nextEpoch: number
  /** Snapshots in a row that could not hold all that this client predicts. */
  oversized: number
}

/** What a host that goes on has to know of a client. */
export interface SavedSeat {
  readonly player: PlayerId
  readonly spectates: boolean
  /** Whether the player is here, as the rules are told. */
  readonly connected: boolean
  readonly bot: BotIdentity | null
  /** All commands up to this number have run. */
  readonly commandAck: number
  /** Results that the client has not acknowledged. */
  readonly results: readonly WireResult[]
  /** Events that the client has not acknowledged, oldest first. */
  readonly events: readonly WireEvent[]
  readonly input: SavedInput
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

/** `waitingCommands`: so many were received and have not run. They are as good as never received. */
export function saveSeat(client: HostClient, waitingCommands: number): SavedSeat {
  const { player, spectates, connected, bot, results, events, inputs } = client
  const commandAck = client.commandAck - waitingCommands
  const told = { results: [...results], events: [...events] }
  return { player, spectates, connected, bot, commandAck, ...told, input: inputs.save() }
}

/** A client as it was saved after `tick`, whose link is still to come. It counts events anew. */
export function seatedClient(game: AnyGame, tick: number, seat: SavedSeat): HostClient {
  const client = newHostClient(game, seat.player, tick, { spectates: seat.spectates })
  client.inputs.load(seat.input)
  const events = seat.events.map((event, i) => ({ ...event, number: 1 + i }))
  const { connected, bot, commandAck, results } = seat
  return Object.assign(client, {
    ...{ events, nextEvent: 1 + events.length, results: [...results], commandAck },
    ...{ connected, bot, awaited: connected && bot === null },
  })
}

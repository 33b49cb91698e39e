/**
 * A match after a tick, as plain data that another host can go on with: the world, its players' seats, and who came and went
 * since. `HostSession.save` makes it, `HostSession.from` goes on with it.
 */

import type { BotIdentity } from '../bots/bot-identity.ts'
import type { SavedInput } from '../prediction/input-queue.ts'
import { RewindCheck } from '../prediction/rewind-check.ts'
import type { WireEvent, WireResult } from '../wire/snapshots.ts'
import type { AnyGame } from '../world/game.ts'
import { type EntityId, inputId, type PlayerId } from '../world/ids.ts'
import type { World } from '../world/world.ts'
import type { Comings } from './attendance.ts'
import { type HostClient, newHostClient } from './host-client.ts'

/** What another host needs to know of a client. */
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

/** `waitingCommands`: how many commands wait for their tick. They count as not received, so the client sends them again. */
export function saveSeat(client: HostClient, waitingCommands: number): SavedSeat {
  const { player, spectates, connected, bot, results, events, inputs } = client
  const commandAck = client.commandAck - waitingCommands
  // The same objects from tick to tick: the heir's stream tells them by reference.
  const told = { results: [...results], events: [...events] }
  return { player, spectates, connected, bot, commandAck, ...told, input: inputs.save() }
}

/** The client of a saved seat. Its link is still to come, and its events are numbered anew. */
export function seatedClient(game: AnyGame, tick: number, seat: SavedSeat): HostClient {
  const client = newHostClient(game, seat.player, tick, { spectates: seat.spectates })
  client.inputs.load(seat.input)
  const events = seat.events.map((event, i) => ({ ...event, number: 1 + i }))
  const { connected, bot, commandAck, results } = seat
  return Object.assign(client, {
    ...{ events, nextEvent: 1 + events.length, results: results.map((result) => ({ ...result, tick })), commandAck },
    ...{ connected, bot, awaited: connected && bot === null },
    rewindCheck: new RewindCheck(game.tickRate, tick),
  })
}

/** A match after a tick, as one that another host goes on with. */
export interface SavedMatch {
  /** As `saveWorld` gives it. */
  readonly world: Uint8Array
  readonly seats: readonly SavedSeat[]
  /** Who came and went since the tick. */
  readonly comings: Comings
}

/** Whether the seats of a match fit the world that was loaded of it. Null when they do, else a sentence. */
export function whyNotSeated(world: World, { seats, comings }: SavedMatch): string | null {
  if (world.players.length > world.game.maxPlayers) return 'The world has more players than the game allows.'
  const seated = new Set(seats.filter(({ spectates }) => !spectates).map(({ player }) => player))
  for (const player of world.players) {
    if (!world.records.has(player as number as EntityId) || !world.records.has(inputId(player)))
      return `Player ${player} has no record.`
    if (!seated.has(player) && !comings.expired.includes(player)) return `Player ${player} has no seat.`
  }
  for (const player of seated)
    if (!world.players.includes(player) && !comings.joined.includes(player)) return `Seat ${player} has no player.`
  return null
}

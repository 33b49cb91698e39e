/** What the host keeps of one client: its inputs, what it has been sent, what it has acknowledged. */

import { Downlink } from '../congestion/downlink.ts'
import { InputQueue } from '../prediction/input-queue.ts'
import { RewindCheck } from '../prediction/rewind-check.ts'
import { Baselines } from '../replication/baselines.ts'
import { sectionsOf } from '../wire/sections.ts'
import type { WireEvent, WireResult } from '../wire/snapshots.ts'
import type { AnyGame } from '../world/game.ts'
import type { PlayerId } from '../world/ids.ts'

export interface HostClient {
  readonly player: PlayerId
  readonly inputs: InputQueue
  readonly baselines: Baselines
  /** Events not acknowledged yet, oldest first. */
  events: WireEvent[]
  /** The number of the next event. */
  nextEvent: number
  /** All commands up to this number have been received. */
  commandAck: number
  /** Answers not acknowledged yet. */
  results: WireResult[]
  /** When it is sent to, and how much. */
  readonly downlink: Downlink
  /** Ticks by which his inputs are to wait longer than they need to, so that he has no advantage. */
  handicapTicks: number
  /** What he can have seen of the snapshots that he acknowledged. */
  readonly rewindCheck: RewindCheck
  inputArrivedAt: number
  connected: boolean
  /** Packets that were none of this protocol. */
  malformed: number
  /** Packets of the next epoch since the last of this one. */
  nextEpoch: number
  /** Snapshots in a row that could not hold all that this client predicts. */
  oversized: number
  /** Events lost because nothing was acknowledged for too long. */
  eventsDropped: number
}

/** A client that has received nothing yet; `tick` is the host's newest. */
export function newHostClient(game: AnyGame, player: PlayerId, tick: number): HostClient {
  return {
    player,
    inputs: new InputQueue(game.schema.input, game.tickRate, tick),
    baselines: new Baselines(sectionsOf(game).parameterCounts),
    events: [],
    nextEvent: 1,
    commandAck: 0,
    results: [],
    downlink: new Downlink(game.tickRate, tick),
    handicapTicks: 0,
    rewindCheck: new RewindCheck(game.tickRate),
    inputArrivedAt: 0,
    connected: true,
    malformed: 0,
    nextEpoch: 0,
    oversized: 0,
    eventsDropped: 0,
  }
}

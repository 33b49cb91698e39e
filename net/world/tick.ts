/** The order of a tick on the host: who came and went → inputs → `step` → `referee` → free seats → rounding. */
import type { PlainValues } from './complete-values.ts'
import type { PlayerId } from './ids.ts'
import { inputId } from './ids.ts'
import type { PendingCommand } from './pending-commands.ts'
import type { Row } from './record.ts'
import type { World } from './world.ts'

/** What players chose in the lobby: values of `chosen` fields of their record. Plain data. */
export type Choices = { readonly [player: PlayerId]: PlainValues }

export interface TickInput {
  readonly joined: readonly PlayerId[]
  /** What those who joined chose in the lobby. Default: nothing. */
  readonly choices?: Choices
  readonly left: readonly PlayerId[]
  /** Players who left in an earlier tick and are back in their seat. Default: nobody. */
  readonly returned?: readonly PlayerId[]
  /** Players whose time to return is over. After this tick their seat is free and their entities are gone. */
  readonly expired: readonly PlayerId[]
  readonly inputs: ReadonlyMap<PlayerId, Row>
  readonly commands: readonly PendingCommand[]
}

/**
 * Brings the world from tick − 1 to `tick`.
 * @throws whatever the rules throw.
 */
export function runTick(
  world: World,
  tick: number,
  { joined, choices = {}, left, returned = [], expired, inputs, commands }: TickInput,
): void {
  world.begin(tick)
  for (const player of joined) world.seat(player, choices[player])
  world.joined = joined
  world.left = left
  world.returned = returned
  world.gone = expired
  world.pending = [...commands]
  setInputs(world, inputs)
  world.step()
  world.referee()
  // Last, so that the rules of this tick still find the records of those who leave for good.
  for (const player of expired) world.unseat(player)
  world.round()
}

export function setInputs(world: World, inputs: ReadonlyMap<PlayerId, Row>): void {
  for (const [player, row] of inputs) world.records.get(inputId(player))?.numbers.set(row.numbers)
}

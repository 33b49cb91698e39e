/** Commands that wait for the referee of a tick, and how the referee sees them. */

import type { CommandType } from './game.ts'
import type { PlayerId } from './ids.ts'
import type { Row } from './record.ts'

export interface PendingCommand {
  readonly type: CommandType
  readonly from: PlayerId
  readonly id: number
  readonly row: Row
  reply: Row | null
}

export interface ReceivedCommand {
  readonly from: PlayerId
  readonly payload: Readonly<Record<string, unknown>>
  reply(result: unknown): void
}

/** Starwire: multiplayer for browser games without a game server. The README's first page shows it whole. */
export type { Lane, LaneStats, Link, LinkCloseReason } from './wire/link.ts'
export { type Reason, reasonSentences, StarwireError } from './wire/reasons.ts'
export type { Field, FieldOptions, Fields, ValueOf } from './world/fields.ts'
export { t } from './world/fields.ts'
export { command, defineGame, entity, event, type Game } from './world/game.ts'
export type { EntityId, PlayerId } from './world/ids.ts'
export { atan2, cos, sin } from './world/math.ts'
export type * from './world/types.ts'

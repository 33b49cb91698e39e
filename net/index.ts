/** Starwire: multiplayer for browser games without a game server. The README's first page shows it whole. */

export type {
  CandidateReport,
  ConnectionCause,
  ConnectionReport,
  ConnectionRoute,
  PeerReport,
  ReportTextOptions,
  ServerFault,
} from './errors/connection-report.ts'
export { connectionAdvice, connectionReportText } from './errors/connection-report.ts'
export { connectionSentences } from './errors/connection-sentences.ts'
export { reasonSentences } from './errors/sentences.ts'
export { StarwireError } from './errors/starwire-error.ts'
export type * from './files/types.ts'
export type * from './lobby/admission/types.ts'
export type * from './lobby/bots/types.ts'
export type * from './lobby/chat/types.ts'
export { createLobby } from './lobby/create.ts'
export { findLobbies } from './lobby/find/find-lobbies.ts'
export type * from './lobby/find/listed-types.ts'
export { quickMatch } from './lobby/find/quick-match.ts'
export type * from './lobby/find/types.ts'
export { joinLobby } from './lobby/join.ts'
export { cleanName } from './lobby/names.ts'
export type * from './lobby/option-types.ts'
export type * from './lobby/refusal.ts'
export type * from './lobby/types.ts'
export { mediaProblemSentences, mediaSentences } from './media/sentences.ts'
export type * from './media/types.ts'
export type { Platform } from './platform/platform.ts'
export type * from './session/recordings.ts'
export type * from './session/types.ts'
export { parseCode } from './signaling/code.ts'
export type { JoinStage } from './signaling/signals.ts'
export type { Link, LinkCloseReason } from './transport/link.ts'
export { defineGame } from './wire/define-game.ts'
export type { Lane, LaneStats } from './wire/lanes.ts'
export type { Reason } from './wire/reasons.ts'
export type * from './world/bot-types.ts'
export { command, entity, event } from './world/declare.ts'
export type { Field, FieldOptions, Fields, ValueOf } from './world/fields.ts'
export { t } from './world/fields.ts'
export type { Game, ShapeOf } from './world/game.ts'
export { withRulesHash } from './world/game-hash.ts'
export type * from './world/game-shape.ts'
export type { EntityId, PlayerId } from './world/ids.ts'
export { atan2, cos, sin } from './world/math.ts'
export type * from './world/record-types.ts'
export type * from './world/rules.ts'

/** Everything that takes a stranger's bytes. */
import { decoders } from './decoders.ts'
import { playHonestly } from './honest.ts'
import { lobbies } from './lobbies.ts'
import { matchTarget } from './match.ts'
import { sessions } from './sessions.ts'
import type { Target } from './target.ts'

/** Ticks of the honest match: enough for snapshots against acknowledged ones, commands, answers and lost packets. */
const TICKS = 130

export function allTargets(): Target[] {
  const honest = playHonestly(TICKS)
  return [...decoders(honest), ...sessions(honest), ...lobbies(), matchTarget()]
}

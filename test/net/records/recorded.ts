/** Recordings of simulated matches, for tests. */

import { record } from '../../../net/records/record.ts'
import { openRecording } from '../../../net/records.ts'
import type { Recording, Replay } from '../../../net/session/recordings.ts'
import type { SimulatedClient, Simulation } from '../../../net/testing.ts'
import type { GameShape } from '../../../net/world/game-shape.ts'

export const recordHost = <G extends GameShape>(match: Simulation<G>): Recording<G> => match.record()

export function recordGuest<G extends GameShape>({ runner, session }: SimulatedClient<G>): Recording<G> {
  const onPacket: typeof runner.onPacket = (heard) => runner.onPacket(heard)
  return record<G>({ host: null, client: runner.session, onPacket }, () => session.players)
}

export function opened<G extends GameShape>(
  game: Parameters<typeof openRecording<G>>[0],
  bytes: Uint8Array,
): Replay<G> {
  const { replay, problem } = openRecording<G>(game, bytes)
  if (!replay) throw new Error(`${problem.message} ${problem.detail}`)
  return replay
}

/** `session.record()`: records the match on this page. On the host's page it records the match itself, on others what the page showed. */

import type { ClientSession } from '../session/client.ts'
import type { HostSession } from '../session/host.ts'
import type { RecordedPlayer, Recording, Replay } from '../session/recordings.ts'
import { WIRE_VERSION } from '../wire/version.ts'
import type { GameShape } from '../world/game-shape.ts'
import { describeGiven } from '../world/given.ts'
import type { PlayerId } from '../world/ids.ts'
import { encodeFile, type FileHead, type GuestChunk, type HostChunk, type RecordingFile } from './file.ts'
import { GuestRecorder, type PacketTap } from './guest-recorder.ts'
import { HostRecorder } from './host-recorder.ts'
import { MAX_SECONDS } from './limits.ts'
import { openFile } from './open.ts'

/** The match on this page: the host's side, or a guest's. */
export type RecordedSession =
  | { readonly host: HostSession; readonly me: PlayerId | null }
  | { readonly host: null; readonly client: ClientSession; readonly onPacket: PacketTap }

const DEFAULT_HIGHLIGHT_SECONDS = 10

type Chunk = HostChunk | GuestChunk

/** `players` is asked at each save. */
export function record<G extends GameShape>(
  session: RecordedSession,
  players: () => readonly RecordedPlayer[],
): Recording<G> {
  const recorder = session.host ? new HostRecorder(session.host) : new GuestRecorder(session.client, session.onPacket)
  const { game } = session.host ?? session.client
  const fileOf = (lastSeconds: number | undefined): RecordingFile => {
    const chunks = newest(recorder.chunks, lastSeconds, game.tickRate)
    if (chunks.length === 0) throw new RangeError('Nothing is recorded yet: wait until the match runs.')
    return { head: headOf(session, players()), chunks } as RecordingFile
  }
  return {
    kind: recorder.kind,
    get bytes() {
      return recorder.bytes
    },
    get seconds() {
      return recorder.chunks.reduce((sum, chunk) => sum + ticksOf(chunk), 0) / game.tickRate
    },
    stop: () => recorder.stop(),
    save: (lastSeconds) => encodeFile(fileOf(lastSeconds)),
    highlight(seconds = DEFAULT_HIGHLIGHT_SECONDS): Replay<G> {
      const opened = openFile<G>(game, fileOf(seconds), null)
      if (opened.replay === null) throw new Error(`${opened.problem.message} ${opened.problem.detail}`)
      return opened.replay
    },
  }
}

const ticksOf = (chunk: Chunk): number => ('ticks' in chunk ? chunk.ticks : chunk.frames)

/** The chunks that hold the newest seconds. */
function newest(chunks: readonly Chunk[], seconds: number | undefined, tickRate: number): readonly Chunk[] {
  if (seconds === undefined) return chunks
  if (!(typeof seconds === 'number' && seconds > 0 && seconds <= MAX_SECONDS))
    throw new RangeError(`The newest seconds are a number above 0, not ${describeGiven(seconds)}.`)
  let from = chunks.length
  for (let ticks = 0; from > 0 && ticks < seconds * tickRate; ) ticks += ticksOf(chunks[--from] as Chunk)
  return chunks.slice(from)
}

function headOf(session: RecordedSession, players: readonly RecordedPlayer[]): FileHead {
  const { game, epoch } = session.host ?? session.client
  const { world } = session.host ?? session.client.prediction
  const { id, version, hash, tickRate } = game
  const { seed, options, settings } = world
  const people = players.map(({ id: player, name }) => ({ id: player, name }))
  const [kind, me] = session.host ? (['host', session.me] as const) : (['guest', session.client.me] as const)
  return {
    kind,
    game: id,
    version,
    hash,
    wire: WIRE_VERSION,
    tickRate,
    epoch,
    seed,
    options,
    settings,
    me,
    players: people,
  }
}

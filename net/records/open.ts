/** Opens a `.starwire` file as a replay. The bytes may be a stranger's: what is wrong with them is an answer, never thrown. */

import type { OpenedRecording, RecordingAbout } from '../session/recordings.ts'
import type { AnyGame, Game } from '../world/game.ts'
import { isUnstated } from '../world/game-hash.ts'
import type { GameShape } from '../world/game-shape.ts'
import { checkGame } from '../world/given.ts'
import type { PlayerId } from '../world/ids.ts'
import { decodeFile, type FileHead, isOfHost, isProblem, problemOf, type RecordingFile } from './file.ts'
import { GuestTrack } from './guest-track.ts'
import { HostTrack } from './host-track.ts'
import { RecordedMatch } from './replay.ts'

export interface OpenOptions {
  /** The player whose entities are `mine` in the view. Default: that of the page that recorded. */
  readonly me?: PlayerId
}

/**
 * Opens the bytes of a `.starwire` file.
 *
 * ```ts
 * const { replay, problem } = openRecording(tag, bytes)
 * if (replay) replay.play()
 * ```
 *
 * @returns The replay, or the problem that keeps it from being shown. A file of other rules opens, and `replay.about.rules` says so.
 * @throws TypeError for what `defineGame` has not made.
 */
export function openRecording<G extends GameShape>(
  game: Game<G>,
  bytes: Uint8Array,
  { me }: OpenOptions = {},
): OpenedRecording<G> {
  checkGame('openRecording', game)
  const file = decodeFile(game, bytes)
  return isProblem(file) ? { replay: null, problem: file } : openFile<G>(game, file, me ?? null)
}

/** `me`: null for the player of the page that recorded. */
export function openFile<G extends GameShape>(
  game: AnyGame,
  file: RecordingFile,
  me: PlayerId | null,
): OpenedRecording<G> {
  const { head } = file
  const track = isOfHost(file) ? new HostTrack(game, head, file.chunks) : new GuestTrack(game, head, file.chunks)
  if (!track.begin()) return { replay: null, problem: problemOf('damaged', 'its first tick breaks a rule') }
  const packets = isOfHost(file) ? [] : file.chunks.flatMap((chunk) => chunk.packets)
  // Nobody's entities are `mine` where nobody is named: 0 is no player.
  const drawnBy = me ?? head.me ?? (0 as PlayerId)
  return { replay: new RecordedMatch<G>({ about: aboutOf(game, head), track, packets, me: drawnBy }), problem: null }
}

function aboutOf(game: AnyGame, { wire, ...head }: FileHead): RecordingAbout {
  const rules = isUnstated(game.hash) || isUnstated(head.hash) ? 'unstated' : game.hash === head.hash ? 'same' : 'other'
  return { ...head, wireVersion: wire, rules }
}

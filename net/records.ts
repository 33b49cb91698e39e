/**
 * `starwire/records`: opens recordings of matches, in a page or in Node, and compares them. `session.record()` makes one, and
 * loads what it needs by itself.
 *
 * ```ts
 * const { replay, problem } = openRecording(tag, bytes)
 * if (problem) throw new Error(problem.message)
 * replay.seek(600)
 * console.log(replay.world())
 * ```
 */

export { diverges, type RecordedDifference } from './records/diverges.ts'
export { type OpenOptions, openRecording } from './records/open.ts'
export type * from './session/recordings.ts'

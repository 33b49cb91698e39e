/** Recordings and replays as the developer holds them. */

import type { GameShape } from '../world/game-shape.ts'
import type { PlayerId } from '../world/ids.ts'
import type { ReadonlyValues } from '../world/record-types.ts'
import type { View, WorldReport } from './shown.ts'

export interface RecordedPlayer {
  readonly id: PlayerId
  readonly name: string
}

/** A recording that runs, or has ended. */
export interface Recording<G extends GameShape = GameShape> {
  /**
   * `host`: the inputs of everybody, from `session.record()` on, which replay to the bit; up to 64 MiB, then the oldest go.
   * `guest`: what this page showed, its inputs and its packets, of the last 30 s.
   */
  readonly kind: 'host' | 'guest'
  /** What is held, in about so many bytes. */
  readonly bytes: number
  /** How long what is held lasts, seconds. */
  readonly seconds: number
  /** Ends the recording; what is held stays. The end of the match does the same. */
  stop(): void
  /**
   * The bytes of a `.starwire` file. A host's file holds hidden fields and chance to come: give it away after the match.
   * @param lastSeconds The newest so many seconds, up to 5 s more. Default: all.
   * @throws RangeError when nothing is held yet, or `lastSeconds` is no number above 0.
   */
  save(lastSeconds?: number): Uint8Array
  /**
   * The newest seconds as a replay, from memory; up to 5 s more. Default 10.
   * @throws RangeError as `save`.
   */
  highlight(seconds?: number): Replay<G>
}

/** What was recorded, by whom, with which versions. */
export interface RecordingAbout {
  readonly kind: 'host' | 'guest'
  readonly game: string
  readonly version: number
  readonly hash: string
  /** The version of what Starwire's pages say to each other. */
  readonly wireVersion: number
  readonly tickRate: number
  readonly epoch: number
  readonly seed: number
  readonly options: Readonly<Record<string, unknown>>
  readonly settings: Readonly<Record<string, unknown>>
  /** The player of the page that recorded; null for a host without one. */
  readonly me: PlayerId | null
  /** Everybody whom that page had met. */
  readonly players: readonly RecordedPlayer[]
  /**
   * Whether the rules of this page are those of the recording: `other` when their hashes differ, so that the replay may become
   * another match; `unstated` when one of the two states no hash.
   */
  readonly rules: 'same' | 'other' | 'unstated'
}

export interface RecordingProblem {
  readonly reason: 'not-a-recording' | 'other-format' | 'other-game' | 'other-fields' | 'damaged'
  /** A sentence for the player. */
  readonly message: string
  /** What exactly is wrong, for the developer. */
  readonly detail: string
}

export type OpenedRecording<G extends GameShape> =
  | { readonly replay: Replay<G>; readonly problem: null }
  | { readonly replay: null; readonly problem: RecordingProblem }

export interface ReplayFailure {
  readonly tick: number
  /** What the rules threw, or a sentence that says which bytes are damaged. */
  readonly error: unknown
}

export interface RecordedPacket {
  /** The recording page's time, ms. */
  readonly at: number
  /** Whether that page sent it. */
  readonly sent: boolean
  readonly bytes: Uint8Array
}

/** A recorded match, at one of its ticks. */
export interface Replay<G extends GameShape = GameShape> {
  readonly about: RecordingAbout
  /** The first and the last tick that can be shown. */
  readonly firstTick: number
  readonly lastTick: number
  /** The tick that is shown. */
  readonly tick: number
  readonly playing: boolean
  /**
   * Set when the rules threw, or the bytes of the tick after the last are damaged: the replay ends there, as the match did. A
   * recording of a match that ended so is a test of it.
   */
  readonly failure: ReplayFailure | null
  /** 32 bits of hash of the whole world at `tick`. Of a guest's recording: of what was shown. */
  readonly hash: number
  /** Goes to a tick, the nearest that there is. Runs at most 5 s of the match, so a page may follow a slider. */
  seek(tick: number): void
  /** From the next `view` on, the replay runs with the time that `view` is given. `speed` 1 is real time; 0.1 to 16. */
  play(speed?: number): void
  pause(): void
  /**
   * The world to be drawn, exactly as a session's. `nowMs`: the time that requestAnimationFrame gave. What a jump took away is
   * `out of view`.
   */
  view(nowMs: number): View<G>
  /** Everything at `tick`; of a host's recording hidden fields, too. */
  world(): WorldReport
  /** A player's input at `tick`; null when it is not known. A guest's recording knows that of its own page. */
  inputOf(player: PlayerId): ReadonlyValues<G['input']> | null
  /**
   * Hears of each event of a tick as the replay passes it, of jumps none. A guest's recording has no events. Returns a function
   * that removes the listener.
   */
  on<Name extends keyof G['events'] & string>(
    event: Name,
    heard: (payload: ReadonlyValues<G['events'][Name]['fields']>, meta: { readonly tick: number }) => void,
  ): () => void
  /**
   * Runs a host's recording from its first tick to its last, and compares each world's hash with the recorded one (8 bits each, so
   * one tick in 256 may pass by accident, the next will not). Returns the first tick that differs, or null. Then it stands there.
   */
  check(): number | null
  /** What a guest's page sent and received. Of a host's recording none. */
  readonly packets: readonly RecordedPacket[]
}

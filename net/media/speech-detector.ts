/** Whether somebody speaks, from the level of the sound, looked at 20 times a second. Pure. */

/**
 * Level from which sound counts as speech: −40 dB of full scale, as a root mean square. Quiet speech after the browser's
 * gain control has −35 to −20 dB, what its noise suppression leaves of a room is below −50 dB.
 */
const SPEECH_LEVEL = 0.01

/** Between two words it is quiet for up to so many ms; the sign of who speaks must not flicker. */
const HOLD_MS = 300

export class SpeechDetector {
  speaking = false
  private heardAt = Number.NEGATIVE_INFINITY

  /** Returns true when `speaking` changed. */
  look(level: number, nowMs: number): boolean {
    if (level >= SPEECH_LEVEL) this.heardAt = nowMs
    const speaking = nowMs - this.heardAt < HOLD_MS
    const changed = speaking !== this.speaking
    this.speaking = speaking
    return changed
  }
}

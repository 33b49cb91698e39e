/**
 * Baseline (c): the session with its prediction, but with buffers of fixed size, clocks that nobody steers once they are
 * set, and each input sent once. What is left is what a game with prediction has before any of it is tuned.
 */
import type { ClientSession } from '../../../net/session/client.ts'

/** The clocks are set once this much has been measured, ms of true time into the match. */
const SET_MS = 1500
/** Inputs are sent to arrive this early. */
const LEAD_TICKS = 2
/** Others are drawn this far behind the newest snapshot, ms. */
const DELAY_MS = 100

/** Makes a session, before it has begun, into the baseline. */
export function fixBuffers(session: ClientSession): void {
  const { clock, prediction } = session
  const ticksPerMs = session.game.tickRate / 1000
  let startedAt: number | null = null
  let [samples, offset] = [0, 0]
  const note = clock.snapshot.bind(clock)
  clock.snapshot = (now, tick, interval) => {
    note(now, tick, interval)
    startedAt ??= now
    if (now - startedAt <= SET_MS) offset += (tick - now * ticksPerMs - offset) / ++samples
  }
  const measured = clock.measuredRoundTrip.bind(clock)
  clock.measuredRoundTrip = (ms) => {
    if (startedAt === null || prediction.tick / ticksPerMs < SET_MS) measured(ms)
  }
  let newest = { predicted: 0, presented: 0 }
  clock.predictedTick = (now) => {
    if (startedAt === null) return 0
    const predicted = Math.max(newest.predicted, now * ticksPerMs + offset + clock.rttMs * ticksPerMs + LEAD_TICKS)
    newest = { ...newest, predicted }
    return predicted
  }
  clock.presentationTick = (now) => {
    if (startedAt === null) return 0
    const presented = Math.max(newest.presented, now * ticksPerMs + offset - DELAY_MS * ticksPerMs)
    newest = { ...newest, presented }
    return presented
  }
  const after = prediction.inputsAfter.bind(prediction)
  let sent = 0
  prediction.inputsAfter = (acked, most) => {
    const inputs = after(Math.max(acked, sent), most)
    sent = prediction.tick
    return inputs
  }
}

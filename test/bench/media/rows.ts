/** From what the pages noted to rows. */

import { measured, median, quantile, type Row } from '../bench.ts'
import { type Delivery, match } from '../congestion/delays.ts'
import type { Mark } from '../files/page/watched.ts'
import { judged } from '../idle.ts'

/** A stretch of the match. */
export interface Stretch {
  /** One-way delay of the host's state packets to the guest, the path's own counted, ms. */
  readonly p50: number
  readonly p99: number
  /** Of the guest's inputs of about the last ten seconds, 0 to 1. */
  readonly lateShare: number
  /** Of the CPU, 0 to 1. */
  readonly idle: number
}

/** The longest that a mouth may be from an ear; a burst that is heard later was not heard. */
const MAX_MOUTH_TO_EAR_MS = 600

export function stretchOf(sent: readonly Mark[], heard: readonly Mark[], lateShare: number, idle: number): Stretch {
  const delays = match(sent, heard).map(({ sentAt, arrivedAt }: Delivery) => arrivedAt - sentAt)
  return { p50: quantile(delays, 0.5), p99: quantile(delays, 0.99), lateShare, idle }
}

/** How long each burst took that was heard, ms. */
export function mouthToEar(spoken: readonly number[], ear: readonly number[]): number[] {
  return spoken.flatMap((at) => {
    const heard = ear.find((onset) => onset > at)
    return heard !== undefined && heard - at <= MAX_MOUTH_TO_EAR_MS ? [heard - at] : []
  })
}

/** A stretch with media beside the same without. `isWhole`: as many took part as the case says; with fewer there is no verdict. */
export function stretchRows(
  caseName: string,
  media: Stretch,
  without: Stretch,
  isWhole: boolean,
  target: number,
): Row[] {
  const told = (name: string, value: number, unit: string): Row => measured(name, caseName, value, unit, 'lower')
  return judged(
    [
      measured('state lane one-way p99 ÷ without', caseName, media.p99 / without.p99, 'ratio', 'lower', target),
      told('state lane one-way p50 ÷ without', media.p50 / without.p50, 'ratio'),
      told('state lane one-way p99', media.p99, 'ms'),
      told('state lane one-way p99 without', without.p99, 'ms'),
      told('late inputs', 100 * media.lateShare, '%'),
      told('late inputs without', 100 * without.lateShare, '%'),
      measured('idle CPU', caseName, 100 * Math.min(media.idle, without.idle), '%', 'higher'),
    ],
    isWhole ? Math.min(media.idle, without.idle) : 0,
  )
}

/** Mouth to ear in voice beside a plain connection. `idle`: the less of the two. */
export function earRows(caseName: string, voice: readonly number[], plain: readonly number[], idle: number): Row[] {
  return judged(
    [
      measured(
        'mouth to ear ÷ plain RTCPeerConnection',
        caseName,
        median(voice) / median(plain),
        'ratio',
        'lower',
        1.1,
      ),
      measured('mouth to ear', caseName, median(voice), 'ms', 'lower'),
      measured('mouth to ear of a plain RTCPeerConnection', caseName, median(plain), 'ms', 'lower'),
      measured('bursts heard', caseName, Math.min(voice.length, plain.length), 'bursts', 'higher'),
      measured('idle CPU', caseName, 100 * idle, '%', 'higher'),
    ],
    idle,
  )
}

/**
 * Notices what has stopped coming: the host's packets, snapshots that this client can use, a whole tick, or acks of its inputs. In
 * go the moments at which each came. Out come a report, and one warning for each.
 */

import { MAX_STATE_BYTES } from '../wire/lanes.ts'
import { MAX_PACKETS_PER_TICK } from '../wire/snapshot-head.ts'
import { WAITS_SECONDS } from './limits.ts'
import type { WaitReport } from './types.ts'

/** A page that did not run for so long, ms, stood still itself, so it begins to wait anew. */
const STOOD_STILL_MS = 1000

const MAX_KB = Math.floor((MAX_PACKETS_PER_TICK * MAX_STATE_BYTES) / 1000)

type Wanted = WaitReport['for']

/** In this order: each needs the one before. */
const ORDER: readonly Wanted[] = ['packets', 'snapshots', 'ticks', 'acks']

export class ClientWaits {
  private readonly cameAt: Record<Wanted, number> = { packets: 0, snapshots: 0, ticks: 0, acks: 0 }
  private readonly said = new Set<Wanted>()
  private readonly warn: (problem: string) => void
  private lookedAt: number | null = null
  private present: WaitReport | null = null

  constructor(warn: (problem: string) => void) {
    this.warn = warn
  }

  came(what: Wanted, now: number): void {
    this.cameAt[what] = now
  }

  /** Once a tick. `started`: the page predicts, so that its inputs are to be acknowledged. */
  look(now: number, started: boolean): void {
    const { cameAt } = this
    if (this.lookedAt === null || now - this.lookedAt > STOOD_STILL_MS) for (const what of ORDER) cameAt[what] = now
    this.lookedAt = now
    if (!started) cameAt.acks = now
    const missing = ORDER.find((what) => now - cameAt[what] > WAITS_SECONDS * 1000)
    this.present = missing ? { for: missing, ms: now - cameAt[missing] } : null
    // The others depend on this one, so they do not count as missing.
    if (missing) for (const what of ORDER.slice(ORDER.indexOf(missing) + 1)) cameAt[what] = now
    if (!missing || missing === 'packets' || this.said.has(missing)) return
    this.said.add(missing)
    this.warn(sentenceOf(missing, started))
  }

  /** What has been missing for more than 5 s; null when all is well. */
  get report(): WaitReport | null {
    return this.present
  }
}

function sentenceOf(missing: Exclude<Wanted, 'packets'>, started: boolean): string {
  const start = `For ${WAITS_SECONDS} s`
  switch (missing) {
    case 'snapshots':
      return `${start} packets of the host have come, and this page could use none: session.stats().malformed counts why. Load the same build of the game on both pages.`
    case 'ticks':
      return `${start} no tick of what this page predicts has come whole, so it ${started ? 'is never put right' : 'cannot start'}: a tick takes ${MAX_PACKETS_PER_TICK} packets, ${MAX_KB} kB, at most. The host's console says what is too much, if it is that. Change less at once, or let the host alone move it: predict: 'none'.`
    case 'acks':
      return `${start} the host has acknowledged none of this page's inputs, though its snapshots come: what the player does has no effect. The way to the host is cut, or it drops what this page sends: session.stats().malformed of the host's page counts why.`
  }
}

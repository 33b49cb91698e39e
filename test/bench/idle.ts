/** How much of the machine was idle: on a busy one, delays of pages say little. */
import { cpus } from 'node:os'
import type { Row } from './bench.ts'

/** With less of the CPU idle, 0 to 1, pages wait for the machine, and a figure of theirs says nothing of the code. */
export const MIN_IDLE = 0.15

export interface CpuTimes {
  readonly idle: number
  readonly all: number
}

export function cpuTimes(): CpuTimes {
  const times = cpus().map(({ times }) => times)
  const idle = times.reduce((sum, time) => sum + time.idle, 0)
  return { idle, all: times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, idle) }
}

/** The share of idle time since then, 0 to 1. */
export function cpuSince(before: CpuTimes): number {
  const now = cpuTimes()
  return (now.idle - before.idle) / Math.max(1, now.all - before.all)
}

/** Rows of real pages: on a machine that was too busy no target counts as met or missed. */
export function judged(rows: readonly Row[], idle: number): Row[] {
  return idle < MIN_IDLE ? rows.map((row) => ({ ...row, met: null })) : [...rows]
}

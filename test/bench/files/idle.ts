/** How much of the machine was idle: on a busy one, delays of pages say little. */
import { cpus } from 'node:os'

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

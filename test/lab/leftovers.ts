/** One lab at a time on a machine, and nothing of it afterwards: its lock, and what a lab left behind that was killed. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OVERLAYS } from './names.ts'

/** Whoever runs a lab keeps its process id here. */
const LOCK = '/run/starwire-lab.pid'

/** @throws Error when the process that runs another lab is alive. */
export function takeLock(): void {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
  } catch {
    const holder = Number(readFileSync(LOCK, 'utf8'))
    if (holder !== process.pid && isAlive(holder))
      throw new Error(`Another lab runs on this machine, in process ${holder}.`)
    writeFileSync(LOCK, String(process.pid))
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Also what a lab left behind that was killed. */
export function removeAll(): void {
  const listed = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout ?? ''
  const namespaces = listed.split('\n').flatMap((line) => /^sw-(net|\d+|\d+-router)(?= |$)/.exec(line)?.[0] ?? [])
  for (const namespace of namespaces) {
    const inside = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' }).stdout ?? ''
    for (const pid of inside.split('\n').filter(Boolean)) kill(Number(pid))
    spawnSync('ip', ['netns', 'del', namespace])
  }
  let overlays: string[] = []
  try {
    overlays = readdirSync(OVERLAYS)
  } catch {
    // There were none.
  }
  for (const name of overlays) {
    if (/^sw-(net|\d+)$/.test(name)) rmSync(join(OVERLAYS, name), { recursive: true, force: true })
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

export function freeLock(): void {
  rmSync(LOCK, { force: true })
}

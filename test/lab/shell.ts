/** Runs commands of the system that build and change the lab. */
import { spawnSync } from 'node:child_process'

/** @throws Error with what the failing command said. */
export function shell(script: string): void {
  const { status, stderr } = spawnSync('sh', ['-e'], { input: script, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The lab cannot be built: ${stderr.trim()}`)
}

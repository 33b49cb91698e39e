// Gets a program that the tests need, where the system's package manager can be used without asking.
import { spawnSync } from 'node:child_process'

/** The first of these commands that runs, or null. */
export function firstThatRuns(commands) {
  return commands.filter(Boolean).find((command) => runs(command)) ?? null
}

function runs(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}

/**
 * Finds a program, or installs it with apt as root.
 * `brew` and `elsewhere`: how a person gets it without apt. `missing`: is called with the one command to run, when there is none.
 */
export function ensureProgram({ name, find, apt, brew, elsewhere, environment = {}, missing }) {
  const found = find()
  if (found) return found
  const hasApt = runs('apt-get')
  if (hasApt && process.getuid?.() === 0) {
    console.log(`No ${name} found: installing it with apt (once; up to two minutes) …`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', ...environment }
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env })
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', apt], { stdio: 'inherit', env })
    const installed = find()
    if (installed) return installed
  }
  missing(hasApt ? `sudo apt-get install ${apt}` : process.platform === 'darwin' ? `brew install ${brew}` : elsewhere)
  return null
}

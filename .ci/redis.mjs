// Finds a Redis for the tests of a service of many processes, or gets one where the system's package manager can be used
// without asking. Nothing is started but by the tests, which each start their own.
import { spawnSync } from 'node:child_process'

/** The command that starts a Redis on this machine, or null. `REDIS_SERVER` in the environment comes first. */
export function findRedis() {
  const candidates = [process.env.REDIS_SERVER, 'redis-server', 'valkey-server'].filter(Boolean)
  return candidates.find((command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0) ?? null
}

/** Finds a Redis, or installs Debian's as root; prints the one command to run and returns null elsewhere. */
export function ensureRedis() {
  const found = findRedis()
  if (found) return found
  const apt = spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0
  if (apt && process.getuid?.() === 0) {
    console.log('No Redis found: installing it with apt (once; some seconds) …')
    // Only the program: no service that is started with the machine.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env })
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], { stdio: 'inherit', env })
    const installed = findRedis()
    if (installed) return installed
  }
  const command = apt
    ? 'sudo apt-get install redis-server'
    : process.platform === 'darwin'
      ? 'brew install redis'
      : 'install Redis, then set REDIS_SERVER to its path'
  console.error(`The tests of a service of many processes need a Redis and none was found. Run: ${command}`)
  return null
}

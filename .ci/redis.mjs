// Finds a Redis for the tests of a service of many processes, or gets one where the system's package manager can be used
// without asking. Nothing is started but by the tests, which each start their own.
import { ensureProgram, firstThatRuns } from './program.mjs'

/** The command that starts a Redis on this machine, or null. `REDIS_SERVER` in the environment comes first. */
export function findRedis() {
  return firstThatRuns([process.env.REDIS_SERVER, 'redis-server', 'valkey-server'])
}

/** Finds a Redis, or installs Debian's as root; prints the one command to run and returns null elsewhere. */
export function ensureRedis() {
  return ensureProgram({
    name: 'Redis',
    find: findRedis,
    apt: 'redis-server',
    brew: 'redis',
    elsewhere: 'install Redis, then set REDIS_SERVER to its path',
    // Only the program: no service that is started with the machine.
    environment: { RUNLEVEL: '1' },
    missing: (command) =>
      console.error(`The tests of a service of many processes need a Redis and none was found. Run: ${command}`),
  })
}

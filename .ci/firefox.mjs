// Finds a Firefox for the long tests, or gets one where the system's package manager can be used without asking. One test needs it, so nothing
// fails without: it is said, by name.
import { spawnSync } from 'node:child_process'

const names = ['firefox-esr', 'firefox', '/Applications/Firefox.app/Contents/MacOS/firefox']

/** The command that starts a Firefox on this machine, or null. `FIREFOX` in the environment comes first. */
export function findFirefox() {
  const candidates = [process.env.FIREFOX, ...names].filter(Boolean)
  return candidates.find((command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0) ?? null
}

/** Finds a Firefox, or installs Debian's as root; says what is not tested and returns null elsewhere. */
export function ensureFirefox() {
  const found = findFirefox()
  if (found) return found
  const apt = spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0
  if (apt && process.getuid?.() === 0) {
    console.log('No Firefox found: installing it with apt (once; a minute or two) …')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit', env })
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'firefox-esr'], { stdio: 'inherit', env })
    const installed = findFirefox()
    if (installed) return installed
  }
  const command = apt
    ? 'sudo apt-get install firefox-esr'
    : process.platform === 'darwin'
      ? 'brew install --cask firefox'
      : 'install Firefox, then set FIREFOX to its path'
  console.log(`Not tested: "come to the same world in Firefox". There is no Firefox. Run: ${command}`)
  return null
}

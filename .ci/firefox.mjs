// Finds a Firefox for the long tests, or gets one where the system's package manager can be used without asking. One test needs it, so nothing
// fails without: it is said, by name.
import { ensureProgram, firstThatRuns } from './program.mjs'

/** The command that starts a Firefox on this machine, or null. `FIREFOX` in the environment comes first. */
export function findFirefox() {
  return firstThatRuns([
    process.env.FIREFOX,
    'firefox-esr',
    'firefox',
    '/Applications/Firefox.app/Contents/MacOS/firefox',
  ])
}

/** Finds a Firefox, or installs Debian's as root; says what is not tested and returns null elsewhere. */
export function ensureFirefox() {
  return ensureProgram({
    name: 'Firefox',
    find: findFirefox,
    apt: 'firefox-esr',
    brew: '--cask firefox',
    elsewhere: 'install Firefox, then set FIREFOX to its path',
    missing: (command) =>
      console.log(`Not tested: "come to the same world in Firefox". There is no Firefox. Run: ${command}`),
  })
}

// Finds a Chromium for the browser tests, or gets one where the system's package manager can be used without asking.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ensureProgram } from './program.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const known = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

function runnable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The path of a Chromium on this machine, or null. `CHROMIUM` in the environment comes first. */
export function findChromium() {
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  return [process.env.CHROMIUM, ...onPath, ...known].find((path) => path && runnable(path)) ?? null
}

/** Finds a Chromium, or installs Debian's as root; prints the one command to run and returns null elsewhere. */
export function ensureChromium() {
  return ensureProgram({
    name: 'Chromium',
    find: findChromium,
    apt: 'chromium',
    brew: '--cask chromium',
    elsewhere: 'install Chromium or Chrome, then set CHROMIUM to its path',
    missing: (command) => console.error(`The browser tests need a Chromium and none was found. Run: ${command}`),
  })
}

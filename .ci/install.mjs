// Installs the dependencies when they are missing or differ from the lock file. Runs before `npm start`, `npm test` and
// `npm pack`, on a machine with nothing but Node, so it uses Node's own modules alone.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stamp = join(root, 'node_modules', '.starwire-lock')
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Starwire needs Node 20.19 or newer; this is ${process.versions.node}. Get it from https://nodejs.org.`)
  process.exit(1)
}

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.log('Installing dependencies (once; about ten seconds) …')
  const npm = process.env.npm_execpath
  // npm's own script is run by this Node: spawning "npm" needs a shell on Windows.
  // What was asked of the npm above us (`npm pack --dry-run --json`) is not meant for this one, which would hear it, too.
  const own = ['--dry-run=false', '--json=false', '--global=false', '--ignore-scripts=false']
  const args = ['ci', ...own, '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const run = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (run.status !== 0) {
    console.error('The dependencies could not be installed: is the npm registry reachable? Run "npm ci" to see why.')
    process.exit(run.status ?? 1)
  }
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, lock)
}

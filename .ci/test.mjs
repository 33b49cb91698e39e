// `npm test`: types, style, rooms, then every test but the long ones, counted in one closing line. `npm run test:long`
// (`--long`): the long ones alone. A step that fails does not stop the others, so one run tells everything.
// `--add FILE` leaves the counts of this run in a file, and adds those that it already holds to the closing line.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { ensureChromium } from './chromium.mjs'
import { ensureFirefox } from './firefox.mjs'
import { ensureRedis } from './redis.mjs'

const args = process.argv.slice(2)
const long = args.includes('--long')
const counts = args.includes('--add') ? args[args.indexOf('--add') + 1] : undefined

/** Seconds on two cores that do nothing else; a line over its budget is marked, never failed: machines differ. */
const BUDGETS = long
  ? { 'long tests': 600, 'long tests with Redis': 60, 'long browser tests': 300, 'long tests of many pages': 240 }
  : { checks: 25, 'unit tests and matches': 80, 'tests with Redis': 15, 'browser tests': 80 }
/** Installing belongs to the machine, not to the tests, so it is told apart. */
const INSTALLS = 'installs'

const seconds = new Map()
let passed = 0
let failed = 0

function count(ok, name) {
  if (ok) passed++
  else failed++
  console.log(`${ok ? 'ok' : 'FAILED'} ${name}`)
}

/** Runs a part of the whole and adds its time to a budget. */
function timed(budget, run) {
  const started = performance.now()
  const result = run()
  seconds.set(budget, (seconds.get(budget) ?? 0) + (performance.now() - started) / 1000)
  return result
}

/** Says what begins, because a step is silent for seconds, and counts how it ended. */
function step(name, budget, run) {
  console.log(`\n${name} …`)
  count(timed(budget, run), name)
}

const env = { ...process.env, MSGPACKR_NATIVE_ACCELERATION_DISABLED: 'true' }

function node(script, ...args) {
  return spawnSync(process.execPath, [script, ...args], { stdio: 'inherit', env }).status === 0
}

/** Runs these commands beside each other, and shows what each has printed in one piece, as it ends. */
async function sideBySide(budget, commands) {
  console.log(`\n${commands.map(([name]) => name).join(', ')} …`)
  const started = performance.now()
  await Promise.all(
    commands.map(
      ([name, ...command]) =>
        new Promise((resolve) => {
          const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'], env })
          const printed = []
          for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => printed.push(bytes))
          child.on('close', (status) => {
            process.stdout.write(Buffer.concat(printed))
            count(status === 0, name)
            resolve()
          })
        }),
    ),
  )
  seconds.set(budget, (performance.now() - started) / 1000)
}

/** The tests of these projects, long ones or all others. */
function vitest(name, ...projects) {
  const report = `.cache/${projects.join('-')}.json`
  rmSync(report, { force: true })
  console.log(`\n${name} …`)
  const ok = timed(name, () =>
    node(
      'node_modules/vitest/vitest.mjs',
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      `--tags-filter=${long ? 'long' : '!long'}`,
      // Only a test that hangs is at fault: a busy machine is not.
      ...(long ? ['--testTimeout=600000'] : []),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
    ),
  )
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    passed += numPassedTests
    failed += numFailedTests
    // A file that did not load has failed without a test of its own to say so.
    const broken = testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    )
    failed += broken.length
    // A hook that threw: its tests count as skipped.
    if (!ok && numFailedTests + broken.length === 0) failed++
  } catch {
    count(false, `${name}: the run left no report`)
  }
}

let chromium = null
step('a Chromium for the browser tests', INSTALLS, () => {
  chromium = ensureChromium()
  return chromium !== null
})
if (chromium) process.env.CHROMIUM = chromium

let redis = null
step('a Redis for the tests of many processes', INSTALLS, () => {
  redis = ensureRedis()
  return redis !== null
})
if (redis) process.env.REDIS_SERVER = redis

// What it is for is told, and not failed, where there is none.
if (long) {
  console.log('\na Firefox for one of the long browser tests …')
  timed(INSTALLS, ensureFirefox)
}

mkdirSync('.cache', { recursive: true })
if (long) {
  vitest('long tests', 'unit', 'staged')
  if (redis) vitest('long tests with Redis', 'redis')
  if (chromium) vitest('long browser tests', 'browser')
  if (chromium) vitest('long tests of many pages', 'crowd')
} else {
  await sideBySide('checks', [
    ['types', '.ci/types.mjs'],
    ['style', 'node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
    ['rooms', '.ci/rooms.mjs'],
  ])
  vitest('unit tests and matches', 'unit', 'staged')
  if (redis) vitest('tests with Redis', 'redis')
  if (chromium) vitest('browser tests', 'browser')
}

console.log()
let total = 0
for (const [name, took] of seconds) {
  if (name !== INSTALLS) total += took
  const budget = BUDGETS[name]
  const of = budget === undefined ? '' : ` of ${budget} s${took > budget ? ': OVER BUDGET' : ''}`
  console.log(`${name}: ${took.toFixed(0)} s${of}`)
}
console.log(`whole run without installs: ${total.toFixed(0)} s`)
if (counts) {
  if (existsSync(counts)) {
    const before = JSON.parse(readFileSync(counts, 'utf8'))
    passed += before.passed
    failed += before.failed
  }
  writeFileSync(counts, JSON.stringify({ passed, failed }))
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)

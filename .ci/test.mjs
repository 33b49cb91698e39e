// `npm test`: types, style, rooms, then every test, counted in one closing line. A step that fails does not stop
// the others, so one run tells everything.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { ensureChromium } from './chromium.mjs'

const started = Date.now()
let passed = 0
let failed = 0

function count(ok, name) {
  if (ok) passed++
  else failed++
  console.log(`${ok ? 'ok' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(0)} s)`)
}

/** Says what begins, because a step is silent for seconds, and counts how it ended. */
function step(name, run) {
  console.log(`\n${name} …`)
  count(run(), name)
}

function node(script, ...args) {
  const env = { ...process.env, MSGPACKR_NATIVE_ACCELERATION_DISABLED: 'true' }
  return spawnSync(process.execPath, [script, ...args], { stdio: 'inherit', env }).status === 0
}

step('types', () => node('node_modules/typescript/bin/tsc', '--noEmit'))
step('style', () => node('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'))
step('rooms', () => node('.ci/rooms.mjs'))

let chromium = null
step('a Chromium for the browser tests', () => {
  chromium = ensureChromium()
  return chromium !== null
})
if (chromium) process.env.CHROMIUM = chromium

mkdirSync('.cache', { recursive: true })
for (const project of chromium ? ['unit', 'browser'] : ['unit']) {
  const report = `.cache/${project}.json`
  rmSync(report, { force: true })
  console.log(`\n${project} tests …`)
  const ok = node(
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  )
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    )
    passed += numPassedTests
    failed += numFailedTests
    // A file that did not load has failed without a test of its own to say so.
    const broken = testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    )
    failed += broken.length
    if (!ok && numFailedTests + broken.length + numFailedTestSuites === 0) failed++
  } catch {
    count(false, `${project} tests: the run left no report`)
  }
}

console.log(`\nwhole run: ${((Date.now() - started) / 1000).toFixed(0)} s`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)

// Holds the imports between rooms against .dependency-cruiser.cjs, and refuses an empty run: with a compiler it
// cannot use, dependency-cruiser reports "no violations" over zero modules.
import { spawnSync } from 'node:child_process'

const cruiser = 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'
const folders = process.argv.length > 2 ? process.argv.slice(2) : ['net', 'game', 'src']
const run = spawnSync(
  process.execPath,
  [cruiser, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders],
  {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  },
)
if (!run.stdout) {
  console.error(run.stderr)
  process.exit(1)
}
const { summary, modules } = JSON.parse(run.stdout)
const own = modules.filter(({ source }) => /^(net|game|src)\//.test(source)).length
for (const { rule, from, to } of summary.violations) console.error(`${rule.severity} ${rule.name}: ${from} → ${to}`)
console.log(`rooms: ${own} modules, ${summary.violations.length} violations`)
if (own === 0)
  console.error(
    'No module was read, so nothing was checked: is the TypeScript version one that dependency-cruiser can use?',
  )
process.exit(summary.error > 0 || own === 0 ? 1 : 0)

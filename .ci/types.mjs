// `npm run check:types`: the compiler over the repository and over every TypeScript example of README.md and docs/, in
// one program, because most of the time goes into what they share.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

/** The native one, in half the time. `typescript` is 6 for those who call it from JavaScript: rooms, declarations, tests. */
const COMPILER = 'node_modules/typescript-7/bin/tsc'
/** Named in tsconfig.json, too. */
const FOLDER = '.cache/readme'
/** Fewer mean that the pattern below no longer matches. */
const MIN_EXAMPLES = 7

const tag = readFileSync('test/browser/fixtures/tag/tag.ts', 'utf8')
const docs = readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))
const examples = ['README.md', ...docs].flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text]) => text),
)
if (examples.length < MIN_EXAMPLES) {
  console.error(
    `README.md and docs/ have ${examples.length} examples in TypeScript, at least ${MIN_EXAMPLES} were expected.`,
  )
  process.exit(1)
}
rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })
// The others import the game of tag from the file that the README names.
for (const [i, text] of examples.entries()) {
  const name = text === tag ? 'tag.ts' : `example-${i + 1}.ts`
  writeFileSync(`${FOLDER}/${name}`, /^(im|ex)port /m.test(text) ? text : `${text}export {}\n`)
}
const { status } = spawnSync(process.execPath, [COMPILER, '--noEmit'], { stdio: 'inherit' })
process.exit(status ?? 1)

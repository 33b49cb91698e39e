import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import manifest from '../../../package.json' with { type: 'json' }
import { repository } from './planted.ts'

const read = (path: string): string => readFileSync(join(repository, path), 'utf8')
const readme = read('README.md')
/** README and what it leads to, path by path. */
const pages = ['README.md', ...readdirSync(join(repository, 'docs')).map((name) => `docs/${name}`)]
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: read(path) }))
const all = pages.map(({ text }) => text).join('\n')
const blocks = [...all.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({ language, text }))

/** Every file below a folder. */
function below(folder: string): string[] {
  return readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

describe('README and docs', () => {
  it.each(['tag.ts', 'main.ts', 'index.html', 'find.ts', 'teams.ts'])(
    'show %s of the game of tag as the repository compiles it',
    (file) => {
      const text = read(`test/browser/fixtures/tag/${file}`)
      expect(blocks.filter((block) => block.text === text)).toHaveLength(1)
    },
  )

  it('link only to what exists', () => {
    const targets = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, target = '']) => join(dirname(path), target)),
    )
    expect(targets.length).toBeGreaterThan(10)
    expect(targets.filter((target) => !existsSync(join(repository, target)))).toEqual([])
  })

  it('are all led to from README, or from a page that it leads to', () => {
    const led = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, target = '']) => join(dirname(path), target)),
    )
    for (const { path } of pages.slice(1)) expect(led).toContain(path)
  })

  it('say of each dependency why it is there', () => {
    for (const name of Object.keys(manifest.dependencies))
      expect(readme, name).toMatch(new RegExp(`^\\| \`${name}\` \\| \\S.+ \\|$`, 'm'))
    const [, others = ''] = /^Of this repository alone:([\s\S]*?)\n\n/m.exec(readme) ?? []
    for (const name of Object.keys(manifest.devDependencies)) expect(others).toContain(`\`${name}\``)
    for (const name of Object.keys(manifest.peerDependencies)) expect(readme).toContain(`\`${name}\` for \`starwire/`)
  })

  it('name every face of the package, and no command that is not there', () => {
    for (const face of Object.keys(manifest.exports)) expect(all).toContain(`\`${face.replace('.', 'starwire')}\``)
    for (const [, script = ''] of all.matchAll(/npm run ([\w:]+)/g)) expect(manifest.scripts).toHaveProperty([script])
  })

  it('list every variable of the environment that the code reads, and no other', () => {
    const [, table = ''] = /^## Environment\n([\s\S]*)/m.exec(read('docs/deploying.md')) ?? []
    const listed = [...table.matchAll(/`((?:STARWIRE_)?[A-Z][A-Z_]+)`/g)].map(([, name]) => name)
    const files = [...below('net'), ...below('src'), join(repository, '.ci/chromium.mjs')]
    const texts = files.filter((file) => /\.(ts|tsx|mjs)$/.test(file)).map((file) => readFileSync(file, 'utf8'))
    const inCode = texts.flatMap((text) => [
      ...[...text.matchAll(/\b(STARWIRE_[A-Z_]+[A-Z])\b/g)].map(([name]) => name),
      ...[...text.matchAll(/\b(?:process\.env|environment)\.([A-Z][A-Z_]+)/g)].map(([, name]) => name),
    ])
    // PATH and NODE_ENV are everybody's, and what begins so is Vite's.
    const own = new Set(inCode.filter((name) => name !== 'PATH' && name !== 'NODE_ENV' && !name?.startsWith('__VITE_')))
    expect(new Set(listed)).toEqual(own)
  })
})

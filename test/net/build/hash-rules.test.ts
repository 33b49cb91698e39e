import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { hashRules } from '../../../net/vite.ts'
import { project } from './project.ts'

const manifest = (name: string, version: string, more: object = {}): string =>
  JSON.stringify({ name, version, ...more })

const rules = {
  'rules/tag.ts':
    "import { defineGame } from 'starwire'\nimport { speed } from './speed.ts'\nexport const tag = speed\n",
  'rules/speed.ts': "import { base } from '../shared/base'\nexport const speed = base * 2\n",
  'shared/base.ts': 'export const base = 4\n',
  'node_modules/starwire/package.json': manifest('starwire', '1.0.0'),
}

type Files = Parameters<typeof project>[0]

async function hashOf(files: Files, entry = 'rules/tag.ts'): Promise<string> {
  return hashRules(join(await project(files), entry))
}

describe('the hash of the rules', () => {
  it('is the same wherever the project lies, by path or by URL, with Windows line ends or a byte order mark', async () => {
    const hash = await hashOf(rules)
    expect(hash).toMatch(/^[0-9a-f]{32}$/)
    const windows = Object.fromEntries(
      Object.entries(rules).map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]),
    )
    expect(await hashOf(windows)).toBe(hash)
    expect(await hashOf({ ...rules, 'shared/base.ts': `\uFEFF${rules['shared/base.ts']}` })).toBe(hash)
    const folder = await project(rules)
    expect(await hashRules(pathToFileURL(join(folder, 'rules/tag.ts')))).toBe(hash)
    expect(await hashRules(pathToFileURL(join(folder, 'rules/tag.ts')).href)).toBe(hash)
  })

  it('is another when a helper two imports away is another, and when a file has another name', async () => {
    const hash = await hashOf(rules)
    expect(await hashOf({ ...rules, 'shared/base.ts': 'export const base = 5\n' })).not.toBe(hash)
    const { 'rules/speed.ts': speed, ...others } = rules
    const renamed = {
      ...others,
      'rules/pace.ts': speed,
      'rules/tag.ts': rules['rules/tag.ts'].replace('speed.ts', 'pace.ts'),
    }
    expect(await hashOf(renamed)).not.toBe(hash)
    expect(await hashOf({ ...rules, 'rules/unused.ts': 'export {}\n' })).toBe(hash)
  })

  it('knows packages by name and version, and nothing of their text', async () => {
    const using = { ...rules, 'rules/tag.ts': "import { clamp } from 'maths/clamp'\nexport const tag = clamp\n" }
    const at = (version: string, text: string): Promise<string> =>
      hashOf({
        ...using,
        'node_modules/maths/package.json': manifest('maths', version),
        'node_modules/maths/clamp.js': text,
      })
    expect(await at('1.0.0', 'export const clamp = 1')).toBe(await at('1.0.0', 'export const clamp = 2'))
    expect(await at('1.0.0', '')).not.toBe(await at('1.0.1', ''))
    const linked = (version: string, text: string): Promise<string> =>
      hashOf({
        'rules/tag.ts': rules['rules/tag.ts'],
        'rules/speed.ts': '',
        'clone/package.json': manifest('starwire', version, { exports: './index.js' }),
        'clone/index.js': text,
        'node_modules/starwire': { link: 'clone' },
      })
    expect(await linked('1.0.0', 'one')).toBe(await linked('1.0.0', 'two'))
    expect(await linked('1.0.0', '')).not.toBe(await linked('1.0.1', ''))
  })

  it('reads a workspace package that is linked, outside of the folder of the game, by any way its exports lead', async () => {
    const at = (text: string): Promise<string> =>
      hashOf(
        {
          'apps/game/tag.ts': "import { push } from '@us/physics/forces/push'\nimport all from '@us/physics'\n",
          'packages/physics/package.json': manifest('@us/physics', '0.0.0', {
            exports: { '.': { types: './x.d.ts', import: './all.ts' }, './forces/*': './src/*.ts' },
          }),
          'packages/physics/all.ts': '',
          'packages/physics/src/push.ts': text,
          'apps/game/node_modules/@us/physics': { link: 'packages/physics' },
        },
        'apps/game/tag.ts',
      )
    expect(await at('export const push = 1')).not.toBe(await at('export const push = 2'))
  })

  it.each([
    ['a static import', "import { a } from './other.ts'"],
    ['one over lines, with a comment that has an apostrophe', "import {\n  a, // don't\n  b,\n} from './other.ts'"],
    ['one without spaces', 'import{a}from"./other.ts"'],
    ['one for its effects', "import './other.ts'"],
    ['an export', "export { a } from './other.ts'"],
    ['an export of all', "export * from './other.ts'"],
    ['a default import that is named type', "import type from './other.ts'"],
    ['one of a type beside a value', "import { type A, b } from './other.ts'"],
    ['one after a type without a semicolon', "export type A = B\nimport { b } from './other.ts'"],
    ['a dynamic import', "const a = await import('./other.ts')"],
    ['a required module', "const a = require('./other')"],
    ['a name without an ending', "import { a } from './other'"],
    ['the name of what it is compiled to', "import { a } from './other.js'"],
    ['a query', "import text from './other.ts?raw'"],
    ['a worker', "new Worker(new URL('./other.ts', import.meta.url), { type: 'module' })"],
    ['a glob', "const levels = import.meta.glob<Level>('./o*.ts', { eager: true })"],
    ['a list of globs', "const levels = import.meta.glob(['./**/*.ts', '!./none.ts'])"],
    ['a name of its package', "import { a } from '#other'"],
    [
      'after text that looks like the start of a comment',
      "const any = 'image/*'\nimport { a } from './other.ts'\n/* */",
    ],
    ['after a pattern with a quote', "const quote = /['\"]/\nimport { a } from './other.ts'"],
  ])('counts what is imported by %s', async (_, text) => {
    const at = (other: string): Promise<string> =>
      hashOf({
        'package.json': manifest('game', '1.0.0', { imports: { '#other': './rules/other.ts' } }),
        'rules/tag.ts': text,
        'rules/other.ts': other,
      })
    expect(await at('export const a = 1')).not.toBe(await at('export const a = 2'))
  })

  it('counts data of any kind that rules import', async () => {
    const at = (level: string): Promise<string> =>
      hashOf({
        'rules/tag.ts': "import level from './level.json'\nimport map from './map.bin?url'",
        'rules/level.json': level,
        'rules/map.bin': `\0${level}`,
      })
    expect(await at('[1]')).not.toBe(await at('[2]'))
  })

  it.each([
    "import type { A } from './other.ts'",
    "import type A from './other.ts'",
    "import type * as all from './other.ts'",
    "export type { A } from './other.ts'",
    "/** @type {import('./other.ts').A} */",
  ])('does not count a module that is named for its types alone: %s', async (text) => {
    const at = (other: string): Promise<string> => hashOf({ 'rules/tag.ts': text, 'rules/other.ts': other })
    expect(await at('export type A = 1')).toBe(await at('export type A = 2'))
  })

  it('ends where modules import each other, and asks for imports that Node would not find', async () => {
    const files = {
      'rules/tag.ts': "import './a.ts'\nimport { far } from '@/far'\n",
      'rules/a.ts': "import './tag.ts'\nimport 'nowhere'\nimport 'node:fs'\nimport 'virtual:thing'\n",
      'far.ts': 'export const far = 1\n',
    }
    const folder = await project(files)
    const resolve = (specifier: string): string | null =>
      specifier.startsWith('@/') ? join(folder, `${specifier.slice(2)}.ts`) : null
    const entry = join(folder, 'rules/tag.ts')
    expect(await hashRules(entry, { resolve })).not.toBe(await hashRules(entry))
  })

  it('rejects for an entry that is not there', async () => {
    await expect(hashRules('/nowhere/tag.ts')).rejects.toThrow('/nowhere/tag.ts')
  })
})

/** Games are read from disk with the hash that their pages have. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hashRules } from '../../../net/build/hash-rules.ts'
import { loadGame } from '../../../net/node/load-game.ts'
import { project } from '../build/project.ts'

/** A package of the library's name that defines just enough of a game. */
const library = {
  'node_modules/starwire/package.json': JSON.stringify({
    ...{ name: 'starwire', version: '1.0.0', type: 'module', exports: './index.js' },
  }),
  'node_modules/starwire/index.js':
    "export const defineGame = ({ id, rulesHash = 'unstated' }) => ({ id, schema: {}, rules: {}, hash: 'declared-' + rulesHash })\n",
}

const game = (id: string): string => `defineGame({ id: '${id}' })`
const head = "import { defineGame } from 'starwire'\n"

async function file(name: string, text: string, more: Record<string, string> = {}): Promise<string> {
  return join(await project({ ...library, 'package.json': '{"type":"module"}', ...more, [name]: text }), name)
}

describe('a game that is read from disk', () => {
  it('has the hash of its rules that a page built by Vite has, in TypeScript with a helper', async () => {
    const path = await file(
      'tag.ts',
      `${head}import { id } from './id.ts'\nexport const tag = defineGame({ id: id as string })\n`,
      {
        'id.ts': "export const id: string = 'tag'\n",
      },
    )
    expect(await loadGame(path)).toMatchObject({ id: 'tag', hash: `declared-${await hashRules(path)}` })
  })

  it('keeps a hash that it states itself', async () => {
    const path = await file('tag.js', `${head}export default defineGame({ id: 'tag', rulesHash: 'v7' })\n`)
    expect((await loadGame(path)).hash).toBe('declared-v7')
  })

  it('is the default export where there are several, and else the only one', async () => {
    const both = `${head}export const chess = ${game('chess')}\nexport const helper = 5\n`
    expect((await loadGame(await file('a.js', both))).id).toBe('chess')
    expect((await loadGame(await file('b.js', `${both}export default ${game('go')}\n`))).id).toBe('go')
  })

  it('is asked for with a sentence where there is none, or one of several', async () => {
    await expect(loadGame('/nowhere/tag.ts')).rejects.toThrow(/^There is no file \/nowhere\/tag.ts\. Write the path/)
    await expect(loadGame(await file('a.js', 'export const a = null\n'))).rejects.toThrow(/exports no game/)
    const two = `${head}export const chess = ${game('chess')}\nexport const go = ${game('go')}\n`
    await expect(loadGame(await file('b.js', two))).rejects.toThrow(/exports several games, chess, go\./)
    await expect(loadGame(await file('c.js', 'throw new Error("no dice")\n'))).rejects.toThrow('no dice')
  })
})

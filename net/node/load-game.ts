/**
 * Loads a game from its source file in Node. Its rules have the same hash as in pages built by Vite, so that these can join. Vite reads the
 * file where it is installed, with TypeScript and the project's aliases; else Node does.
 */
import { access } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { hashRules } from '../build/hash-rules.ts'
import { rulesPlugin } from '../build/rules-plugin.ts'
import type { AnyGame, Game } from '../world/game.ts'
import { isUnstated, withRulesHash } from '../world/game-hash.ts'

/** The library's own entry, above this folder. Written as `new URL(…)`, our build would copy it in as an asset. */
const face = join(dirname(fileURLToPath(import.meta.url)), '../index')

/**
 * @param file The module that calls `defineGame`, as a path. Its default export is the game, or the one export that is a game.
 * @throws Error (rejects) with a sentence: no such file, TypeScript without Vite, no game or several in it, or an error of its own.
 */
export async function loadGame(file: string): Promise<Game> {
  const path = resolve(file)
  await access(path).catch(() => {
    throw new Error(`There is no file ${path}. Write the path of the module that calls defineGame.`)
  })
  const game = gameOf(await read(path), path)
  // With Vite the plugin has stated the hash; without it, it is stated here. A hash that the game itself states stays.
  return isUnstated(game.hash) ? withRulesHash(game, await hashRules(path)) : game
}

async function read(path: string): Promise<object> {
  const vite = await import('vite').catch(() => null)
  if (vite) {
    const plugin = { name: 'starwire', ...rulesPlugin(face) }
    const { module } = await vite.runnerImport<object>(path, { logLevel: 'error', plugins: [plugin] })
    return module
  }
  if (/\.[cm]?tsx?$/.test(path) && !readsTypeScript())
    throw new Error(
      `This Node does not read TypeScript, as ${path} is: install vite beside starwire (npm install vite).`,
    )
  return (await import(pathToFileURL(path).href)) as object
}

/** Whether this Node strips types itself, as from 22.18 on. */
function readsTypeScript(): boolean {
  return Boolean((process.features as { readonly typescript?: unknown }).typescript)
}

function gameOf(module: object, path: string): Game {
  if ('default' in module && isGame(module.default)) return module.default
  const games = Object.entries(module).filter((entry): entry is [string, Game] => isGame(entry[1]))
  const [first, second] = games
  if (!first) throw new Error(`${path} exports no game. Export what defineGame returned.`)
  if (second)
    throw new Error(
      `${path} exports several games, ${games.map(([name]) => name).join(', ')}. Export the one to host as default.`,
    )
  return first[1]
}

function isGame(value: unknown): value is Game {
  const { schema, rules, hash } = (value ?? {}) as Partial<AnyGame>
  return typeof schema === 'object' && typeof rules === 'object' && typeof hash === 'string'
}

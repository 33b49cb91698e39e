/** The package where there is nothing but the language: Jest's jsdom, a worklet, a server that renders pages. */
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { build, type Rolldown } from 'vite'
import { describe, expect, it } from 'vitest'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

describe('a page without TextEncoder, crypto, performance, timers or any other thing of a browser', () => {
  it('imports every face, defines a game and plays it in virtual time', async () => {
    const [bundle] = (await build({
      configFile: false,
      logLevel: 'error',
      publicDir: false,
      resolve: {
        alias: [
          { find: /^starwire$/, replacement: at('../../../net/index.ts') },
          { find: /^starwire\/(.+)$/, replacement: at('../../../net/$1.ts') },
        ],
      },
      build: {
        write: false,
        minify: false,
        lib: { entry: at('./bare-faces.ts'), formats: ['iife'], name: 'faces' },
      },
    })) as Rolldown.RolldownOutput[]
    // A context of its own has the language's globals and nothing else.
    const context = createContext({})
    runInContext(bundle?.output[0].code ?? '', context)
    const played = runInContext(
      `
      const { defineGame, entity, t } = faces.game
      const game = defineGame({
        id: 'bare', version: 1, maxPlayers: 2, input: { x: t.int(-1, 1) },
        entities: { ship: entity({ name: t.string(12, { default: 'Zoë' }), x: t.int(0, 99) }) },
        step(world) { for (const ship of world.all('ship')) ship.x += world.inputOf(ship.owner).x },
        referee(world) {
          for (const owner of world.joined) world.spawn('ship', { owner, name: 'Ünï 🚀' })
        },
      })
      const match = faces.testing.simulate(game, { players: 2 })
      match.clients[1].input({ x: 1 })
      match.run(500)
      const { globals, ...world } = match.clients[0].view().toJSON()
      JSON.stringify([Object.keys(faces).sort(), world.entities.map(({ name }) => name)])
      `,
      context,
    )
    expect(JSON.parse(played)).toEqual([
      ['files', 'game', 'media', 'phaser', 'records', 'star', 'testing'],
      ['Ünï 🚀', 'Ünï 🚀'],
    ])
  })
})

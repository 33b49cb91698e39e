import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { plant, repository } from './planted.ts'

/** The lines of each file that Biome objects to. */
function objections(folder: string): Record<string, number[]> {
  const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome')
  const args = [biome, 'lint', '--reporter=github', '--max-diagnostics=none', 'net', 'game', 'src', 'test']
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  const lines: Record<string, number[]> = {}
  for (const [, file = '', line] of stdout.matchAll(/^::error .*?file=([^,]+),line=(\d+)/gm)) {
    lines[file] ??= []
    lines[file].push(Number(line))
  }
  return Object.fromEntries(Object.entries(lines).map(([file, found]) => [file, found.sort((a, b) => a - b)]))
}

const platform = `export const one = Date.now()
export const two = new Date()
export const three = performance.now()
export const four = Math.random()
export const { random } = Math
export const six = crypto.getRandomValues(new Uint8Array(4))
setTimeout(() => {}, 1)
export const eight = globalThis.setInterval
export const nine = new WebSocket('wss://example.org')
export const ten = document.title
export const eleven = Math.max(1, 2)
`

const codeFromText = `export const one = new Function('a', 'return a')
export const two = Function('return 2')
export const three = eval('3')
export const four = (function () {})()
`

describe('the lint rules of the house', { timeout: 20_000 }, () => {
  it('keep time, chance, timers and the DOM out of the core and of the rules of a game, and only there', {
    tags: ['long'],
  }, async () => {
    const rooms = [
      'world',
      'wire',
      'clock',
      'congestion',
      'replication',
      'prediction',
      'bots',
      'session',
      'migration',
      'records',
    ]
      .map((room) => `net/${room}`)
      .concat('game/rules')
    const outside = ['net/platform', 'net/runtime', 'src', 'test/net/world']
    const files = [...rooms, ...outside].map((room) => [`${room}/planted.ts`, platform] as const)
    const found = objections(await plant(Object.fromEntries(files)))
    for (const room of rooms) expect(found[`${room}/planted.ts`], room).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    for (const room of outside) expect(found[`${room}/planted.ts`], room).toBeUndefined()
  })

  it('keep time, chance and timers out of the rooms that run in virtual time on a platform of their own', {
    tags: ['long'],
  }, async () => {
    const rooms = ['net/lobby', 'net/star', 'net/signaling', 'net/signaling/server', 'net/transport']
    const found = objections(await plant(Object.fromEntries(rooms.map((room) => [`${room}/planted.ts`, platform]))))
    for (const room of rooms) expect(found[`${room}/planted.ts`], room).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('keep code from text out of everything that runs in a page, so that a strict content security policy holds', {
    tags: ['long'],
  }, async () => {
    const rooms = ['net/world', 'net/transport', 'net/signaling/server', 'game/scenes', 'src']
    const found = objections(await plant(Object.fromEntries(rooms.map((room) => [`${room}/planted.ts`, codeFromText]))))
    for (const room of rooms) expect(found[`${room}/planted.ts`], room).toEqual([1, 2, 3])
  })
})

/** The page is built on Phaser's core (.ci/slim-packages.mjs), while types and the dev server know the whole of Phaser. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { trimPhaser } from '../../.ci/slim-packages.mjs'

const core = readFileSync('node_modules/phaser/src/phaser-core.js', 'utf8')

it('draws with nothing that the core of Phaser does not have, which would be missed in the built page only', () => {
  const factories = [...core.matchAll(/gameobjects\/(\w+)\/\w+Factory'/g)].map(([, name]) => name)
  expect(factories).toContain('image')
  const used = readdirSync('game', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => [...readFileSync(`game/${path}`, 'utf8').matchAll(/\b(?:scene|this)\s*\.add\s*\.(\w+)\(/g)])
    .map(([, name]) => name)
  expect(used.length).toBeGreaterThan(10)
  expect(used.filter((name) => !factories.includes(name))).toEqual([])
})

it('takes the flags of Phaser as its own builds do, and puts nothing on the page itself', () => {
  const trimmed = trimPhaser(core)
  expect(trimmed).not.toMatch(/typeof [A-Z_]{4,}|global\./)
  expect(trimPhaser("if (typeof WEBGL_RENDERER) { if (typeof key === 'x') {} }")).toBe(
    "if (true) { if (typeof key === 'x') {} }",
  )
})

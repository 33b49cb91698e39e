import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Arena, arenaIn, markOf, openField, settingsOf } from '../../game/arenas/arena.ts'
import {
  type ArenaFault,
  arenaFileName,
  arenaText,
  MAX_ARENA_BYTES,
  readArena,
  readArenaFile,
} from '../../game/arenas/arena-file.ts'
import { exampleArenas } from '../../game/arenas/examples.ts'
import { radiusOf } from '../../game/rules/asteroids.ts'
import {
  ARENA_HEIGHT,
  ARENA_WIDTH,
  ASTEROID_WEIGHT,
  MAX_ASTEROIDS,
  MOON_SIZE,
  REBIRTH_EVERY,
  SHIP_RADIUS,
  TICK_RATE,
} from '../../game/rules/balance.ts'
import { dogstar } from '../../game/rules/dogstar.ts'
import { seededRandom, simulate } from '../../net/testing.ts'
import { confirmedFaults, play, predictionFaults } from '../sim/laws.ts'
import { ann, bo, place, startMatch } from './match.ts'

const good = { dogstar: 'arena', version: 1, name: 'Ring', width: 2000, height: 1000, rocks: [{ x: 5, y: 6, size: 3 }] }
const withPart = (part: object): string => JSON.stringify({ ...good, ...part })
const withRock = (rock: unknown): string => withPart({ rocks: [rock] })

/** Texts that are no arena, and why. */
const hostile: readonly (readonly [name: string, text: string, fault: ArenaFault])[] = [
  ['a text beyond the limit', `${' '.repeat(MAX_ARENA_BYTES)}{}`, 'too-large'],
  ['nothing', '', 'not-json'],
  ['half a file', withPart({}).slice(0, -4), 'not-json'],
  ['brackets as deep as the limit allows', '['.repeat(MAX_ARENA_BYTES), 'not-json'],
  ['a number', '7', 'not-an-arena'],
  ['null', 'null', 'not-an-arena'],
  ['a list', `[${withPart({})}]`, 'not-an-arena'],
  ['another JSON file', '{"name":"Ring"}', 'not-an-arena'],
  ['no version', withPart({ version: undefined }), 'not-an-arena'],
  ['a version that is a text', withPart({ version: '1' }), 'not-an-arena'],
  ['a newer version', withPart({ version: 2, walls: [] }), 'newer'],
  ['a part of its own', withPart({ script: 'alert(1)' }), 'unknown-part'],
  ['a prototype', `{"__proto__":{"x":1},${withPart({}).slice(1)}`, 'unknown-part'],
  ['no name', withPart({ name: '' }), 'bad-name'],
  ['a name that is no text', withPart({ name: ['R'] }), 'bad-name'],
  ['a name of 5,000 characters', withPart({ name: 'x'.repeat(5000) }), 'bad-name'],
  ['a name that turns what stands beside it', withPart({ name: 'a\u202eb' }), 'bad-name'],
  ['a name of two lines', withPart({ name: 'a\nb' }), 'bad-name'],
  ['a width of zero', withPart({ width: 0 }), 'bad-size'],
  ['a width that is no whole number', withPart({ width: 2000.5 }), 'bad-size'],
  ['a width beyond all numbers', withPart({}).replace('2000', '1e999'), 'bad-size'],
  ['a width that is a text', withPart({ width: '2000' }), 'bad-size'],
  ['a height beyond the field', withPart({ height: ARENA_HEIGHT + 1 }), 'bad-size'],
  ['no rocks', withPart({ rocks: undefined }), 'bad-rocks'],
  ['rocks that are no list', withPart({ rocks: { length: 9 } }), 'bad-rocks'],
  ['a rock that is null', withRock(null), 'bad-rock'],
  ['a rock that is a list', withRock([1, 2, 3]), 'bad-rock'],
  ['a rock without a place', withRock({ size: 1 }), 'bad-rock'],
  ['a rock of no size', withRock({ x: 1, y: 1, size: 0 }), 'bad-rock'],
  ['a rock larger than a moon', withRock({ x: 1, y: 1, size: 5 }), 'bad-rock'],
  ['a rock between two sizes', withRock({ x: 1, y: 1, size: 1.5 }), 'bad-rock'],
  ['a rock with speed', withRock({ x: 1, y: 1, size: 1, vx: 300 }), 'unknown-part'],
  ['a rock outside', withRock({ x: 2001, y: 1, size: 1 }), 'rock-outside'],
  ['a rock left of it', withRock({ x: -1, y: 1, size: 1 }), 'rock-outside'],
  [
    'too many large rocks',
    withPart({ rocks: Array(MAX_ASTEROIDS / 4 + 1).fill({ x: 9, y: 9, size: 3 }) }),
    'too-many-rocks',
  ],
  [
    'too many small rocks',
    withPart({ rocks: Array(MAX_ASTEROIDS + 1).fill({ x: 9, y: 9, size: 1 }) }),
    'too-many-rocks',
  ],
]

describe('a file of an arena', () => {
  it.each(hostile)('that is %s is refused with a sentence, and none of its text is in it', (_name, text, fault) => {
    const read = readArena(text)
    expect(read.fault).toBe(fault)
    expect(read.fault && read.sentence).toMatch(/^[A-Z].+\.$/)
    expect(read.fault && read.sentence).not.toMatch(/alert|script/)
  })

  it('says which rock is wrong, counting as people do', () => {
    const rocks = [
      { x: 1, y: 1, size: 1 },
      { x: 1, y: 1, size: 9 },
    ]
    const read = readArena(withPart({ rocks }))
    expect(read.fault && read.sentence).toMatch(/^Rock 2 needs/)
  })

  it('is not read at all when it is too large, and refused when it is no UTF-8 or goes away', async () => {
    const large = new Blob([new Uint8Array(MAX_ARENA_BYTES + 1)])
    large.arrayBuffer = () => Promise.reject(new Error('It was read.'))
    expect((await readArenaFile(large)).fault).toBe('too-large')
    expect((await readArenaFile(new Blob([Uint8Array.of(0x22, 0xff, 0x22)]))).fault).toBe('not-json')
    const gone = new Blob(['{}'])
    gone.arrayBuffer = () => Promise.reject(new DOMException('The file was deleted.', 'NotFoundError'))
    expect((await readArenaFile(gone)).fault).toBe('not-json')
  })

  it('never throws, whatever it is, and what it accepts has sizes and rocks in range', () => {
    const json = fc.json({ maxDepth: 4 })
    const near = fc
      .record({ name: fc.string(), width: fc.oneof(fc.integer(), fc.constant(2000)), rocks: fc.array(fc.anything()) })
      .map((part) => {
        try {
          return withPart(part)
        } catch {
          return ''
        }
      })
    fc.assert(
      fc.property(fc.oneof(json, near, fc.string()), (text) => {
        const { arena } = readArena(text)
        if (!arena) return
        expect(arena.width).toBeLessThanOrEqual(ARENA_WIDTH)
        for (const { x, y } of arena.rocks) expect(x <= arena.width && y <= arena.height).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it.each(exampleArenas)(
    'of our own is a file as anybody’s, has cover, and no rock on another: $name',
    async ({ name, rocks }) => {
      const file = readFileSync(new URL(`../../game/arenas/${name.toLowerCase()}.arena.json`, import.meta.url), 'utf8')
      expect(readArena(file)).toMatchObject({ arena: { name, rocks }, fault: null })
      expect(rocks.filter(({ size }) => size === MOON_SIZE).length).toBeGreaterThan(0)
      for (const [i, a] of rocks.entries())
        for (const b of rocks.slice(i + 1))
          expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(
            radiusOf(a.size) + radiusOf(b.size) + 2 * SHIP_RADIUS,
          )
    },
  )

  it.each(exampleArenas)('of our own is an arena, and reads back the same: $name', (arena) => {
    expect(readArena(arenaText(arena))).toEqual({ arena, fault: null })
    expect(arenaText(arena).length).toBeLessThan(MAX_ARENA_BYTES)
    expect(arenaIn({ ...startMatch().state.settings, ...settingsOf(arena) })).toEqual(arena)
    expect(arenaFileName(arena)).toMatch(/^[a-z]+\.arena\.json$/)
  })

  it('without rocks can be written and read', () => {
    const empty: Arena = { name: 'Void', width: 1200, height: 800, rocks: [] }
    expect(readArena(arenaText(empty)).arena).toEqual(empty)
  })

  it('is named by letters of its own, whatever its name has', () => {
    expect(arenaFileName({ name: '../..\\x:y' })).toBe('x-y.arena.json')
    expect(arenaFileName({ name: 'حلقة' })).toBe('dogstar.arena.json')
  })

  it('has another mark when anything in it is another', () => {
    const [ring] = exampleArenas as [Arena]
    expect(markOf({ ...ring })).toBe(markOf(ring))
    expect(markOf({ ...ring, rocks: ring.rocks.slice(1) })).not.toBe(markOf(ring))
    expect(markOf({ ...ring, width: ring.width - 1 })).not.toBe(markOf(ring))
  })
})

describe('a match in a drawn arena', () => {
  const arena: Arena = {
    name: 'Two',
    width: 1300,
    height: 900,
    rocks: [
      { x: 300, y: 300, size: 3 },
      { x: 1000, y: 600, size: 1 },
    ],
  }
  const inArena = (players = [ann]) => startMatch(players, { settings: settingsOf(arena) })

  it('has the rocks where they were drawn, at rest, and no others', () => {
    const match = inArena()
    match.run(3 * REBIRTH_EVERY)
    expect(match.asteroids().map(({ x, y, vx, vy, size }) => [x, y, vx, vy, size])).toEqual([
      [300, 300, 0, 0, 3],
      [1000, 600, 0, 0, 1],
    ])
    expect(match.refused).toEqual([])
  })

  it('has its walls where they were drawn, for ships, shots and pieces of rocks', () => {
    const match = inArena()
    const ship = match.ship(ann)
    expect(ship.x < arena.width && ship.y < arena.height).toBe(true)
    match.clearSky()
    place(ship, 1200, 450, { vx: 400 })
    match.run(TICK_RATE, () => ({ fire: true }))
    expect(ship.x).toBeLessThanOrEqual(arena.width - SHIP_RADIUS)
    expect(ship.vx).toBeLessThan(0)
    for (const { x } of match.bullets()) expect(x).toBeLessThanOrEqual(arena.width)
    const piece = match.rock(1290, 450, 1)
    piece.vx = 50
    match.run(1)
    expect(piece.vx).toBe(-50)
  })

  it('gets a rock that is gone back in its place, but not on top of a ship', () => {
    const match = inArena()
    const ship = match.ship(ann)
    const [, small] = match.asteroids()
    match.state.remove(small!)
    place(ship, 1000, 600)
    match.run(2 * REBIRTH_EVERY)
    expect(match.asteroids()).toHaveLength(1)
    place(ship, 200, 850)
    match.run(2 * REBIRTH_EVERY)
    expect(match.asteroids().map(({ x, y, size }) => [x, y, size])).toContainEqual([1000, 600, 1])
  })

  it('whose settings come from a host that lies is played all the same, within the bounds of the field', () => {
    const lies = {
      ...openField,
      arenaName: 'Lies',
      arenaWidth: 1200,
      arenaHeight: 800,
      rockX: Array(MAX_ASTEROIDS).fill(ARENA_WIDTH),
      rockY: Array(MAX_ASTEROIDS - 2).fill(ARENA_HEIGHT),
      rockSize: Array(MAX_ASTEROIDS).fill(3),
    }
    const match = startMatch([ann, bo], { settings: lies })
    match.run(REBIRTH_EVERY + 1)
    const rocks = match.asteroids()
    expect(rocks.reduce((sum, { size }) => sum + (ASTEROID_WEIGHT[size as 1 | 2 | 3 | 4] ?? 0), 0)).toBe(MAX_ASTEROIDS)
    for (const { x, y } of rocks) expect([x, y]).toEqual([1200, 800])
    expect(match.refused).toEqual([])
  })

  it('is the same world on every page, a late joiner’s too, though packets are lost', () => {
    const match = simulate(dogstar, {
      players: 2,
      network: { latencyMs: 40, loss: 0.05, jitterMs: 4 },
      seed: 5,
      settings: settingsOf(arena),
    })
    const random = seededRandom(3)
    const fly = (ms: number) =>
      play(match, ms, random, (client, roll) =>
        client.input({ turn: Math.floor(roll() * 17) - 8, thrust: roll() < 0.7, fire: roll() < 0.5 }),
      )
    fly(1500)
    const late = match.join()
    fly(1500)
    expect(late.view().settings).toMatchObject(settingsOf(arena))
    for (const client of match.clients) {
      expect(client.runner.session.failure).toBe(null)
      expect(predictionFaults(match, client)).toEqual([])
      expect(confirmedFaults(match, client)).toEqual([])
    }
  })
})

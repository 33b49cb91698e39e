import fc from 'fast-check'
import { Packr } from 'msgpackr/index-no-eval'
import { describe, expect, it } from 'vitest'
import { playerId } from '../../../net/world/ids.ts'
import { loadWorld, saveWorld, saveWorldFor } from '../../../net/world/save.ts'
import { runTick, type TickInput } from '../../../net/world/tick.ts'
import { World } from '../../../net/world/world.ts'
import { tag } from '../../browser/fixtures/tag/tag.ts'
import { timesAsLong } from '../../relative-cost.ts'
import { anyContents, everything } from './everything.ts'

const ann = playerId(0, 1)
const bob = playerId(1, 1)
const cat = playerId(2, 1)
const none: TickInput = { joined: [], left: [], expired: [], inputs: new Map(), commands: [] }
const secret = [1, 2, 3, 4]

function newWorld(): World {
  return new World({ game: everything, seed: 9, secret, predicting: null })
}

function lived(ticks: number): World {
  const world = newWorld()
  for (let tick = 1; tick <= ticks; tick++) runTick(world, tick, { ...none, joined: tick === 1 ? [ann, bob, cat] : [] })
  return world
}

describe('a saved world', () => {
  it('is loaded to the same bytes, whatever is in it', () => {
    fc.assert(
      fc.property(anyContents(5000), (fill) => {
        const world = newWorld()
        world.begin(5000)
        fill(world)
        const bytes = saveWorld(world)
        const copy = newWorld()
        expect(loadWorld(copy, bytes)).toBe(null)
        expect(saveWorld(copy)).toEqual(bytes)
      }),
      { numRuns: 60 },
    )
  })

  it('goes on to the same bytes tick for tick, with the same secrets of the referee', { tags: ['long'] }, () => {
    const world = lived(40)
    const copy = newWorld()
    expect(loadWorld(copy, saveWorld(world))).toBe(null)
    for (let tick = 41; tick <= 140; tick++) {
      const run = { ...none, joined: tick === 70 ? [playerId(5, 2)] : [], expired: tick === 90 ? [bob] : [] }
      runTick(world, tick, run)
      runTick(copy, tick, run)
      expect(saveWorld(copy)).toEqual(saveWorld(world))
    }
    expect([copy.secret(), copy.secret()]).toEqual([world.secret(), world.secret()])
  })

  it('does not change when the world that was loaded from it does: lists and numbers are copies', () => {
    const world = lived(10)
    const bytes = saveWorld(world)
    const kept = bytes.slice()
    const copy = newWorld()
    loadWorld(copy, bytes)
    for (let tick = 11; tick <= 20; tick++) runTick(copy, tick, none)
    expect(bytes).toEqual(kept)
    expect(saveWorld(world)).toEqual(kept)
  })

  it('keeps references valid, and replaces whatever was there before', () => {
    const world = newWorld()
    world.seat(ann)
    const other = world.spawn('other', {})
    world.spawn('mine', { owner: ann, ref: other.id })
    const copy = lived(30)
    expect(loadWorld(copy, saveWorld(world))).toBe(null)
    expect([...copy.all('mine')]).toMatchObject([{ ref: other.id, owner: ann }])
    expect(copy.players).toEqual([ann])
    expect([...copy.all('shared')]).toEqual([])
  })
})

describe('the world as one player may know it', () => {
  function divided(): World {
    const world = newWorld()
    for (const player of [ann, bob, cat]) world.seat(player)
    for (const [player, team] of [
      [ann, 1],
      [bob, 1],
      [cat, 2],
    ] as const)
      Object.assign(world.player(player), { team, bank: 500 + player, score: 5 })
    for (const owner of [ann, bob, cat, null])
      world.spawn('other', {
        owner,
        x: 3,
        secret: 42,
        hidden: 'psst',
        judged: 7,
        own: 50,
        team: 60,
        engine: { steps: 9 },
      })
    Object.assign(world.globals, { round: 4, seen: 3 })
    world.round()
    return world
  }

  it('is without hidden fields, the private ones of others and those of other teams, and without the secret stream', () => {
    const copy = newWorld()
    copy.secretState.set([9, 9, 9, 9])
    expect(loadWorld(copy, saveWorldFor(divided(), ann))).toBe(null)
    const seen = [...copy.all('other')].map((other) =>
      Object.fromEntries(
        ['x', 'secret', 'hidden', 'judged', 'own', 'team'].map((name) => [name, (other as never)[name]]),
      ),
    )
    const open = { x: 3, secret: 0, hidden: '', judged: 7 }
    expect(seen).toEqual([
      { ...open, own: 50, team: 60 },
      { ...open, own: 0, team: 60 },
      { ...open, own: 0, team: 0 },
      { ...open, own: 0, team: 0 },
    ])
    expect(
      [...copy.all('other')].map((other) => (other as never as { engine: { steps: number } }).engine.steps),
    ).toEqual([0, 0, 0, 0])
    expect([ann, bob, cat].map((player) => (copy.player(player) as never as { bank: number }).bank)).toEqual([
      564, 0, 0,
    ])
    expect(copy.globals).toMatchObject({ round: 4, seen: 0 })
    expect([...copy.secretState]).toEqual([0, 0, 0, 0])
  })

  it('has no trace of what is hidden from them', () => {
    const world = divided()
    const hidden = [...world.all('other')].at(-1)!
    const copy = newWorld()
    expect(
      loadWorld(
        copy,
        saveWorldFor(world, ann, (record) => record !== hidden),
      ),
    ).toBe(null)
    expect(copy.exists(hidden.id)).toBe(false)
    expect([...copy.all('other')]).toHaveLength(3)
  })

  it('shares nothing with the team of one who has left it', () => {
    const world = divided()
    world.player(ann).numbers[0] = 0
    world.unseat(bob)
    const copy = newWorld()
    loadWorld(copy, saveWorldFor(world, ann))
    expect([...copy.all('other')].map((other) => (other as never as { team: number }).team)).toEqual([60, 0, 0])
  })
})

describe('bytes that are no saved world', () => {
  const packr = new Packr({ useRecords: false, int64AsType: 'number' })
  const good = saveWorld(lived(20))
  type Loose = unknown[]

  function refusal(change: (saved: Loose, records: Loose[]) => void): string | null {
    const saved = packr.unpack(good.slice()) as Loose
    change(saved, saved[5] as Loose[])
    const world = lived(5)
    const before = saveWorld(world)
    const problem = loadWorld(world, Uint8Array.from(packr.pack(saved)))
    // Nothing was touched when they were refused.
    if (problem !== null) expect(saveWorld(world)).toEqual(before)
    return problem
  }

  it.each<[string, (saved: Loose, records: Loose[]) => void]>([
    [
      'another format',
      (saved) => {
        saved[0] = 3
      },
    ],
    [
      'a tick before the first',
      (saved) => {
        saved[1] = -1
      },
    ],
    [
      'a tick beyond the last',
      (saved) => {
        saved[1] = 2 ** 40
      },
    ],
    [
      'a next id among the players',
      (saved) => {
        saved[2] = 5
      },
    ],
    [
      'a secret of three words',
      (saved) => {
        saved[3] = [1, 2, 3]
      },
    ],
    [
      'a secret that is no word',
      (saved) => {
        saved[3] = [1, 2, 3, -1]
      },
    ],
    [
      'a player who is none',
      (saved) => {
        saved[4] = [5]
      },
    ],
    [
      'a player twice',
      (saved) => {
        saved[4] = [ann, ann]
      },
    ],
    [
      'no globals',
      (_saved, records) => {
        records.shift()
      },
    ],
    [
      'a record twice',
      (_saved, records) => {
        records.push(records.at(-1)!)
      },
    ],
    [
      'a type that is none',
      (_saved, records) => {
        records[3]![0] = 99
      },
    ],
    [
      'a type that is a name',
      (_saved, records) => {
        records[3]![0] = 'length'
      },
    ],
    [
      'a type that is a method',
      (_saved, records) => {
        records[3]![0] = 'map'
      },
    ],
    [
      'an id that is a player for an entity',
      (_saved, records) => {
        records.at(-1)![1] = 64
      },
    ],
    [
      'an owner who is none',
      (_saved, records) => {
        records.at(-1)![2] = 7
      },
    ],
    [
      'a row that is too short',
      (_saved, records) => {
        ;(records.at(-1)![3] as Loose).pop()
      },
    ],
    [
      'a number that is a text',
      (_saved, records) => {
        ;(records[0]![3] as Loose)[0] = '5'
      },
    ],
    [
      'a number that is NaN',
      (_saved, records) => {
        ;(records[0]![3] as Loose)[0] = Number.NaN
      },
    ],
    [
      'a number out of range',
      (_saved, records) => {
        ;(records[0]![3] as Loose)[0] = 1e9
      },
    ],
    [
      'an int with a fraction',
      (_saved, records) => {
        ;(records[0]![3] as Loose)[0] = 1.5
      },
    ],
    [
      'a list that is none',
      (_saved, records) => {
        records.find(([type]) => type === 3)![4] = [5, [], [], [], []]
      },
    ],
    [
      'a list that is too long',
      (_saved, records) => {
        ;(records.find(([type]) => type === 3)![4] as Loose)[1] = [0, 0, 0, 0, 0, 0]
      },
    ],
    [
      'a list of what does not belong there',
      (_saved, records) => {
        ;(records.find(([type]) => type === 3)![4] as Loose)[1] = [{}]
      },
    ],
    [
      'a text that is too long',
      (_saved, records) => {
        ;(records.find(([type]) => type === 3)![4] as Loose)[0] = 'x'.repeat(21)
      },
    ],
    [
      'opaque bytes that their own load does not read',
      (_saved, records) => {
        ;(records.find(([type]) => type === 5)![4] as Loose)[1] = Uint8Array.of(1, 2, 3)
      },
    ],
  ])('%s: gives a sentence and changes nothing', (_name, change) => {
    expect(refusal(change)).toMatch(/^The .*\.$/)
  })

  it('are a sentence, never a throw, when they are another game', () => {
    expect(loadWorld(new World({ game: tag, seed: 1, predicting: null }), good)).toMatch(/another game/)
  })

  it('are a sentence, never a throw, when they are anything', () => {
    const world = newWorld()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(loadWorld(world, bytes)).toMatch(/\.$/)
      }),
      { numRuns: 2000 },
    )
  })

  it('are a sentence, never a throw, when a bit of good ones is flipped or they are cut', () => {
    const world = newWorld()
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(7), fc.boolean(), (at, bit, cut) => {
        const bytes = good.slice(0, cut ? at : good.length)
        if (!cut) bytes[at]! ^= 1 << bit
        const problem = loadWorld(world, bytes)
        // A changed number may still be a world; then it is one that can be saved and run.
        if (problem === null) runTick(world, world.tick + 1, none)
        else expect(problem).toMatch(/\.$/)
      }),
      { numRuns: 2000 },
    )
  })

  it('are refused at once when they are deep or claim to be huge', () => {
    const world = newWorld()
    const hostile = [[0xdd], [0xdf], [0xc6], [0xdb]].map((head) => Uint8Array.of(...head, 0xff, 0xff, 0xff, 0xff))
    const loadAll = () => {
      for (const bytes of [new Uint8Array(20_000).fill(0x91), ...hostile])
        expect(loadWorld(world, bytes)).toMatch(/\.$/)
    }
    const own = saveWorld(world)
    expect(timesAsLong(loadAll, () => loadWorld(newWorld(), own))).toBeLessThan(200)
  })
})

import { defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../net/testing.ts'
import { History } from '../../../net/world/history.ts'
import { World } from '../../../net/world/world.ts'

const KEPT = 5
const game = defineGame({
  id: 'past',
  version: 1,
  maxPlayers: 2,
  input: {},
  entities: {
    stone: entity({ n: t.int(0, 9999) }, { predict: 'none' }),
    bag: entity({ items: t.list(t.int(0, 99), 4), n: t.int(0, 9999) }, { predict: 'none' }),
  },
  step() {},
})

describe('the last ticks', () => {
  it('stay as they were for as long as they are kept, whatever comes, goes and changes', () => {
    const random = seededRandom(7)
    const world = new World({ game, seed: 1, predicting: null })
    const history = new History(KEPT)
    const truths: string[] = []
    let before = new Set<number>()
    for (let tick = 1; tick <= 60; tick++) {
      world.begin(tick)
      for (let i = 0; i < 3; i++) world.spawn(random() < 0.5 ? 'stone' : 'bag', { n: Math.floor(random() * 9999) })
      const records = [...world.records.values()].filter(({ $type }) => $type.role === 'entity')
      for (const record of records) {
        const fields = record as unknown as { n: number; items?: number[] }
        if (random() < 0.25) world.remove(record)
        else fields.n = Math.floor(random() * 9999)
        if (fields.items && random() < 0.5) fields.items = [tick % 100, 2]
      }
      world.round()
      history.record(world)
      const shown = [...world.records.values()].map(({ id, owner, numbers, objects }) => ({
        id,
        owner,
        numbers,
        objects,
      }))
      truths.push(JSON.stringify(shown.sort((a, b) => a.id - b.id)))
      const present = new Set<number>(world.records.keys())
      expect([...history.removed].sort()).toEqual([...before].filter((id) => !present.has(id)).sort())
      before = present
      for (let back = 0; back < Math.min(KEPT, tick); back++) {
        const kept = history.stateAt(tick - back)!
        expect(kept.tick).toBe(tick - back)
        const copies = kept.records.map(({ id, owner, row }) => ({ id, owner, ...row }))
        expect(JSON.stringify(copies.sort((a, b) => a.id - b.id))).toBe(truths[tick - back - 1])
      }
    }
    expect(history.stateAt(1)!.tick).toBe(56)
  })
})

import { describe, expect, it } from 'vitest'
import { type ScenarioName, scenarioNames } from '../worlds/scenarios.ts'
import { hashTrace } from './hash.ts'
import hashes from './hashes.json' with { type: 'json' }
import { recordTrace } from './record.ts'

const seconds = 30

describe('a trace', () => {
  // Whoever makes this fail has changed the truth that all codecs are measured by: only on purpose, and then all anew.
  it.each([...scenarioNames])(
    'of %s is to the bit what was committed before any codec was written',
    { tags: ['long'] },
    (name: ScenarioName) => {
      expect(hashTrace(recordTrace(name, 1, seconds))).toBe(hashes[name])
    },
  )

  it('is another one with another seed', () => {
    expect(hashTrace(recordTrace('S', 2, 2))).not.toBe(hashTrace(recordTrace('S', 1, 2)))
  })

  it('names every entity that came and went, and keeps ids in order within a type', { tags: ['long'] }, () => {
    const trace = recordTrace('L', 1, 2)
    const alive = new Set<number>()
    for (let tick = 1; tick <= trace.ticks; tick++) {
      for (const id of trace.spawned[tick] ?? []) alive.add(id)
      for (const id of trace.removed[tick] ?? []) alive.delete(id)
      const first = trace.firstRow[tick]!
      const ids = trace.ids.subarray(first, trace.firstRow[tick + 1])
      expect(ids.length).toBe(alive.size)
      for (const [i, id] of ids.entries()) {
        expect(alive.has(id)).toBe(true)
        if (i > 0 && trace.types[first + i] === trace.types[first + i - 1]) expect(id).toBeGreaterThan(ids[i - 1]!)
      }
    }
  })
})

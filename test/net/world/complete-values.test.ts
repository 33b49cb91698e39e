/** Values of declared fields from a developer and from a peer: complete, in range, on the grid. */
import { defineGame, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { completeValues, readValues } from '../../../net/world/complete-values.ts'

const { settings } = defineGame({
  ...{ id: 'x', version: 1, maxPlayers: 2, input: {}, entities: {}, step() {} },
  settings: {
    laps: t.int(1, 9, { default: 3 }),
    mode: t.enum(['race', 'duel']),
    pace: t.fixed({ min: 0, max: 1, step: 1 / 8 }),
    title: t.string(4),
    marks: t.list(t.int(0, 9), 2),
    fog: t.bool(),
  },
}).schema
const first = { laps: 3, mode: 'race', pace: 0, title: '', marks: [], fog: false }

it('values of a developer are completed by the defaults, and what is none of the game is told', () => {
  const problems: string[] = []
  const given = { laps: 99, title: 'longer', marks: [1, 2, 3], fog: 7, colour: 'red' }
  expect(completeValues(settings, given, (problem) => problems.push(problem))).toEqual({
    ...first,
    ...{ laps: 9, title: 'long', marks: [1, 2] },
  })
  expect(problems.join()).toMatch(/settings\.fog cannot be 7.*settings\.colour is written/)
})

describe('values of a peer', () => {
  it('are read when they are all of the fields, or some of them in place of known ones', () => {
    const told = { ...first, mode: 'duel', pace: 0.123456789 }
    expect(readValues(settings, told)).toEqual({ ...told, pace: 506 / 4096 })
    expect(readValues(settings, { laps: 7 }, first)).toEqual({ ...first, laps: 7 })
    expect(readValues(settings, {}, first)).toEqual(first)
  })

  it.each([
    ['a field is missing', { ...first, laps: undefined }],
    ['there is none', {}],
    ['there is one more', { ...first, colour: 'red' }],
    ['one has another name', { ...first, laps: undefined, lap: 3 }],
    ['one is of the prototype', { ...first, laps: undefined, toString: 3 }],
    ['a number is out of range', { ...first, laps: 10 }],
    ['a number is a text', { ...first, laps: '3' }],
    ['a name is none', { ...first, mode: 'chess' }],
    ['a text is too long', { ...first, title: 'longer' }],
    ['a text is a number', { ...first, title: 3 }],
    ['a list is too long', { ...first, marks: [1, 2, 3] }],
    ['a list holds what is out of range', { ...first, marks: [10] }],
    ['a list is none', { ...first, marks: 5 }],
  ])('are none when %s', (_name, told) => {
    const said = JSON.parse(JSON.stringify(told))
    expect(readValues(settings, said)).toBeNull()
    if (Object.keys(said).length === 6) expect(readValues(settings, said, first)).toBeNull()
  })
})

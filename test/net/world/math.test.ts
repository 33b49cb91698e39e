import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atan2, cos, sin } from '../../../net/world/math.ts'

/** The 64 bits of a double, in hex. */
function bits(value: number): string {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getBigUint64(0).toString(16).padStart(16, '0')
}

const far = fc.double({ min: -1e6, max: 1e6, noNaN: true })
const near = fc.double({ min: -20, max: 20, noNaN: true })

describe('sine, cosine and arc tangent', () => {
  it('are those of Math within 1e-9, up to a million radians', () => {
    fc.assert(
      fc.property(fc.oneof(far, near), (x) => {
        expect(Math.abs(sin(x) - Math.sin(x))).toBeLessThan(1e-9)
        expect(Math.abs(cos(x) - Math.cos(x))).toBeLessThan(1e-9)
      }),
      { numRuns: 5000 },
    )
  })

  it('give the angle of any direction within 1e-9, however long or short', () => {
    const length = fc.oneof(far, near, fc.double({ min: -1e-9, max: 1e-9, noNaN: true }))
    fc.assert(
      fc.property(length, length, (y, x) => {
        if (Object.is(y, -0) || Object.is(x, -0)) return
        expect(Math.abs(atan2(y, x) - Math.atan2(y, x))).toBeLessThan(1e-9)
      }),
      { numRuns: 5000 },
    )
  })

  it('reach 1e-12 within a turn', () => {
    let worst = 0
    for (let i = -20000; i <= 20000; i++) {
      const x = (i / 20000) * 2 * Math.PI
      worst = Math.max(worst, Math.abs(sin(x) - Math.sin(x)), Math.abs(cos(x) - Math.cos(x)))
      worst = Math.max(worst, Math.abs(atan2(Math.sin(x), Math.cos(x)) - Math.atan2(Math.sin(x), Math.cos(x))))
    }
    console.log(`largest error within a turn: ${worst.toExponential(1)}`)
    expect(worst).toBeLessThan(1e-12)
  })

  it('are exact where it shows: on the axes', () => {
    expect([sin(0), cos(0), atan2(0, 1), atan2(1, 0), atan2(0, -1), atan2(-1, 0)]).toEqual([
      0,
      1,
      0,
      Math.PI / 2,
      Math.PI,
      -Math.PI / 2,
    ])
    expect(atan2(0, 0)).toBe(0)
  })

  it('do not know −0, whose sign would be news that no grid carries', () => {
    expect(atan2(-0, -1)).toBe(Math.PI)
    expect(atan2(-0, -0)).toBe(0)
  })

  it('are NaN for what is no angle', () => {
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(sin(x)).toBeNaN()
      expect(cos(x)).toBeNaN()
    }
  })

  it('have the very bits they had: a change would make two versions of a page disagree', () => {
    const angles = [0.1, 0.5, 1, Math.PI / 4, 2, 3, -1.3, 5.9, 100, -1234.5, 99999]
    const points: [number, number][] = [
      [1, 2],
      [2, 1],
      [-3, 0.5],
      [0.4142, 1],
      [-1e-7, -5],
      [300, -7],
    ]
    expect(angles.map((x) => bits(sin(x)))).toMatchInlineSnapshot(`
      [
        "3fb98eaecb8bcb2c",
        "3fdeaee8744b05f0",
        "3feaed548f090d16",
        "3fe6a09e667f497a",
        "3fed18f6ead1b446",
        "3fc210386db6d557",
        "bfeed577f9c51e4b",
        "bfd7ed98640bbd17",
        "bfe03425b78c4d9a",
        "bfc29c531dfcfee0",
        "3feb8727670dd6a0",
      ]
    `)
    expect(angles.map((x) => bits(cos(x)))).toMatchInlineSnapshot(`
      [
        "3fefd712f9a817c0",
        "3fec1528065b7d56",
        "3fe14a280fb5068d",
        "3fe6a09e667f3c84",
        "bfdaa22657537205",
        "bfefae04be85e5d3",
        "3fd11eb3682a4c5e",
        "3fedade73ef9502a",
        "3feb981dbf666000",
        "bfefa8f2ceb78399",
        "bfe050e628323f6c",
      ]
    `)
    expect(points.map(([y, x]) => bits(atan2(y, x)))).toMatchInlineSnapshot(`
      [
        "3fddac670561bb9d",
        "3ff1b6e192ebbe31",
        "bff67d8863bc99bc",
        "3fd921cac658a1df",
        "c00921fb5194fb3c",
        "3ff98189a9e714ce",
      ]
    `)
  })
})

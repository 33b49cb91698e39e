/** What the hands hold: by keys, buttons, pads that come and go, and sticks. */
import { describe, expect, it } from 'vitest'
import { helpedHeading } from '../../../game/hands/aim.ts'
import { bind, defaultBindings } from '../../../game/hands/bindings.ts'
import { type Choice, makeChooser, stepFrom } from '../../../game/hands/chooser.ts'
import { makeHands } from '../../../game/hands/hands.ts'
import { type PadState, readPad } from '../../../game/hands/pad.ts'
import { atRest, stickOf } from '../../../game/hands/stick.ts'

describe('hands', () => {
  it('hold an action until the last of its codes is let go, and take a short press once', () => {
    const hands = makeHands(() => defaultBindings)
    hands.down('keyboard', 'KeyA')
    hands.down('gamepad', 'Pad14')
    hands.up('keyboard', 'KeyA')
    expect(hands.holds('left')).toBe(true)
    hands.up('gamepad', 'Pad14')
    expect(hands.holds('left')).toBe(false)
    hands.down('keyboard', 'ShiftLeft')
    hands.up('keyboard', 'ShiftLeft')
    expect([hands.take('dash'), hands.take('dash')]).toEqual([true, false])
  })

  it('let go of what a device holds when it goes, and of nothing else', () => {
    const hands = makeHands(() => defaultBindings)
    hands.down('keyboard', 'Space')
    hands.down('gamepad', 'Pad13')
    hands.hold('dash', true)
    hands.release('gamepad')
    expect([hands.holds('fire'), hands.holds('brake'), hands.holds('dash')]).toEqual([true, false, true])
    hands.release('touch')
    hands.release('keyboard')
    expect([hands.holds('fire'), hands.holds('dash')]).toEqual([false, false])
  })

  it('act by bindings that change while a key is down', () => {
    let bindings = defaultBindings
    const hands = makeHands(() => bindings)
    hands.down('keyboard', 'Space')
    bindings = bind(bindings, 'thrust', 'Space', null)
    expect([hands.holds('fire'), hands.holds('thrust')]).toEqual([false, true])
  })

  it('tell a press at once, but not its repetition', () => {
    const hands = makeHands(() => defaultBindings)
    const told: string[] = []
    hands.onPress = (action) => told.push(action)
    hands.down('keyboard', 'KeyM')
    hands.down('keyboard', 'KeyM')
    hands.hold('fire', true)
    hands.hold('fire', true)
    expect(told).toEqual(['mute', 'fire'])
  })
})

const button = (value: number, pressed = value > 0) => ({ pressed, value })
const pad = (about: Partial<PadState>): PadState => ({ mapping: 'standard', axes: [0, 0, 0, 0], buttons: [], ...about })

describe('a gamepad', () => {
  it('of the standard mapping has buttons by number, triggers from half their way, and a second stick as buttons', () => {
    const state = pad({
      axes: [0, 0, 0.9, -0.9],
      buttons: [button(1), button(0), button(0.3, false), button(0.7, false)],
    })
    expect(readPad(state, 0.2).codes).toEqual(['Pad0', 'Pad3', 'PadAxis2+', 'PadAxis3-'])
  })

  it('of another mapping has its D-pad on an axis of eight directions, which rests beyond them', () => {
    const hat = (value: number) => readPad(pad({ mapping: '', axes: [0, 0, 0, 0, 0, 0, 0, 0, 0, value] }), 0.2).codes
    expect([-1, -0.714, 0.143, 0.714, 1, 1.286, 3.286, 0].map(hat)).toEqual([
      ['Pad12'],
      ['Pad12', 'Pad15'],
      ['Pad13'],
      ['Pad14'],
      ['Pad14', 'Pad12'],
      [],
      [],
      [],
    ])
  })

  it('that is hostile or broken holds nothing and points nowhere', () => {
    expect(readPad(pad({ axes: [], buttons: [] }), 0.2)).toEqual({ codes: [], stick: { heading: null, push: 0 } })
    expect(readPad(pad({ axes: [Number.NaN, 5, Number.NaN] }), 0.2).stick.heading).toBeNull()
    const many = pad({ axes: Array(1000).fill(1), buttons: Array(1000).fill(button(1)) })
    expect(readPad(many, 0.2).codes.length).toBeLessThan(50)
  })

  it('rests within its dead zone, and has its whole reach beyond it', () => {
    expect(stickOf(0.12, -0.12, 0.2)).toEqual({ heading: null, push: 0 })
    expect(stickOf(0.21, 0, 0.2).push).toBeLessThan(0.02)
    expect(stickOf(0, -1, 0.2)).toEqual({ heading: -Math.PI / 2, push: 1 })
    expect(stickOf(1, 1, 0.2).push).toBe(1)
  })
})

describe('a gamepad in front of buttons', () => {
  const held = (...codes: string[]) => new Set(codes)

  it('steps and presses once for each push, and not for what it held before', () => {
    const chooser = makeChooser()
    const read = (...codes: string[]) => chooser.read(held(...codes), atRest)
    expect([read('Pad15'), read('Pad15'), read(), read('Pad15')]).toEqual(['right', null, null, 'right'])
    expect([read('Pad15', 'Pad0'), read('Pad15', 'Pad0'), read('Pad0'), read('Pad7')]).toEqual([
      'press',
      null,
      null,
      null,
    ])
    expect(['Pad12', 'Pad13', 'Pad14', 'Pad0'].map((code) => read(code))).toEqual(['up', 'down', 'left', 'press'])
  })

  it('steps by its stick in four directions, once until the stick comes back, however much it shakes', () => {
    for (const [x, y, direction] of [
      [1, 0.3, 'right'],
      [0.3, 1, 'down'],
      [-1, 0.3, 'left'],
      [-1, -0.3, 'left'],
      [0, -1, 'up'],
    ] as const) {
      const chooser = makeChooser()
      const pushed = [1, 0.7, 0.55, 0.9, 0.5, 1].map((far) => chooser.read(held(), stickOf(x * far, y * far, 0)))
      expect(pushed).toEqual([direction, null, null, null, null, null])
      expect([chooser.read(held(), atRest), chooser.read(held(), stickOf(x, y, 0))]).toEqual([null, direction])
    }
  })

  it('reaches every button of a grid, also of one with a gap, and stays at its edges', () => {
    const walk = (count: number, columns: number, ...steps: Exclude<Choice, 'press'>[]) =>
      steps.reduce((place, step) => stepFrom(place, step, count, columns), 0)
    expect(walk(4, 2, 'right')).toBe(1)
    expect(walk(4, 2, 'down')).toBe(2)
    expect(walk(4, 2, 'right', 'down')).toBe(3)
    expect(walk(4, 2, 'right', 'right', 'right', 'down', 'down', 'left', 'up', 'up', 'left', 'left')).toBe(0)
    expect(walk(3, 2, 'right', 'down')).toBe(1)
    expect(walk(3, 2, 'down', 'right')).toBe(2)
  })
})

describe('aim help', () => {
  const own = { x: 0, y: 0, vx: 0, vy: 0 }

  it('aims ahead of a foe who is meant, to where the bullet meets them', () => {
    const foe = { x: 430, y: 0, vx: 0, vy: 200 }
    // Half a second of flight: it is 100 units further then.
    expect(helpedHeading(0.1, own, [foe])).toBeCloseTo(Math.atan2(100, 430), 3)
  })

  it('leaves a wish alone that is meant for nobody, or for somebody too far', () => {
    expect(helpedHeading(1.2, own, [{ x: 430, y: 0, vx: 0, vy: 0 }])).toBe(1.2)
    expect(helpedHeading(0.05, own, [{ x: 1430, y: 0, vx: 0, vy: 0 }])).toBe(0.05)
    expect(helpedHeading(0.05, own, [])).toBe(0.05)
  })

  it('means the one of two who is nearer to the wish, across the seam of the circle too', () => {
    const left = { x: -400, y: 20, vx: 0, vy: 0 }
    const right = { x: -400, y: -90, vx: 0, vy: 0 }
    expect(helpedHeading(Math.PI, own, [right, left])).toBeCloseTo(Math.atan2(20, -400), 6)
  })
})

/** What the hands hold: by keys, buttons, pads that come and go, and sticks. */
import { describe, expect, it } from 'vitest'
import { helpedHeading } from '../../../game/hands/aim.ts'
import { bind, defaultBindings } from '../../../game/hands/bindings.ts'
import { makeHands } from '../../../game/hands/hands.ts'
import { type PadState, readPad } from '../../../game/hands/pad.ts'
import { stickOf } from '../../../game/hands/stick.ts'

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

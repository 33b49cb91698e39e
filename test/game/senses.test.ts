/** What a pilot sees and hears as they chose: flashes, colours for any eyes, sounds from where they come, and music as tense as the fight. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { liveryOf, shownLiveries, showSafeColors } from '../../game/looks/palette.ts'
import type { PlayerId } from '../../game/rules/shape.ts'
import { type EventParts, showEvents } from '../../game/scenes/event-effects.ts'
import { makeMarks } from '../../game/scenes/marks.ts'
import { makeMusic } from '../../game/scenes/music.ts'
import type { DogstarView, ShipView } from '../../game/scenes/parts.ts'
import type { Studio } from '../../game/scenes/synth.ts'
import { tensionOf } from '../../game/scenes/tension.ts'
import { ann, bo } from './match.ts'

// Of Phaser, which needs a page.
vi.mock('../../game/scenes/fleet.ts', () => ({ colorOf: () => 0 }))

const nothing = (): void => {}
/** Whatever is asked of it: it does nothing. */
const idle = new Proxy({}, { get: () => nothing }) as never

/** The effects of a page with these parts, and what tells them of an event. */
function showing(parts: Partial<EventParts>): (event: string, fields: object) => void {
  const heard = new Map<string, (fields: object) => void>()
  const session = {
    me: ann,
    on(event: string, act: (fields: object) => void) {
      heard.set(event, act)
      return nothing
    },
  } as never
  const view = { players: [], me: ann, player: () => ({ ship: 7 }), get: () => null } as unknown as DogstarView
  const follow = { x: 1000, y: 1000, width: 1360, height: 765, shake: nothing } as never
  const rest = { session, follow, blasts: idle, fleet: idle, threats: idle, hud: idle, sound: idle }
  showEvents({ ...rest, flashes: () => true, now: () => ({ view, time: 0 }), ...parts })
  return (event, fields) => heard.get(event)?.(fields)
}

describe('flashes', () => {
  it.each([true, false])('of ships that are hit are there if wanted: %s', (wanted) => {
    const flash = vi.fn()
    const tell = showing({ fleet: { flash } as never, flashes: () => wanted })
    tell('hit', { whom: bo, by: ann, x: 0, y: 0, damage: 15 })
    expect(flash).toHaveBeenCalledTimes(wanted ? 1 : 0)
  })
})

describe('a sound', () => {
  it('comes from its side, is softer the farther it is, and is not heard from beyond earshot', () => {
    const play = vi.fn()
    const tell = showing({ sound: { play } as never })
    for (const x of [1000, 1300, 700, 1900, 2400]) tell('burst', { by: ann, x, y: 1000 })
    const volumes = play.mock.calls.map(([, volume]) => Number(volume))
    const [middle, right, left] = play.mock.calls.map(([, , pan]) => Number(pan))
    expect([middle, Math.sign(right ?? 0), left]).toEqual([0, 1, -(right ?? 0)])
    expect(volumes[1]).toBe(volumes[2])
    expect(volumes[0]! > volumes[1]! && volumes[1]! > volumes[3]!).toBe(true)
    expect(volumes[4]).toBe(0)
  })
})

describe('colours for any eyes', () => {
  afterEach(() => showSafeColors(false))

  /** How light a colour is, as eyes without colours see it. */
  const lightness = (color: string): number => {
    const value = Number.parseInt(color.slice(1), 16)
    return 0.2126 * (value >> 16) + 0.7152 * ((value >> 8) & 255) + 0.0722 * (value & 255)
  }

  it('are eight hues, each bright and again dark, since brightness is what all eyes see', () => {
    const plain = liveryOf(8).color
    showSafeColors(true)
    expect(liveryOf(8).color).not.toBe(plain)
    const colors = shownLiveries().map(({ color }) => color)
    expect(new Set(colors).size).toBe(16)
    for (const [i, bright] of colors.slice(0, 8).entries())
      expect(lightness(colors[i + 8] ?? '')).toBeLessThan(0.65 * lightness(bright))
  })

  it('have a shape of its own before each name, and none where they are not wanted', () => {
    let wanted = true
    const marks = makeMarks(
      () => 'Ann',
      () => wanted,
    )
    const view = { players: [ann, bo], player: (id: PlayerId) => ({ color: id === ann ? 3 : 4 }) }
    marks.look(view as unknown as DogstarView)
    const names = [ann, bo].map((id) => marks.nameOf(id))
    expect(names[0]).not.toBe(names[1])
    for (const name of names) expect(name).toMatch(/^.\u00a0Ann$/u)
    wanted = false
    expect(marks.nameOf(ann)).toBe('Ann')
  })
})

describe('the music', () => {
  const own = { owner: ann, x: 0, y: 0, hp: 100, hull: 'husky' } as ShipView
  const tension = ({ foe = 2000, hp = 100, left = 9000, phase = 'playing', hull = 'husky' }): number => {
    const ships = [own, { owner: bo, x: foe, y: 0 }]
    const view = { tick: 0, players: [ann, bo], globals: { phase, endsAt: left }, player: () => ({ team: 'none' }) }
    return tensionOf({ ...view, all: () => ships } as unknown as DogstarView, { ...own, hp, hull } as ShipView)
  }

  it('is the tenser the nearer a foe, the less hull is left, and in the last minute', () => {
    const calm = tension({})
    expect(tension({ foe: 500 })).toBeGreaterThan(calm)
    expect(tension({ foe: 300 })).toBeGreaterThan(tension({ foe: 500 }))
    expect(tension({ hp: 20 })).toBeGreaterThan(calm)
    // A whole hull is a whole hull, also the weakest.
    expect(tension({ hull: 'whippet', hp: 80 })).toBe(calm)
    expect(tension({ left: 1000 })).toBeGreaterThan(calm)
    expect(tension({ foe: 100, hp: 1, left: 1 })).toBeLessThanOrEqual(1)
    expect(tension({ phase: 'over' })).toBeLessThan(calm)
  })

  it('has more notes in the same time the tenser it is', () => {
    const notes = (tense: number): number => {
      let begun = 0
      const node: Record<string, unknown> = {}
      const parameter = new Proxy({}, { get: () => nothing, set: () => true })
      for (const name of ['frequency', 'gain', 'Q']) node[name] = parameter
      Object.assign(node, { connect: () => node, start: () => begun++, stop: nothing })
      const make = () => node
      const context = {
        ...{ currentTime: 0, createOscillator: make, createGain: make, createBiquadFilter: make },
        createBufferSource: make,
      }
      const music = makeMusic({ context, noise: null } as unknown as Studio, node as never)
      // Ten seconds of frames.
      for (let frame = 0; frame < 600; frame++) {
        context.currentTime = frame / 60
        music.play(tense, 1 / 60)
      }
      return begun
    }
    expect(notes(0.5)).toBeGreaterThan(notes(0.1))
    expect(notes(1)).toBeGreaterThan(notes(0.5))
  })
})

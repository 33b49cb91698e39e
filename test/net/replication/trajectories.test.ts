import { describe, expect, it } from 'vitest'
import { foe, me, Pair, type Piece } from './pair.ts'

const slotsOf = (pair: Pair, name: string) =>
  pair.trajectories.slotsOf[pair.trajectories.sections.all.findIndex(({ type }) => type.name === name)]!
const crates = (pair: Pair) => slotsOf(pair, 'crate').recordIn

/** Runs and sends so often, turning the world in each tick. */
function run(pair: Pair, sends: number, change: () => void = () => {}): void {
  for (let i = 0; i < sends; i++) {
    pair.run(change)
    pair.send()
  }
}

describe('a slot', () => {
  it('that was left rests half a second before another record stands in it, so that all have heard', () => {
    const pair = new Pair()
    const [first] = [pair.spawn('crate'), pair.spawn('crate')] as [Piece, Piece]
    run(pair, 1)
    let once = true
    pair.run(() => {
      if (once) pair.world.remove(first)
      once = false
    })
    pair.send()
    expect(crates(pair)[0]).toBe(null)
    const { tick } = pair.world
    let waiting = pair.spawn('crate')
    for (; pair.world.tick < tick + 80; run(pair, 1)) {
      if (crates(pair)[0]) break
      pair.world.remove(waiting)
      waiting = pair.spawn('crate')
    }
    // It went with the first of the two ticks.
    expect(pair.world.tick - (tick - 1)).toBeGreaterThanOrEqual(30)
    expect(pair.world.tick - (tick - 1)).toBeLessThanOrEqual(34)
  })

  it('is kept for as long as its record lives, whatever comes and goes beside it', () => {
    const pair = new Pair()
    const stays = [pair.spawn('crate'), pair.spawn('crate'), pair.spawn('crate')]
    run(pair, 1)
    for (let i = 0; i < 60; i++) {
      const comes = pair.spawn('crate')
      run(pair, 1)
      pair.world.remove(comes)
      for (const [slot, { id }] of stays.entries()) expect(crates(pair)[slot]?.id).toBe(id)
    }
    expect(crates(pair).length).toBeLessThan(3 + 18)
  })

  it('tells when it was left: the tick, not the send', () => {
    const pair = new Pair()
    const crate = pair.spawn('crate')
    run(pair, 1)
    const { tick } = pair.world
    pair.run(() => {
      if (pair.world.tick === tick + 1) pair.world.remove(crate)
    })
    const gone = pair.send()[0]!
    expect(gone.tick).toBe(tick + 2)
    const layout = gone.changes[0]!.layout
    expect(pair.trajectories.goneAt(layout, 0, pair.world.tick)).toBe(tick + 1)
    expect(pair.trajectories.goneAt(layout, 7, pair.world.tick)).toBe(tick + 2)
  })

  it('is the same in both sections, and cut exactly only when somebody asks', () => {
    const pair = new Pair()
    for (const owner of [null, me, foe]) pair.spawn('ship', { owner })
    run(pair, 1)
    const { sections, slotsOf } = pair.trajectories
    const { presentedState, exactState } = slotsOf[0]!
    expect(slotsOf[sections.exact.length + sections.presented.findIndex(({ type }) => type.name === 'ship')]).toBe(
      slotsOf[0],
    )
    expect(presentedState.map((state) => state !== null)).toEqual([true, true, true])
    expect(exactState.map((state) => state !== null)).toEqual([false, true, false])
  })
})

describe('a state', () => {
  it('is the same object while nothing changes, and while it keeps to its line', () => {
    const pair = new Pair()
    const ship = pair.spawn('ship', { owner: foe, vx: 32 })
    const crate = pair.spawn('crate', { x: 3.3, text: 'a' })
    const move = () => {
      ship.x += ship.vx / 60
    }
    run(pair, 2, move)
    const states = () => [slotsOf(pair, 'ship').presentedState[0]!, slotsOf(pair, 'crate').presentedState[0]!]
    const before = states()
    run(pair, 60, move)
    for (const [i, state] of states().entries()) expect(state).toBe(before[i])
    crate.n = 5
    run(pair, 1, move)
    expect(states()[1]).not.toBe(before[1])
    // Of a state that changed, the parts that still hold are the same.
    expect(states()[1]!.segments).toBe(before[1]!.segments)
    expect(states()[1]!.shared).not.toBe(before[1]!.shared)
    ship.vx = -32
    run(pair, 2, move)
    expect(states()[0]!.segments).not.toEqual(before[0]!.segments)
    expect(states()[0]!.shared).toBe(before[0]!.shared)
  })

  // An angle's grid is no power of two, so value ÷ step is not whole: compared as such, it would be cut anew for every send.
  it('of a predicted angle at rest is the same object, too', () => {
    for (let i = 0; i < 100; i++) {
      const pair = new Pair()
      pair.spawn('ship', { owner: me, angle: i * 0.03 })
      run(pair, 1)
      const state = slotsOf(pair, 'ship').exactState[0]!
      run(pair, 1)
      expect(slotsOf(pair, 'ship').exactState[0]).toBe(state)
    }
  })
})

describe('a rate that no field gives', () => {
  it('is what the last tick moved, so that what runs evenly is one line, and what rests has none', () => {
    const pair = new Pair()
    const crate = pair.spawn('crate', { x: 0 })
    const move = () => {
      crate.x += 1 / 4
    }
    run(pair, 3, move)
    const state = () => slotsOf(pair, 'crate').presentedState[0]!
    const first = state()
    const { axes } = pair.trajectories.sections.presented.find(({ type }) => type.name === 'crate')!.groups[0]!
    const steps = (first.segments[2]! * axes[0]!.perTick) / 2 ** 28
    expect(steps * axes[0]!.value.field.wireStep).toBeCloseTo(1 / 4, 2)
    run(pair, 20, move)
    expect(state()).toBe(first)
    run(pair, 2)
    expect(state()).not.toBe(first)
    run(pair, 3)
    expect(state().segments[2]).toBe(0)
  })
})

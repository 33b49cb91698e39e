import { defineGame, entity, event, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { describeDivergence } from '../../../net/prediction/divergence.ts'
import { Prediction, type PredictionOptions } from '../../../net/prediction/prediction.ts'
import { ConfirmedWorld } from '../../../net/replication/confirmed-world.ts'
import { layoutOf } from '../../../net/wire/layout.ts'
import { updateState } from '../../../net/wire/states.ts'
import type { Emitted } from '../../../net/world/emitted.ts'
import { type EntityId, inputId, playerId, spawnedId } from '../../../net/world/ids.ts'
import type { RecordCopy } from '../../../net/world/record.ts'
import { copyRow, type Row } from '../../../net/world/record.ts'
import { runTick } from '../../../net/world/tick.ts'
import { World } from '../../../net/world/world.ts'

const me = playerId(0, 1)
const other = playerId(1, 1)

const game = defineGame({
  id: 'game',
  version: 1,
  maxPlayers: 4,
  input: { x: t.int(-1, 1), fire: t.button() },
  entities: {
    ship: entity({
      x: t.fixed({ min: -1000, max: 1000, step: 1 / 16 }),
      vx: t.fixed({ min: -50, max: 50, step: 1 / 16 }),
      hp: t.int(0, 9, { by: 'referee', default: 9 }),
      secret: t.int(0, 9, { by: 'referee', to: 'nobody' }),
    }),
    shot: entity({ x: t.fixed({ min: -1000, max: 1000, step: 1 / 16 }) }),
  },
  events: { bang: event({ n: t.int(0, 9999) }, { timing: 'predicted' }) },
  step(world) {
    for (const shot of world.all('shot')) shot.x += 7
    for (const ship of world.all('ship')) {
      const input = world.inputOf(ship.owner)
      ship.vx = ship.vx * 0.93 + input.x * 0.71
      ship.x += ship.vx
      // Something of others is in it, so that mispredictions happen.
      for (const them of world.all('ship')) if (them.owner !== ship.owner && Math.abs(them.x - ship.x) < 5) ship.vx = 0
      if (!input.fire || ship.owner === null) continue
      world.spawn('shot', { owner: ship.owner, x: ship.x })
      world.emit('bang', { n: world.tick }, { owner: ship.owner })
    }
  },
  referee(world) {
    for (const owner of world.joined) world.spawn('ship', { owner, x: (owner - 64) * 400, secret: 4 })
  },
})

function input(x: number, fire = 0): Row {
  return { numbers: Float64Array.of(x, fire), objects: [] }
}

const none = { joined: [], left: [], expired: [], commands: [] }
/** The keys of a tick: any, but the same whenever it is asked. */
const keys = (tick: number): Row => input((tick % 7) % 3 === 0 ? 1 : -1, tick % 11 === 0 ? 1 : 0)

/** The truth, tick by tick: what the host sends of this player's own. */
function truth(
  ticks: number,
  change: (world: World, tick: number) => void = () => {},
): Map<number, Map<EntityId, RecordCopy>> {
  const world = new World({ game, seed: 1, predicting: null })
  const states = new Map<number, Map<EntityId, RecordCopy>>()
  for (let tick = 1; tick <= ticks; tick++) {
    runTick(world, tick, { ...none, joined: tick === 1 ? [me, other] : [], inputs: new Map([[me, keys(tick)]]) })
    change(world, tick)
    world.round()
    const exact = new Map<EntityId, RecordCopy>()
    for (const type of game.schema.entities.values())
      for (const record of world.list(type)) {
        if (record.owner !== me) continue
        const row = copyRow(record)
        // Hidden fields do not come over the wire.
        for (const field of type.numbers) if (field.audience === 'nobody') row.numbers[field.column] = field.initial
        exact.set(record.id, { type, id: record.id, owner: me, row })
      }
    states.set(tick, exact)
  }
  return states
}

function newPrediction(confirmed = new ConfirmedWorld(120), more: Partial<PredictionOptions> = {}): Prediction {
  return new Prediction({ game, me, seed: 1, options: {}, confirmed, keepTicks: 120, ...more })
}

function rowsAt(prediction: Prediction, tick: number): unknown {
  return [...prediction.stateAt(tick)!.records.values()].map(({ id, row }) => [id, [...row.numbers]]).sort()
}

const plain = (exact: ReadonlyMap<EntityId, RecordCopy>): unknown =>
  [...exact.values()].map(({ id, row }) => [id, [...row.numbers]]).sort()

describe('a prediction', () => {
  it('that was right is left alone: nothing is replayed', () => {
    const states = truth(60)
    const prediction = newPrediction()
    prediction.reconcile(10, states.get(10)!)
    for (let tick = 11; tick <= 40; tick++) prediction.advance(keys(tick))
    for (let tick = 11; tick <= 40; tick++) {
      const before = prediction.stateAt(40)
      const { divergence, corrections, denied, emitted } = prediction.reconcile(tick, states.get(tick)!)
      expect([divergence, corrections, denied, emitted]).toEqual([null, [], [], []])
      expect(prediction.stateAt(40)).toBe(before)
    }
    expect(prediction.corrections).toBe(0)
  })

  it('that was wrong becomes the truth of that tick, and what follows from it and the inputs since', () => {
    const pushed = truth(60, (world, tick) => {
      if (tick === 20)
        for (const ship of world.all('ship')) if (ship.owner === me) (ship as unknown as { x: number }).x += 50
    })
    const prediction = newPrediction()
    prediction.reconcile(10, pushed.get(10)!)
    for (let tick = 11; tick <= 40; tick++) prediction.advance(keys(tick))
    prediction.reconcile(19, pushed.get(19)!)
    expect(prediction.corrections).toBe(0)
    const { divergence } = prediction.reconcile(20, pushed.get(20)!)
    expect(prediction.corrections).toBe(1)
    expect(divergence).toMatchObject({ tick: 20, type: 'ship', field: 'x' })
    expect(Number(divergence!.confirmed) - Number(divergence!.predicted)).toBe(50)
    expect(describeDivergence(divergence!)).toMatch(/^ship\.x of ship \d+ at tick 20: .* predicted, .* confirmed$/)
    expect(prediction.tick).toBe(40)
    for (let tick = 20; tick <= 40; tick++) expect(rowsAt(prediction, tick)).toEqual(plain(pushed.get(tick)!))
  })

  it('takes what only the referee decides as news, not as a mistake', () => {
    const hurt = truth(40, (world, tick) => {
      if (tick === 20) for (const ship of world.all('ship')) (ship as unknown as { hp: number }).hp = 3
    })
    const prediction = newPrediction()
    prediction.reconcile(10, hurt.get(10)!)
    for (let tick = 11; tick <= 30; tick++) prediction.advance(keys(tick))
    prediction.reconcile(22, hurt.get(22)!)
    expect(prediction.corrections).toBe(0)
    expect(rowsAt(prediction, 30)).toEqual(plain(hurt.get(30)!))
  })

  it('is wrong when the host has no such bullet, or one more, and says which', () => {
    const states = truth(40)
    const prediction = newPrediction()
    prediction.reconcile(10, states.get(10)!)
    for (let tick = 11; tick <= 30; tick++) prediction.advance(input(keys(tick).numbers[0] ?? 0))
    expect(prediction.reconcile(22, states.get(22)!).divergence).toMatchObject({
      type: 'shot',
      id: spawnedId(me, 11, 0),
      field: null,
    })
    expect(prediction.stateAt(30)!.records.has(spawnedId(me, 11, 0))).toBe(true)

    const ghost = newPrediction()
    ghost.reconcile(10, states.get(10)!)
    for (let tick = 11; tick <= 30; tick++)
      ghost.advance(input(keys(tick).numbers[0] ?? 0, tick === 15 ? 1 : keys(tick).numbers[1]))
    expect(ghost.reconcile(16, states.get(16)!).divergence).toMatchObject({
      type: 'shot',
      id: spawnedId(me, 15, 0),
      field: null,
    })
  })

  it('gives way to what the host spawned under the same id, though that is of another type', () => {
    const states = truth(40)
    const prediction = newPrediction()
    prediction.reconcile(10, states.get(10)!)
    for (let tick = 11; tick <= 14; tick++) prediction.advance(keys(tick))
    const id = spawnedId(me, 11, 0)
    expect(prediction.world.get('shot', id)).not.toBe(null)
    const exact = new Map(states.get(13)!)
    const [ship] = [...exact.values()].filter(({ type }) => type.name === 'ship')
    exact.set(id, { ...ship!, id, row: copyRow(ship!.row) })
    const { divergence, corrections } = prediction.reconcile(13, exact)
    expect(divergence).toMatchObject({ type: 'ship', id, field: null })
    expect(prediction.world.get('shot', id)).toBe(null)
    expect(prediction.world.get('ship', id)?.numbers).toHaveLength(4)
    expect(corrections.map((correction) => correction.id)).not.toContain(id)
  })

  it('gives in a replay the same events, of the same identity, so that each can be heard once', () => {
    const pushed = truth(60, (world, tick) => {
      if (tick === 12)
        for (const ship of world.all('ship')) if (ship.owner === me) (ship as unknown as { x: number }).x += 50
    })
    const prediction = newPrediction()
    prediction.reconcile(10, pushed.get(10)!)
    const name = ({ type, tick, owner, ordinal }: Emitted): string => `${type.name} ${tick} ${owner} ${ordinal}`
    const first: string[] = []
    for (let tick = 11; tick <= 40; tick++) first.push(...prediction.advance(keys(tick)).emitted.map(name))
    expect(first).toEqual(['bang 11 64 0', 'bang 22 64 0', 'bang 33 64 0'])
    expect(prediction.reconcile(12, pushed.get(12)!).emitted.map(name)).toEqual(first.slice(1))
  })

  it('of which the host is ahead, as after a sleep, goes on from the truth', () => {
    const states = truth(200)
    const prediction = newPrediction()
    prediction.reconcile(10, states.get(10)!)
    for (let tick = 11; tick <= 20; tick++) prediction.advance(keys(tick))
    prediction.reconcile(150, states.get(150)!)
    expect(prediction.tick).toBe(150)
    for (let tick = 151; tick <= 160; tick++) prediction.advance(keys(tick))
    expect(rowsAt(prediction, 160)).toEqual(plain(states.get(160)!))
    expect(prediction.stateAt(149)).toBe(null)
  })
})

describe('a correction', () => {
  it('tells how what it moved stood at the newest tick before and after, and of nothing when all was right', () => {
    const states = truth(60, (world, tick) => {
      if (tick === 20)
        for (const ship of world.all('ship')) if (ship.owner === me) (ship as unknown as { x: number }).x += 50
    })
    const prediction = newPrediction()
    prediction.reconcile(10, states.get(10)!)
    for (let tick = 11; tick <= 40; tick++) prediction.advance(keys(tick))
    expect(prediction.reconcile(19, states.get(19)!).corrections).toEqual([])
    const [ship] = prediction.reconcile(20, states.get(20)!).corrections
    expect((ship?.after.numbers[0] ?? 0) - (ship?.before.numbers[0] ?? 0)).toBeCloseTo(50, 1)
  })
})

describe('in development every tick is run twice', () => {
  function played(step: (world: { all(name: 'ball'): Iterable<{ x: number }> }) => void): string[] {
    const found: string[] = []
    const balls = defineGame({
      id: 'balls',
      version: 1,
      maxPlayers: 1,
      input: {},
      entities: { ball: entity({ x: t.fixed({ min: 0, max: 1000, step: 1 }) }) },
      step,
      referee(world) {
        for (const owner of world.joined) world.spawn('ball', { owner })
      },
    })
    const host = new World({ game: balls, seed: 1, predicting: null })
    runTick(host, 1, { ...none, joined: [me], inputs: new Map() })
    const exact = new Map(
      host
        .list(balls.schema.entities.get('ball')!)
        .map((record) => [record.id, { type: record.$type, id: record.id, owner: me, row: copyRow(record) }]),
    )
    const prediction = newPrediction(new ConfirmedWorld(120), { game: balls, development: true })
    prediction.reconcile(1, exact)
    const empty = { numbers: new Float64Array(0), objects: [] }
    for (let tick = 2; tick <= 5; tick++) {
      const { unstable } = prediction.advance(empty)
      if (unstable) found.push(describeDivergence(unstable))
    }
    expect(prediction.tick).toBe(5)
    return found
  }

  it('and state outside of the world is found, with the field that shows it', () => {
    let hidden = 0
    const found = played((world) => {
      for (const ball of world.all('ball')) ball.x += hidden++
    })
    expect(found[0]).toMatch(/^ball\.x of ball \d+ at tick 2: 0 at first, 1 when it ran again$/)
  })

  it('and nothing is said of rules that keep to it', () => {
    const found = played((world) => {
      for (const ball of world.all('ball')) ball.x = ball.x * 1.5 + 3
    })
    expect(found).toEqual([])
  })
})

describe('the inputs that are sent', () => {
  it('are those of consecutive ticks up to the newest: none from before a gap may fill it', () => {
    const states = truth(200)
    const prediction = newPrediction()
    prediction.reconcile(10, states.get(10)!)
    for (let tick = 11; tick <= 20; tick++) prediction.advance(input(1))
    expect(prediction.inputsAfter(13, 128)).toHaveLength(7)
    expect(prediction.inputsAfter(0, 4)).toHaveLength(4)
    prediction.reconcile(50, states.get(50)!)
    for (let tick = 51; tick <= 53; tick++) prediction.advance(input(-1))
    expect(prediction.inputsAfter(13, 128).map(({ numbers }) => numbers[0])).toEqual([-1, -1, -1])
  })

  it('are kept for two seconds, after any number of gaps', () => {
    const states = truth(1000)
    const prediction = newPrediction()
    for (let tick = 10; tick < 900; tick += 60) {
      prediction.reconcile(tick, states.get(tick)!)
      for (let i = 0; i < 20; i++) prediction.advance(keys(tick))
    }
    const { inputs } = prediction as unknown as { inputs: Map<number, unknown> }
    expect(inputs.size).toBeLessThanOrEqual(120)
  })
})

describe('what others do', () => {
  it('is there with the first snapshot, before any tick has run here', () => {
    const confirmed = new ConfirmedWorld(120)
    const type = game.schema.player
    const row = {
      id: other as number as EntityId,
      owner: other,
      numbers: new Float64Array(type.numbers.length),
      objects: [],
    }
    const layouts = [layoutOf(type, 'exact', game.tickRate)]
    const present = [{ layout: 0, state: updateState(layouts[0]!, row, 5, null, null) }]
    confirmed.apply(5, { layouts, present, gone: [], complete: true, late: false })
    const prediction = newPrediction(confirmed)
    prediction.reconcile(5, new Map())
    expect(prediction.world.players).toEqual([other])
  })

  it('is where it was last confirmed, moved on, and what step writes to it is dropped', () => {
    const confirmed = new ConfirmedWorld(120)
    const type = game.schema.entities.get('ship')!
    const theirs = 70000 as EntityId
    const layout = layoutOf(type, 'presented', game.tickRate)
    const row = { id: theirs, owner: other, numbers: Float64Array.of(900, 3, 9, 0), objects: [] }
    const state = updateState(layout, row, 5, null, null)
    confirmed.apply(5, { layouts: [layout], present: [{ layout: 0, state }], gone: [], complete: true, late: false })
    const prediction = newPrediction(confirmed)
    prediction.reconcile(10, truth(10).get(10)!)
    prediction.advance(input(0))
    expect(prediction.world.get('ship', theirs)).toMatchObject({ x: 900, owner: other })
    const gone = [{ id: theirs, tick: 12, reason: 'destroyed' as const }]
    confirmed.apply(12, { layouts: [layout], present: [], gone, complete: true, late: false })
    prediction.advance(input(0))
    expect(prediction.world.get('ship', theirs)).toBe(null)
  })

  it('goes on for a tenth of a second after the last news of their input, then fades to neutral', () => {
    const seen: number[] = []
    const balls = defineGame({
      id: 'balls',
      version: 1,
      maxPlayers: 4,
      input: { x: t.int(-8, 8), go: t.button() },
      entities: { ball: entity({ x: t.int(0, 9) }, { predict: 'all' }) },
      step: (world) => void seen.push(world.inputOf(other).x, Number(world.inputOf(other).go)),
    })
    const confirmed = new ConfirmedWorld(120)
    const layout = layoutOf(balls.schema.input, 'exact', 60)
    const row = { id: inputId(other), owner: other, numbers: Float64Array.of(8, 0), objects: [] }
    const news = {
      layouts: [layout],
      present: [{ layout: 0, state: updateState(layout, row, 5, null, null) }],
      gone: [],
      complete: true,
      late: false,
    }
    confirmed.apply(5, news)
    const prediction = newPrediction(confirmed, { game: balls })
    prediction.reconcile(5, new Map())
    for (let tick = 6; tick <= 25; tick++) prediction.advance(input(0))
    expect([seen[0], seen[10], seen.at(-2)]).toEqual([8, 8, 0])
    const halfway = seen[2 * 11] ?? 0
    expect(halfway).toBeGreaterThan(0)
    expect(halfway).toBeLessThan(8)
  })
})

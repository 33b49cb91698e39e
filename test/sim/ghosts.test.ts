/** Rocks that only the host moves and takes away: whatever a guest missed meanwhile, nothing may stay in what it predicts. */
import { defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { type LinkConditions, simulate } from '../../net/testing.ts'
import { confirmedOf, drawnFaults, watchOthers } from './laws.ts'

const field = defineGame({
  id: 'field',
  version: 1,
  maxPlayers: 4,
  input: { x: t.int(-1, 1) },
  entities: {
    ship: entity({ x: t.fixed({ min: 0, max: 4096, step: 1 / 16, wrap: true }), bumps: t.int(0, 2 ** 20) }),
    rock: entity({ x: t.fixed({ min: 0, max: 4096, step: 1 / 16 }) }, { predict: 'none' }),
    veiled: entity({ x: t.fixed({ min: 0, max: 4096, step: 1 / 16 }) }, { predict: 'none' }),
  },
  step(world) {
    for (const ship of world.all('ship')) {
      ship.x += world.inputOf(ship.owner).x
      for (const other of world.asSeenBy(ship.owner).all('rock')) if (Math.abs(ship.x - other.x) < 4) ship.bumps++
    }
  },
  referee(world) {
    for (const owner of world.joined) world.spawn('ship', { owner, x: 100 })
    if (world.tick === 1) for (let i = 0; i < 3; i++) world.spawn('veiled', { x: 50 * i })
    for (const rock of world.all('rock')) if ((world.tick + rock.id) % 40 === 0) world.remove(rock)
    if (world.tick % 10 === 0) world.spawn('rock', { x: world.tick % 4000 })
  },
  relevant: (entity, _player, world) => (entity.type === 'veiled' && world.tick >= 60 && world.tick < 220 ? 0 : 1),
})

const clean: LinkConditions = { latencyMs: 30 }
const lossy: LinkConditions = { latencyMs: 30, loss: 0.2, jitterMs: 15 }

/** A guest is away for longer than anything is remembered, while rocks go and another player leaves for good. */
function leave(network: LinkConditions, how: 'freeze' | 'cut' | 'lose' | 'stay') {
  const match = simulate(field, { players: 3, network, seed: 3 })
  const faults = watchOthers(match)
  const reasons: string[] = []
  const [, guest, other] = match.clients
  if (!guest || !other) throw new Error('Three play.')
  const eachFrame = (client: typeof guest): void => {
    for (const { entity, reason } of client.view().gone)
      if (client === guest && entity.type === 'veiled') reasons.push(reason)
    faults.push(...drawnFaults(client))
  }
  match.run(600, { eachFrame })
  if (how !== 'stay') match[how](guest, 2600)
  match.run(200, { eachFrame })
  match.host.remove(other.me)
  match.run(3400, { eachFrame })
  return { guest, faults, reasons }
}

describe('what a client predicts against', () => {
  it.each([
    ['froze for longer than tombstones are kept', clean, 'freeze'],
    ['was cut off for as long', clean, 'cut'],
    ['lost its connection for as long', clean, 'lose'],
    ['froze, and loses a fifth of all packets', lossy, 'freeze'],
    ['was cut off, and loses a fifth of all packets', lossy, 'cut'],
    ['only loses a fifth of all packets', lossy, 'stay'],
  ] as const)('is what the host confirmed, with no ghosts, after a page %s', (_, network, how) => {
    const { guest, faults } = leave(network, how)
    expect(faults.slice(0, 3)).toEqual([])
    const { prediction } = guest.runner.session
    expect(prediction.world.players).toHaveLength(2)
    expect(prediction.world.list(field.schema.entities.get('rock')!).length).toBeLessThan(10)
  })

  it('tells why something is gone, though that was forgotten before a page that froze could draw again', () => {
    const { reasons } = leave(clean, 'freeze')
    expect(reasons).toEqual(['out of view', 'out of view', 'out of view'])
  })

  it('leaves nothing behind of what is forgotten, though nothing is ever predicted wrongly', () => {
    const { guest } = leave(clean, 'stay')
    const { session } = guest.runner
    const known = confirmedOf(session).records
    const { rewind, others } = session.prediction as unknown as {
      rewind: { records: Map<number, unknown> }
      others: { placed: Map<number, unknown> }
    }
    expect([...rewind.records.keys(), ...others.placed.keys()].filter((id) => !known.has(id as never))).toEqual([])
    expect(known.size).toBeGreaterThan(5)
  })
})

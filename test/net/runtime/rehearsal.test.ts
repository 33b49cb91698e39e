import { describe, expect, it } from 'vitest'
import { Rehearsal } from '../../../net/runtime/rehearsal.ts'
import type { AnyGame } from '../../../net/world/game.ts'
import { playerId } from '../../../net/world/ids.ts'
import { arena, bob, HostAndHeir, start } from '../migration/arena.ts'

const options = ({ heir, host }: HostAndHeir) => ({
  ...{ heir, me: bob, spectating: false },
  host: { game: host.game, epoch: 3, ...start },
})

function rehearse(match: HostAndHeir): Rehearsal {
  const rehearsal = Rehearsal.begin(options(match))
  if (!rehearsal) throw new Error('There is nothing to rehearse.')
  return rehearsal
}

/** To its end, with all that its links deliver between two steps. Returns the number of steps. */
async function playOut(rehearsal: Rehearsal): Promise<number> {
  for (let steps = 1; ; steps++) {
    if (!rehearsal.step()) return steps
    await Promise.resolve()
  }
}

/** A host in tick 30, whose heir has nearly all of it. */
function played(game: AnyGame = arena(5), join: (match: HostAndHeir) => void = () => {}): HostAndHeir {
  const match = new HostAndHeir(game, { oneWayMs: 20, loss: 0 })
  join(match)
  match.run(30)
  return match
}

describe('the rehearsal of a change of host', () => {
  it('runs the host’s code to the end: inputs that come, ticks, whole snapshots and changes', async () => {
    const match = played()
    const before = match.heir.tick ?? 0
    const rehearsal = rehearse(match)
    expect(await playOut(rehearsal)).toBe(45)
    const { host, clients } = rehearsal
    expect([host.session.epoch, host.session.failure, host.session.malformed]).toEqual([4, null, {}])
    expect(host.session.world.tick).toBeGreaterThan(before + 40)
    expect(clients.map(({ session }) => session.me)).toEqual([bob, playerId(0, 1)])
    for (const { session } of clients) {
      expect([session.malformed, session.failure]).toEqual([{}, null])
      expect(session.confirmedTick).toBeGreaterThan(before + 30)
      const { inputs, baselines } = host.session.clients.get(session.me)!
      expect(inputs.newest).toBeGreaterThan(before + 30)
      // Snapshots that build on one that was acknowledged.
      expect(baselines.baselineAge).not.toBeNull()
    }
  })

  it('leaves the heir as it was, which goes on', async () => {
    const match = played()
    const before = match.heir.tick
    const cut = match.heir.cut()
    await playOut(rehearse(match))
    expect([match.heir.tick, match.heir.ended]).toEqual([before, null])
    expect(match.heir.cut()).toEqual(cut)
    match.run(10)
    expect(match.heir.tick).toBeGreaterThan(before ?? 0)
  })

  it('is one of three at most, whoever plays', async () => {
    const match = played({ ...arena(1), maxPlayers: 8 }, ({ host }) => {
      for (let slot = 2; slot < 8; slot++) host.join(playerId(slot, 1))
    })
    const rehearsal = rehearse(match)
    expect(rehearsal.clients).toHaveLength(3)
    await playOut(rehearsal)
    const here = [...rehearsal.host.session.clients.values()].filter(({ connected }) => connected)
    expect(here.map(({ player }) => player)).toEqual(rehearsal.clients.map(({ session }) => session.me).toSorted())
  })

  it('is none before the heir has a world', () => {
    expect(Rehearsal.begin(options(new HostAndHeir(arena(1), { oneWayMs: 20, loss: 0 })))).toBeNull()
  })

  it('stands rules that throw where no host has run them', async () => {
    const throws = { is: false }
    const plain = arena(1)
    const step = (): void => {
      if (throws.is) throw new Error('only here')
    }
    const match = played({ ...plain, rules: { ...plain.rules, step } })
    throws.is = true
    const rehearsal = rehearse(match)
    expect(await playOut(rehearsal)).toBe(45)
    expect(rehearsal.host.session.failure?.error).toEqual(new Error('only here'))
  })
})

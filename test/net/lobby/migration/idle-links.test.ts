/** Which pages guests dial as heirs. In virtual time. */
import { expect, it, vi } from 'vitest'
import { IdleLinks } from '../../../../net/lobby/migration/idle-links.ts'
import { pass } from '../../../sim/lobbies/steps.ts'
import { hostOf, open } from './table.ts'

it.each(['hands over', 'reloads', 'is killed'] as const)(
  'guests who go to the heir of a host that %s dial that page as an heir no more',
  async (how) => {
    const { world, ann, others } = await open(71, 'Bea', 'Cleo', 'Dan')
    const bea = others[0]!.lobby.me
    ann.lobby.start()
    await pass(world, 3000)
    const dials = vi.spyOn(IdleLinks.prototype as unknown as { connect(to: number): void }, 'connect')
    if (how === 'hands over') expect(ann.lobby.handOver(bea)).toBeNull()
    else if (how === 'reloads') ann.site.page.close()
    else ann.site.page.kill()
    await pass(world, 6000)
    expect(others.map(hostOf)).toEqual(['Bea', 'Bea', 'Bea'])
    const dialled = dials.mock.calls.map(([to]) => to)
    dials.mockRestore()
    expect(dialled).not.toContain(bea)
  },
)

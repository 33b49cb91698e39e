/** Whoever most have voted for goes on with the lobby's code, whatever the host of before still does. In virtual time. */
import { expect, it } from 'vitest'
import { pass } from '../../../sim/lobbies/steps.ts'
import { open } from './table.ts'

it('a host who is voted out names no other heirs when the links of its guests end before it misses them', async () => {
  const { world, ann, others } = await open(31, 'Bea', 'Cleo')
  const [bea, cleo] = others
  world.cutWay(ann.site, bea!.site, 20_000)
  await pass(world, 1800)
  world.cutWay(ann.site, cleo!.site, 12_000)
  await pass(world, 6000)
  expect([bea!.lobby.hosting, bea!.lobby.codeState]).toEqual([true, 'open'])
})

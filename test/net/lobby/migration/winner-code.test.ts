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

it('a host whom the lobby server never knew as an heir says that the code is lost, and takes a new one', async () => {
  const { world, ann, others } = await open(34, 'Bea', 'Cleo', 'Dan')
  const [bea, , dan] = others
  world.internet.cut(ann.site.page)
  await world.restartServer('a secret', 100)
  bea!.site.page.kill()
  await pass(world, 8000)
  expect(ann.lobby.handOver(dan!.lobby.me)).toBeNull()
  await pass(world, 3000)
  expect([dan!.lobby.hosting, dan!.lobby.codeState]).toEqual([true, 'lost'])
  dan!.lobby.renewCode()
  await pass(world, 1000)
  expect(dan!.lobby.codeState).toBe('open')
})

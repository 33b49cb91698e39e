/** A code that leads nowhere any more is said to be so, on every page, and the host gets another one. */
import { expect, it } from 'vitest'
import { StarwireError } from '../../../../net/errors/starwire-error.ts'
import type { CodeState } from '../../../../net/lobby/types.ts'
import { openTable, settle } from '../support.ts'

it('is told to host and guests when a restarted server has forgotten it, and so is the new one that the host takes', async () => {
  let reachable = false
  const table = openTable({
    takeCode: async () => {
      if (!reachable) throw new StarwireError('signaling-down')
      return 'N3WC7'
    },
  })
  const { role, lobby } = table
  const old = lobby.code
  const bea = await table.join('Bea')
  const told: { on: string; code: string; state: CodeState }[] = []
  lobby.on('code', (news) => told.push({ on: 'host', ...news }))
  bea.on('code', (news) => told.push({ on: 'Bea', ...news }))

  role.code.online(false)
  role.code.online(false)
  role.code.online(true)
  await settle()
  expect(told.filter(({ on }) => on === 'Bea').map(({ state }) => state)).toEqual(['unreachable', 'open'])
  expect(await lobby.renewCode()).toBeNull()
  expect(lobby.code).toBe(old)

  told.length = 0
  role.code.lost('not-found')
  role.code.online(true)
  await settle()
  expect([lobby.codeState, bea.codeState, bea.code]).toEqual(['lost', 'lost', old])
  await expect(lobby.renewCode()).rejects.toMatchObject({ reason: 'signaling-down' })
  expect(lobby.codeState).toBe('lost')
  expect(await bea.renewCode()).toBe('not-host')
  reachable = true
  expect(await lobby.renewCode()).toBeNull()
  await settle()
  expect([lobby.code, lobby.codeState, bea.code, bea.codeState]).toEqual(['N3WC7', 'open', 'N3WC7', 'open'])
  expect(told).toEqual([
    { on: 'host', code: old, state: 'lost' },
    { on: 'Bea', code: old, state: 'lost' },
    { on: 'host', code: 'N3WC7', state: 'open' },
    { on: 'Bea', code: 'N3WC7', state: 'open' },
  ])
  lobby.leave()
  expect(await lobby.renewCode()).toBe('ended')
})

it('that was lost or renewed before they came is told to late guests, too', async () => {
  const table = openTable({ takeCode: async () => 'N3WC7' })
  table.role.code.lost('not-found')
  const late = await table.join('Cid')
  await settle()
  expect(late.codeState).toBe('lost')
  table.lobby.leave()
})

/** A warm-up while friends are on their way: bots until they come, no round, and back to the lobby as it was. */
import { describe, expect, it } from 'vitest'
import { QUICK_PILOTS } from '../../../game/rules/balance.ts'
import { isWarmUp } from '../../../game/rules/modes.ts'
import { playerId } from '../../../net/world/ids.ts'
import { keepCrew } from '../../../src/lobby/crew.ts'
import { endWarmUps, startWarmUp } from '../../../src/lobby/warm-up.ts'
import { FakeLobby } from '../../browser/fixtures/page/fake-doors.ts'
import { busy, startMatch } from '../match.ts'

function opened(hosting = true): FakeLobby {
  const lobby = new FakeLobby('K7M2P', 'Vega', hosting)
  keepCrew(lobby)
  endWarmUps(lobby)
  return lobby
}

const bots = ({ roster }: FakeLobby): number => roster.filter(({ bot }) => bot).length

describe('a warm-up', () => {
  it('begins with bots, which give way to friends who join, and leads back to a lobby without them', () => {
    const lobby = opened()
    expect(startWarmUp(lobby)).toBe(null)
    expect([lobby.state, isWarmUp(lobby), bots(lobby)]).toEqual(['playing', true, QUICK_PILOTS - 1])
    lobby.add('Bea')
    expect(bots(lobby)).toBe(QUICK_PILOTS - 2)
    lobby.finish()
    expect([lobby.state, isWarmUp(lobby), bots(lobby)]).toEqual(['lobby', false, 0])
    expect(lobby.roster.map(({ name }) => name)).toEqual(['Vega', 'Bea'])
    expect(lobby.settings.botsUpTo).toBe(0)
    lobby.start()
    expect(isWarmUp(lobby)).toBe(false)
  })

  it('leaves the bots alone that the host has seated or asked for', () => {
    const seated = opened()
    seated.addBot('ace', { name: 'Rigel', skill: 1 })
    startWarmUp(seated)
    seated.finish()
    expect([bots(seated), seated.settings.botsUpTo, isWarmUp(seated)]).toEqual([1, 0, false])
    const asked = opened()
    asked.changeSettings({ botsUpTo: 4 })
    startWarmUp(asked)
    asked.finish()
    expect([bots(asked), asked.settings.botsUpTo, isWarmUp(asked)]).toEqual([3, 4, false])
  })

  it('is ended alike by another page that hosts by then, and started by no guest', () => {
    const guest = opened(false)
    expect(startWarmUp(guest)).toBe('not-host')
    guest.set({ warmUp: 'filled', botsUpTo: QUICK_PILOTS })
    guest.begin()
    guest.migrate(guest.me)
    guest.finish()
    expect([isWarmUp(guest), guest.settings.botsUpTo, bots(guest)]).toEqual([false, 0, 0])
  })

  it('has no rounds, and nothing counts: ships fight and come back', () => {
    const pilots = [0, 1, 2].map((seat) => playerId(seat, 1))
    const match = startMatch(pilots, { settings: { warmUp: 'filled' } })
    match.run(60, busy)
    expect(match.state.globals).toMatchObject({ phase: 'waiting', round: 0 })
    match.state.remove(match.ship(pilots[0]!))
    match.state.player(pilots[0]!).ship = null
    match.run(2, busy)
    expect(match.ships().length).toBe(3)
    for (const player of pilots) expect(match.state.player(player).score).toBe(0)
  })
})

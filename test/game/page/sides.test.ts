/** What the lobby shows that each pilot will fly. */
import { describe, expect, it } from 'vitest'
import { pilotsOf, sidesOf } from '../../../src/lobby/sides.ts'
import { FakeLobby } from '../../browser/fixtures/page/fake-doors.ts'

const sirius = { wantedColor: 4, wantedTeam: 'sirius', wantedHull: 'any', wantedSpecial: 'any' } as const

describe('a lobby with somebody who only watches', () => {
  it('deals ships and teams to the pilots alone, each to the one who asked for it', () => {
    const lobby = new FakeLobby('K7M2P', 'Vega', true)
    const watcher = lobby.add('Wim', { spectator: true, choice: sirius })
    const bea = lobby.add('Bea', { choice: sirius })
    const { roster, me } = lobby
    expect(pilotsOf(roster).map(({ id }) => id)).toEqual([me, bea])
    const liveries = sidesOf(roster, false)
    expect(liveries.get(watcher)).toBeUndefined()
    expect(liveries.get(bea)).toEqual({ color: 3, team: 'none', hull: 'husky', special: 'missile' })
    const teams = sidesOf(roster, true)
    expect([teams.get(bea)?.team, teams.get(me)?.team, teams.size]).toEqual(['sirius', 'procyon', 2])
  })
})

import { describe, expect, it } from 'vitest'
import { playerId } from '../../../net/world/ids.ts'
import { loadWorld, saveWorld } from '../../../net/world/save.ts'
import { runTick } from '../../../net/world/tick.ts'
import { World } from '../../../net/world/world.ts'
import { tag } from '../../browser/fixtures/tag/tag.ts'

const ann = playerId(0, 1)
const none = { joined: [], left: [], expired: [], inputs: new Map(), commands: [] }

describe('a tick', () => {
  it('gives a player who joins what the referee spawns for him, at once', () => {
    const world = new World({ game: tag, seed: 1, predicting: null })
    runTick(world, 1, { ...none, joined: [ann] })
    const runners = [...world.all('runner')]
    expect(runners).toHaveLength(1)
    expect(runners[0]).toMatchObject({ x: 400, y: 300, it: true, owner: ann })
    const bytes = saveWorld(world)
    const copy = new World({ game: tag, seed: 1, predicting: null })
    expect(loadWorld(copy, bytes)).toBe(null)
    expect(saveWorld(copy)).toEqual(bytes)
  })
})

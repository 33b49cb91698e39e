import { expect, it } from 'vitest'
import type { PlayerId } from '../../game/rules/shape.ts'
import type { DogstarView } from '../../game/scenes/parts.ts'
import { ranking } from '../../game/scenes/ranking.ts'
import { ann, bo } from './match.ts'

it('where the last ship wins, who stepped aside with all ships does not stand before who flew', () => {
  const records = { [ann]: { lives: 3, aside: true }, [bo]: { lives: 1, aside: false } }
  const player = (id: PlayerId) => ({ score: 0, kills: 0, deaths: 0, ...records[id] })
  const view = { players: [ann, bo], globals: { mode: 'last' }, player } as unknown as DogstarView
  expect(ranking(view)).toEqual([bo, ann])
  records[ann] = { lives: 3, aside: false }
  expect(ranking(view)).toEqual([ann, bo])
})

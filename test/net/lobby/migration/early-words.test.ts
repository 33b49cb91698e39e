import { expect, it } from 'vitest'
import { EarlyWords } from '../../../../net/lobby/migration/early-words.ts'
import { playerId } from '../../../../net/world/ids.ts'

const [liar, honest] = [playerId(1, 1), playerId(2, 1)]

it('what a guest says early is held, whoever else floods, and given out once in its order', () => {
  const words = new EarlyWords<string>()
  words.hold(honest, 'first')
  for (let i = 0; i < 10_000; i++) words.hold(liar, 'noise')
  words.hold(honest, 'second')
  const taken = words.take()
  expect(taken.filter(([from]) => from === honest).map(([, word]) => word)).toEqual(['first', 'second'])
  expect(taken.length).toBeLessThan(100)
  expect(words.take()).toEqual([])
})

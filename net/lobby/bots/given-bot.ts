/** Checks the arguments of `lobby.addBot`. */
import type { BotIdentity } from '../../bots/bot-identity.ts'
import type { AnyGame } from '../../world/game.ts'
import { checkNames, describeGiven, list } from '../../world/given.ts'
import type { BotOptions } from './types.ts'

/** @throws TypeError, RangeError, as `lobby.addBot` says. */
export function givenBot(
  { id, schema }: AnyGame,
  kind: string,
  options: BotOptions,
): { readonly name: string; readonly bot: BotIdentity } {
  checkNames('lobby.addBot', options, ['name', 'skill'])
  if (!schema.bots.has(kind))
    throw new TypeError(`${id} declares no bot ${describeGiven(kind)}. It has ${list(schema.bots)}.`)
  const { name = kind, skill = 0.5 } = options
  if (typeof name !== 'string') throw new TypeError(`lobby.addBot: the name is ${describeGiven(name)}. Write a text.`)
  if (!(typeof skill === 'number' && skill >= 0 && skill <= 1))
    throw new RangeError(`lobby.addBot: skill is 0 to 1, not ${describeGiven(skill)}.`)
  return { name, bot: { kind, skill } }
}

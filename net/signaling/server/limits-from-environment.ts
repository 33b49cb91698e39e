/** What the operator sets of the limits: one variable for each, `STARWIRE_LIMIT_` and the limit's name in capitals. */
import { defaultLimits, type SignalingLimits } from './limits.ts'

const PREFIX = 'STARWIRE_LIMIT_'

type Environment = Readonly<Record<string, string | undefined>>

const names = Object.keys(defaultLimits) as (keyof SignalingLimits)[]

/** The variable of a limit, as `…_JOINS_PER_MINUTE` behind the prefix. */
export function limitVariable(limit: keyof SignalingLimits): string {
  return `${PREFIX}${limit.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

/**
 * The limits that are set; `docs/operating.md` lists all with their defaults.
 * @throws Error with a sentence for the operator about the first that is no whole number from 0 on, or no limit at all.
 */
export function limitsFromEnvironment(environment: Environment): Partial<SignalingLimits> {
  const known = new Map(names.map((name) => [limitVariable(name), name]))
  const set: Partial<SignalingLimits> = {}
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || text === undefined || text.trim() === '') continue
    const name = known.get(variable)
    if (name === undefined) throw new Error(`There is no limit ${variable}. There are ${[...known.keys()].join(', ')}.`)
    if (!/^\d{1,12}$/.test(text.trim()))
      throw new Error(`${variable} is "${text}": set it to a whole number, or leave it out for ${defaultLimits[name]}.`)
    set[name] = Number(text)
  }
  return set
}

/**
 * Checks of arguments: options, seeds, games, listeners. TypeScript finds the same mistakes; these checks are for plain
 * JavaScript. They throw a sentence that says what to write instead. Values of fields are checked in values.ts. What
 * a peer sends is never checked here, because that must never throw.
 */

/** What was given, as a sentence names it. */
export function describeGiven(given: unknown): string {
  if (typeof given === 'string') return JSON.stringify(given)
  if (Array.isArray(given)) return 'a list'
  if (typeof given === 'function') return 'a function'
  return typeof given === 'object' && given !== null ? 'an object' : String(given)
}

export const list = (names: Iterable<string>): string => [...names].join(', ') || 'none'

/**
 * @param what Who takes the options: "createLobby", "entity".
 * @throws TypeError for what is no object of options, and for a name that is not among `names`.
 */
export function checkNames(what: string, given: unknown, names: readonly string[]): void {
  checkObject(`${what}: its options are`, given, names)
  for (const name of Object.keys(given))
    if (!names.includes(name))
      throw new TypeError(`${what}: there is no option "${name}". Write one of ${list(names)}.`)
}

/** @throws TypeError for what is no object. The sentence begins with `says`. */
export function checkObject(says: string, given: unknown, names: Iterable<string>): asserts given is object {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError(`${says} ${describeGiven(given)}. Write an object with some of ${list(names)}.`)
}

/**
 * What the game has by this name.
 * @throws TypeError that lists the names there are.
 */
export function named<T>(what: string, name: string, known: ReadonlyMap<string, T>): T {
  const found = known.get(name)
  if (found === undefined) throw new TypeError(`There is no ${what} "${name}". The game has ${list(known.keys())}.`)
  return found
}

/** @throws TypeError for a time or tick that is no finite number. */
export function checkFinite(what: string, given: unknown, write: string): void {
  if (!Number.isFinite(given)) throw new TypeError(`${what} is ${describeGiven(given)}. Write ${write}.`)
}

/** @throws TypeError for a listener that is no function. */
export function checkListener(event: string, heard: unknown): void {
  if (typeof heard !== 'function')
    throw new TypeError(`on: what listens to "${event}" is ${describeGiven(heard)}. Write a function.`)
}

/**
 * Refuses rules that return a promise. Its rejection is caught, so that it does not end a Node process.
 * @throws TypeError for a promise.
 */
export function checkNoPromise(rule: string, returned: unknown): void {
  if (!(typeof returned === 'object' && returned !== null && 'then' in returned)) return
  Promise.resolve(returned).catch(() => {})
  throw new TypeError(`${rule} returned a promise, and a tick cannot wait. Write it without async and await.`)
}

type Kind = 'boolean' | 'function' | 'string'
const kinds: Record<Kind, string> = { boolean: 'true or false', function: 'a function', string: 'a text' }

/** @throws TypeError for an option that is given and is not of the kind wanted. */
export function checkKinds<T extends object>(what: string, given: T, wanted: { readonly [K in keyof T]?: Kind }): void {
  for (const [name, kind] of Object.entries(wanted) as [keyof T & string, Kind][]) {
    const value = given[name]
    if (value === undefined || typeof value === kind) continue
    throw new TypeError(`${what}: ${name} is ${describeGiven(value)}. Write ${kinds[kind]}.`)
  }
}

/** Seeds are sent to guests as 32 bits. @throws TypeError, RangeError for what is no seed. */
export function checkSeed(what: string, seed: unknown): void {
  if (typeof seed !== 'number')
    throw new TypeError(`${what}: the seed is ${describeGiven(seed)}. Write a whole number from 0 to 4294967295.`)
  if (!Number.isInteger(seed) || seed < 0 || seed > 4294967295)
    throw new RangeError(`${what}: the seed is ${seed}. Write a whole number from 0 to 4294967295.`)
}

/** @throws TypeError for what `defineGame` has not made. */
export function checkGame(what: string, game: unknown): void {
  const { schema, rules } = (game ?? {}) as { schema?: unknown; rules?: unknown }
  if (typeof schema !== 'object' || typeof rules !== 'object')
    throw new TypeError(`${what} was given ${describeGiven(game)} as its game. Give what defineGame returned.`)
}

/**
 * How the library's objects look where Node logs them (`console.log`, `util.inspect`, a failed assertion): only what the game
 * knows of them. Browsers have no such hook; their consoles show properties that are not enumerable in a pale colour.
 */

/** The method that Node calls. A registered symbol, so nothing is imported from Node. */
export const inspectCustom: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

/** `util.inspect`, which Node passes to the method. */
export type Inspect = (value: unknown, options: object) => string

/** `name { … }`. */
export function inspectedAs(name: string, values: unknown, options: object, inspect: Inspect): string {
  return `${name} ${inspect(values, options)}`
}

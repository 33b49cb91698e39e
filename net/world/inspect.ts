/**
 * How the library's objects show themselves where Node logs them (`console.log`, `util.inspect`, a failed assertion):
 * as what the game knows of them. Browsers have no such hook; there, what is not enumerable is shown apart.
 */

/** Node's name for the method that it asks; a registered symbol, so that nothing of Node's is needed. */
export const inspectCustom: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never

/** `util.inspect`, which Node hands to the method. */
export type Inspect = (value: unknown, options: object) => string

/** `name { … }`. */
export function inspectedAs(name: string, values: unknown, options: object, inspect: Inspect): string {
  return `${name} ${inspect(values, options)}`
}

/** Errors of a definition: a TypeError with the path of what is wrong, what is wrong, and what to write instead. */

export function fail(path: string, problem: string, instead: string): never {
  throw new TypeError(`${path}: ${problem}. ${instead}`)
}

const named = /^[a-z][A-Za-z0-9]{0,39}$/

export function checkName(path: string, name: string): void {
  if (!named.test(name))
    fail(`${path}.${name}`, 'is not a name', 'Begin with a small letter and use at most 40 letters and digits.')
}

/**
 * Reads the prefix below which pages and signalling are reached, such as `/dogstar/`; slashes at its ends may be missing.
 * @returns it with one slash at each end; `/` for an empty text.
 * @throws Error with a sentence when it is no path.
 */
export function readBase(text: string): string {
  const inner = text.trim().replace(/^\/+|\/+$/g, '')
  if (inner === '') return '/'
  const isPath = inner.split('/').every((part) => /^[\w.~%@+-]+$/.test(part) && !/^\.\.?$/.test(part))
  if (isPath) return `/${inner}/`
  throw new Error(`The base ${JSON.stringify(text)} is no path: write it as /dogstar/, without a host, a query or a #.`)
}

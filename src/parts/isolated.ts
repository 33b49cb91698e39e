/** For texts that take no element, such as attributes and whole sentences: the name keeps its own reading direction to itself. */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`
}

/** Whether this is a developer's build: bundlers replace the expression, Node has it, a bare page has neither. */
export function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== 'production'
  } catch {
    return false
  }
}

/** A `console.warn` that says each problem once, not sixty times a second. */
export function warnOnce(): (problem: string) => void {
  const said = new Set<string>()
  return (problem) => {
    // Sentences that differ only in numbers, such as tick and id, are the same problem.
    const key = problem.replace(/\d+/g, '#')
    if (said.has(key)) return
    said.add(key)
    console.warn(`Starwire: ${problem}`)
  }
}

/** Whether this is a developer's build: bundlers replace the expression, Node has it, a bare page has neither. */
export function isDevelopment(): boolean {
  try {
    return process.env.NODE_ENV !== 'production'
  } catch {
    return false
  }
}

/** The same complaint once, not sixty times a second. */
export function warnOnce(): (problem: string) => void {
  const said = new Set<string>()
  return (problem) => {
    // The tick and the id differ each time; the sentence is the same complaint.
    const key = problem.replace(/\d+/g, '#')
    if (said.has(key)) return
    said.add(key)
    console.warn(`Starwire: ${problem}`)
  }
}

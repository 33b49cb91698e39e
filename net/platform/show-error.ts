/** Shows an error of the developer's own code where pages show errors, and goes on. Node has no `reportError`. */
export function showError(error: unknown): void {
  if (typeof reportError === 'function') reportError(error)
  else console.error(error)
}

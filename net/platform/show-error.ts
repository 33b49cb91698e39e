/** Shows an error of the page's own code where pages show errors, and stops nobody. Node has no `reportError`. */
export function showError(error: unknown): void {
  if (typeof reportError === 'function') reportError(error)
  else console.error(error)
}

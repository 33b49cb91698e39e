/** The player's name from last time. Storage may be missing or forbidden (private windows, blocked cookies): then none. */

const KEY = 'dogstar.name'

export function rememberedName(): string {
  try {
    return localStorage.getItem(KEY) ?? ''
  } catch {
    return ''
  }
}

export function rememberName(name: string): void {
  try {
    localStorage.setItem(KEY, name)
  } catch {
    // Typing it again next time is all that is lost.
  }
}

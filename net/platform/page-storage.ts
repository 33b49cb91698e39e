/** The page's `localStorage`. It may be missing (Node), forbidden (a sandboxed frame, blocked cookies) or full. */

/** What a browser keeps for the pages of one origin, as text by name. Other scripts of the page may write there, too. */
export interface PageStorage {
  /** Null where nothing is kept: none has this name, or storage is missing or forbidden. */
  read(name: string): string | null
  /** False where nothing can be kept: storage is missing, full or forbidden. */
  write(name: string, text: string): boolean
}

export const pageStorage: PageStorage = {
  read(name) {
    try {
      return localStorage.getItem(name)
    } catch {
      return null
    }
  },
  write(name, text) {
    try {
      localStorage.setItem(name, text)
      return true
    } catch {
      return false
    }
  },
}

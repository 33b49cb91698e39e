/** Whether anything of a lobby stays in memory after its end: a page that plays for hours would grow. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Player } from './player.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** So many collections, with a pause before each, ms. */
const LOOKS = 8
const PAUSE_MS = 5

/**
 * After the end of all lobbies, when the players have forgotten them: their pages, sockets and the server hold none of them. Of a page
 * that is gone the browser frees all.
 */
export async function memoryFaults(players: readonly Player[]): Promise<string[]> {
  let faults: string[] = []
  for (let look = 0; look < LOOKS; look++) {
    // Weak references hold until the present task is over, and compiled code may hold what it saw last for some collections more.
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    collect()
    faults = players.flatMap(({ name, lobbies }) => {
      const here = lobbies.filter(({ site }) => site.page.state !== 'gone')
      const kept = here.filter(({ lobby }) => lobby.deref() !== undefined).length
      return kept > 0 ? [`${kept} of ${here.length} lobbies of ${name} are still in memory`] : []
    })
    if (faults.length === 0) break
  }
  return faults
}

/** Whether anything of a lobby stays in memory after its end: a page that plays for hours would grow. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Player } from './player.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/**
 * After the end of all lobbies, when the players have forgotten them: their pages, sockets and the server hold none of them. Of a page
 * that is gone the browser frees all.
 */
export async function memoryFaults(players: readonly Player[]): Promise<string[]> {
  // Weak references hold until the present task is over.
  await new Promise((resolve) => setTimeout(resolve))
  collect()
  return players.flatMap(({ name, lobbies }) => {
    const here = lobbies.filter(({ site }) => site.page.state !== 'gone')
    const kept = here.filter(({ lobby }) => lobby.deref() !== undefined).length
    return kept > 0 ? [`${kept} of ${here.length} lobbies of ${name} are still in memory`] : []
  })
}

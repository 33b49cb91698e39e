/** How a player's lobby is called in the public list, until the host writes something else. */
import { cleanName } from 'starwire'

export function listTitle(name: string): string {
  return `${cleanName(name)}’s lobby`
}

/** How a player's lobby is called in the public list, until the host writes something else. */

import { cleanName } from 'starwire'
import { texts } from '../../game/languages/language.ts'

export function listTitle(name: string): string {
  return texts.publicLobbies.titleOf(cleanName(name))
}

/** The real doors, to the library and Dogstar's rules: loaded while the start screen is read, and waited for by whoever is faster. */
import { createLobby, findLobbies, joinLobby, quickMatch } from 'starwire'
import { dogstar } from '../../game/rules/dogstar.ts'
import type { Doors } from './doors.ts'

/** Beside the page, in whatever folder of its host that is. */
const signaling = 'starwire'

export const realDoors: Pick<Doors, 'createLobby' | 'joinLobby' | 'quickMatch' | 'findLobbies'> = {
  createLobby: (options) => createLobby(dogstar, { ...options, signaling }),
  joinLobby: (code, options) => joinLobby(dogstar, code, { ...options, signaling }),
  quickMatch: (options) => quickMatch(dogstar, { ...options, signaling }),
  findLobbies: async (signal) => (await findLobbies({ game: dogstar, signaling, signal })).lobbies,
}

/** The page's entry: opens the real doors, to the library and to Dogstar. */
import { render } from 'preact'
import { createLobby, joinLobby } from 'starwire'
import { dogstar } from '../game/rules/dogstar.ts'
import { codeInHash, readSwitches } from './address.ts'
import { App } from './app.tsx'
import { exposeDebug } from './debug.tsx'
import { rememberedName, rememberedSeat } from './remembered.ts'
import { startVisit } from './visit.ts'

const visit = startVisit(
  {
    createLobby: (options) => createLobby(dogstar, options),
    joinLobby: (code, options) => joinLobby(dogstar, code, options),
    // The rules above are small; Phaser and what it draws are not.
    loadGame: async () => (await import('../game/main.ts')).startDogstar,
  },
  codeInHash(location.hash),
)
// Reloaded in a lobby: straight back, without asking for a name.
const code = codeInHash(location.hash)
if (rememberedSeat(code) !== null) visit.join(code, rememberedName())
const switches = readSwitches(location.search)
if (switches.debug) exposeDebug(visit)

const root = document.getElementById('page')
if (!root) throw new Error('index.html has no element with the id "page".')
render(<App visit={visit} switches={switches} />, root)

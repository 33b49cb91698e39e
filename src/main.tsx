/** The page's entry: opens the real doors, to the library and to Dogstar. */
import { render } from 'preact'
import { createLobby, joinLobby } from 'starwire'
import { codeInHash, readSwitches } from './address.ts'
import { App } from './app.tsx'
import { exposeDebug } from './debug.tsx'
import { startVisit } from './visit.ts'

const loadDogstar = () => import('../game/main.ts')

const visit = startVisit(
  {
    createLobby: async (options) => createLobby((await loadDogstar()).dogstar, options),
    joinLobby: async (code, options) => joinLobby((await loadDogstar()).dogstar, code, options),
    loadGame: async () => (await loadDogstar()).startDogstar,
  },
  codeInHash(location.hash),
)
const switches = readSwitches(location.search)
if (switches.debug) exposeDebug(visit)

const root = document.getElementById('page')
if (!root) throw new Error('index.html has no element with the id "page".')
render(<App visit={visit} switches={switches} />, root)

/** The page's entry: opens the real doors, to the library and to Dogstar. */
import { render } from 'preact'
import { createLobby, findLobbies, joinLobby, quickMatch } from 'starwire'
import { resultOf } from '../game/result.ts'
import { dogstar } from '../game/rules/dogstar.ts'
import { readSwitches } from './address.ts'
import { App } from './app.tsx'
import { arrive } from './arrival.ts'
import { exposeDebug } from './debug.tsx'
import { keepPageOffline } from './offline/register.ts'
import { applyLanguage } from './options/page-language.ts'
import { applyPageLook } from './options/page-look.ts'
import { rememberedName } from './remembered.ts'
import { startVisit } from './visit.ts'

await applyLanguage()
const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
const arrival = arrive(location.hash, navigation?.type === 'reload')
/** Beside the page, in whatever folder of its host that is. */
const signaling = 'starwire'

const visit = startVisit(
  {
    createLobby: (options) => createLobby(dogstar, { ...options, signaling }),
    joinLobby: (code, options) => joinLobby(dogstar, code, { ...options, signaling }),
    // The rules above are small; Phaser and what it draws are not.
    quickMatch: (options) => quickMatch(dogstar, { ...options, signaling }),
    findLobbies: async (signal) => (await findLobbies({ game: dogstar, signaling, signal })).lobbies,
    resultOf: (session) => resultOf(session, performance.now()),
    loadGame: async () => (await import('../game/main.ts')).startDogstar,
  },
  arrival,
)
if (arrival.seated) visit.join(arrival.code, rememberedName())
const switches = readSwitches(location.search)
if (switches.debug) exposeDebug(visit)

applyPageLook()
keepPageOffline()
const root = document.getElementById('page')
if (!root) throw new Error('index.html has no element with the id "page".')
render(<App visit={visit} switches={switches} />, root)

/** The page's entry: opens the real doors, to the library and to Dogstar. */
import { render } from 'preact'
import { App } from './app.tsx'
import { exposeDebug } from './debug/expose-debug.ts'
import { readSwitches } from './doors/address.ts'
import { rememberedName } from './doors/remembered.ts'
import { keepPageOffline } from './offline/register.ts'
import { applyLanguage } from './options/page-language.ts'
import { applyPageLook } from './options/page-look.ts'
import { arrive } from './visit/arrival.ts'
import { startVisit } from './visit/visit.ts'
import { NotLoaded } from './words/failures.ts'

await applyLanguage()
const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
const arrival = arrive(location.hash, navigation?.type === 'reload')
/** The start screen stands before the library is here; who presses at once waits for it. */
async function openDoors() {
  try {
    return (await import('./doors/real-doors.ts')).realDoors
  } catch (error) {
    throw new NotLoaded(error)
  }
}

let game: typeof import('../game/main.ts') | null = null

const visit = startVisit(
  {
    createLobby: async (options) => (await openDoors()).createLobby(options),
    joinLobby: async (code, options) => (await openDoors()).joinLobby(code, options),
    quickMatch: async (options) => (await openDoors()).quickMatch(options),
    findLobbies: async (signal) => (await openDoors()).findLobbies(signal),
    // It comes with what drew the match.
    resultOf: (session) => game?.resultOf(session, performance.now()) ?? null,
    loadGame: async () => {
      game = await import('../game/main.ts')
      return game.startDogstar
    },
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
// While the start screen is read: first what the first press needs, then what draws the match, unless the person pays for each byte. What fails now
// is asked for again by the press.
openDoors()
  .then(async () => {
    if (!savesData()) await import('../game/main.ts')
  })
  .catch(() => {})

function savesData(): boolean {
  const { connection } = navigator as { connection?: { readonly saveData?: boolean } }
  return connection?.saveData === true
}

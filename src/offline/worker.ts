/**
 * The service worker: lets the installed page open and practise without its server. The build writes its version and the page's files into it, so
 * each build has another worker (vite.config.ts).
 *
 * Invariants: a server that answers always has its page shown, and never an older one; a file of assets/ has a hash of its content in its name, so
 * the one that is kept is the one that is meant; everything else (signalling, health, lists) is none of its business.
 */

/** In the build, the names of all files that the page may need, and a text that differs with each build. */
declare const __PAGE_FILES__: readonly string[]
declare const __PAGE_VERSION__: string

const worker = self as unknown as ServiceWorkerGlobalScope
const FAMILY = 'dogstar-page-'
const CACHE = FAMILY + __PAGE_VERSION__
/** A server that answers so is not there: a proxy stands before it. */
const GONE = new Set([502, 503, 504])

// The next worker waits until the last page of this one is closed: until then, parts of that page may still be asked for.
worker.addEventListener('install', (event) => {
  event.waitUntil(keepAll())
})

worker.addEventListener('activate', (event) => {
  event.waitUntil(forgetOlder().then(() => worker.clients.claim()))
})

worker.addEventListener('fetch', (event) => {
  const { request } = event
  const scope = new URL(worker.registration.scope)
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== scope.origin || !pathname.startsWith(scope.pathname)) return
  const path = pathname.slice(scope.pathname.length)
  if (request.mode === 'navigate' && (path === '' || path === 'index.html')) event.respondWith(page(request))
  else if (path.startsWith('assets/')) event.respondWith(kept(path).then((found) => found ?? fetch(request)))
  else if (__PAGE_FILES__.includes(path)) event.respondWith(networkFirst(request, path))
})

/** All or nothing: half a page kept would be none. `reload`: not from the browser's own cache, which may be of another build. */
async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE)
  await cache.addAll(['./', ...__PAGE_FILES__].map((path) => new Request(path, { cache: 'reload' })))
}

async function forgetOlder(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(
    names.filter((name) => name.startsWith(FAMILY) && name !== CACHE).map((name) => caches.delete(name)),
  )
}

function page(request: Request): Promise<Response> {
  return networkFirst(request, './')
}

async function networkFirst(request: Request, path: string): Promise<Response> {
  try {
    const answer = await fetch(request)
    if (!GONE.has(answer.status)) return answer
    return (await kept(path)) ?? answer
  } catch (error) {
    const found = await kept(path)
    if (found) return found
    throw error
  }
}

async function kept(path: string): Promise<Response | undefined> {
  return (await caches.open(CACHE)).match(path)
}

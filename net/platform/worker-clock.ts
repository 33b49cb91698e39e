/**
 * The worker clock: ticks that a tab switch does not stop. Measured in a hidden Chromium tab: page timers 1 per second
 * (0 after five minutes without a connection), requestAnimationFrame 0, a timer inside a worker 62.5 as ever.
 *
 * The worker comes from a Blob, so no bundler has to know of it, and works on plain `http://192.168.…` pages. Where a policy
 * forbids it, or it dies, the clock goes on with a page timer, which what arrives on the links pushes on when it is late: each
 * guest sends 60 packets a second, and messages reach a hidden page undisturbed. The page is told once what to allow.
 */

export interface Clock {
  /** `timer`: no worker was to be had (Node, or a Content-Security-Policy without `worker-src blob:`), or it died. */
  readonly kind: 'worker' | 'timer'
  stop(): void
}

/** Ticks at most this often are collapsed into one, as a share of the period: the backlog after our thread stalled. */
const COLLAPSE = 0.25

/** How long a worker may take to say its first word; a browser that refuses it silently is found out by this. */
const WORKER_START_MS = 2000

/** Between two looks whether the worker still ticks; two without a tick, with the thread free in between, are its death. */
const WORKER_LOOK_MS = 1000

/** What arrives this share of a period after the last tick brings the next: a little early, or jitter would lose every other. */
const DUE = 0.75

/** Clocks that a page timer drives, and that a message may push on. */
const pushed = new Set<(nowMs: number) => void>()

/** Something arrived: clocks whose timer is late, as in a hidden tab, tick now. */
export function pushClocks(nowMs: number): void {
  for (const push of pushed) push(nowMs)
}

let warned = false

/** Said once, and only in a page: Node's timers are never slowed down. */
function warnOfTimers(): void {
  if (warned || typeof document === 'undefined') return
  warned = true
  console.warn(
    'Starwire: this page cannot run its worker clock, so while its tab is hidden a match runs unevenly. Allow it in the Content-Security-Policy with "worker-src blob:".',
  )
}

/** What drives the clocks that run now; null while none does. */
export function clockKind(): Clock['kind'] | null {
  if (pushed.size > 0) return 'timer'
  return working > 0 ? 'worker' : null
}

let working = 0

// Aims at a fixed grid, because a plain interval of 16.67 ms is cut to 16 by browsers (62.5 ticks a second, not 60);
// starts a new grid when it fell behind, as after a laptop's sleep, instead of catching up with a burst.
const workerSource = `
let next = performance.now()
let period = 0
function beat() {
  postMessage(0)
  const now = performance.now()
  next += period
  if (next < now) next = now + period
  setTimeout(beat, next - now)
}
onmessage = (event) => { period = event.data; next = performance.now() + period; setTimeout(beat, period) }
`

/**
 * Calls `onTick` about `hz` times a second with `performance.now()`, also in a hidden tab. Ticks that piled up while
 * the thread was busy come as one: derive what to do from `nowMs`, never from the number of calls.
 *
 * @param hz Ticks per second, above 0 and at most 240.
 * @throws RangeError when `hz` is out of that range.
 */
export function startClock(hz: number, onTick: (nowMs: number) => void): Clock {
  if (!(hz > 0 && hz <= 240)) throw new RangeError(`startClock takes 1 to 240 ticks a second, not ${hz}.`)
  const periodMs = 1000 / hz
  let lastTick = Number.NEGATIVE_INFINITY
  const tick = (): void => {
    const now = performance.now()
    if (now - lastTick < periodMs * COLLAPSE) return
    lastTick = now
    onTick(now)
  }

  let worker: Worker | null = null
  let interval: ReturnType<typeof setInterval> | undefined
  let watch: ReturnType<typeof setInterval> | undefined
  let quietLooks = 0
  let startTimer: ReturnType<typeof setTimeout> | undefined
  let url = ''

  const dropWorker = (): void => {
    clearTimeout(startTimer)
    clearInterval(watch)
    if (worker) {
      working--
      worker.onmessage = null
      worker.onerror = null
      worker.terminate()
      worker = null
    }
    if (url) URL.revokeObjectURL(url)
    url = ''
  }
  const push = (nowMs: number): void => {
    if (nowMs - lastTick >= periodMs * DUE) tick()
  }
  const fallBack = (): void => {
    dropWorker()
    warnOfTimers()
    clearInterval(interval)
    interval = setInterval(tick, periodMs)
    pushed.add(push)
  }
  const heard = (): void => {
    quietLooks = 0
    tick()
  }
  const look = (): void => {
    // What the worker said while this thread was busy waits behind the first look, never behind the second.
    if (++quietLooks > 2) fallBack()
  }

  try {
    url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }))
    worker = new Worker(url)
    working++
    worker.onmessage = () => {
      clearTimeout(startTimer)
      if (worker) worker.onmessage = heard
      watch = setInterval(look, Math.max(WORKER_LOOK_MS, 2 * periodMs))
      heard()
    }
    // A policy that forbids blob workers says so in an event, not in an exception.
    worker.onerror = (event) => {
      event.preventDefault()
      fallBack()
    }
    startTimer = setTimeout(fallBack, WORKER_START_MS)
    worker.postMessage(periodMs)
  } catch {
    fallBack()
  }

  return {
    get kind() {
      return worker ? 'worker' : 'timer'
    },
    stop() {
      dropWorker()
      clearInterval(interval)
      pushed.delete(push)
    },
  }
}

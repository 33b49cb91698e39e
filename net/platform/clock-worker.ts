/**
 * The worker that beats for all clocks of a page. It starts with the first clock and ends with the last. One for all, since making and
 * ending a worker holds a busy page up, and clocks change at the very moment in which a page becomes the host.
 *
 * The worker comes from a Blob, so no bundler has to know of it, and works on plain `http://192.168.…` pages.
 */

/** Of one clock. */
export interface Beats {
  /** The worker has sent nothing for long: clocks that start from now on get another one. */
  distrust(): void
  stop(): void
}

interface Listener {
  beat(): void
  /** The page's policy forbids the worker, or it failed. Nothing comes any more. */
  failed(): void
}

// Aims at a fixed grid, because a plain interval of 16.67 ms is rounded down to 16 by browsers (62.5 ticks a second, not 60);
// starts a new grid when it fell behind, as after a laptop's sleep, instead of catching up with a burst.
const source = `
const timers = new Map()
onmessage = ({ data: { id, period } }) => {
  if (period === 0) {
    clearTimeout(timers.get(id))
    timers.delete(id)
    return
  }
  let next = performance.now() + period
  const beat = () => {
    postMessage(id)
    const now = performance.now()
    next += period
    if (next < now) next = now + period
    timers.set(id, setTimeout(beat, next - now))
  }
  timers.set(id, setTimeout(beat, period))
}
`

class ClockWorker {
  private readonly url: string
  private readonly worker: Worker
  private readonly listeners = new Map<number, Listener>()
  private nextId = 0

  /** @throws what the browser throws, where there are no workers. */
  constructor() {
    this.url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
    try {
      this.worker = new Worker(this.url)
    } catch (error) {
      URL.revokeObjectURL(this.url)
      throw error
    }
    this.worker.onmessage = ({ data }: MessageEvent<number>) => this.listeners.get(data)?.beat()
    // A policy that forbids blob workers says so in an event, not in an exception.
    this.worker.onerror = (event) => {
      event.preventDefault()
      const told = [...this.listeners.values()]
      this.end()
      for (const listener of told) listener.failed()
    }
  }

  start(period: number, listener: Listener): Beats {
    const id = this.nextId++
    this.listeners.set(id, listener)
    this.worker.postMessage({ id, period })
    return { distrust: () => this.retire(), stop: () => this.stop(id) }
  }

  private stop(id: number): void {
    if (!this.listeners.delete(id)) return
    if (this.listeners.size === 0) this.end()
    else this.worker.postMessage({ id, period: 0 })
  }

  private retire(): void {
    if (current === this) current = null
  }

  private end(): void {
    this.retire()
    this.listeners.clear()
    this.worker.onmessage = this.worker.onerror = null
    this.worker.terminate()
    URL.revokeObjectURL(this.url)
  }
}

let current: ClockWorker | null = null

/**
 * A worker calls `beat` every `period` ms from now on.
 * @throws what the browser throws, where there are no workers.
 */
export function startBeats(period: number, listener: Listener): Beats {
  current ??= new ClockWorker()
  return current.start(period, listener)
}

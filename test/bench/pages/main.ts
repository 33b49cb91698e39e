/** A page that hosts or joins a match of tag for a benchmark, and keeps the times of what it did. */
import { createLobby, joinLobby, type Lobby, quickMatch, type Session, type ShapeOf } from 'starwire'
import { tag } from '../../browser/fixtures/tag/tag.ts'

type Tag = ShapeOf<typeof tag>

/** When the host's world ran each tick, in ms; only the host runs `referee`. */
const steps: number[] = []
/** When a newer tick of the host was there, in ms, as a page in front draws it. */
const arrivals: number[] = []
const watched: typeof tag = {
  ...tag,
  rules: {
    ...tag.rules,
    referee(world) {
      steps.push(performance.now())
      tag.rules.referee?.(world)
    },
  },
}

let lobby: Lobby<Tag> | null = null
let late = 0

function watch(session: Session<Tag>): void {
  let newest = -1
  requestAnimationFrame(function frame(now) {
    session.input({ x: Math.sign(Math.sin(now / 500)) })
    session.view(now)
    const { tick } = session.world()
    if (tick > newest) {
      newest = tick
      arrivals.push(performance.now())
    }
    requestAnimationFrame(frame)
  })
}

/** How long it took to be in the lobby, to have the session, and to have something to draw, in ms. */
async function timeTo(
  enter: () => Promise<Lobby<Tag>>,
): Promise<{ lobbyMs: number; sessionMs: number; drawnMs: number }> {
  const started = performance.now()
  lobby = await enter()
  const lobbyMs = performance.now() - started
  lobby.on('roster', (roster) => {
    late += roster.filter(({ presence }) => presence === 'late').length
  })
  const session = await lobby.session()
  const sessionMs = performance.now() - started
  await new Promise<void>((resolve) => {
    requestAnimationFrame(function frame(now) {
      for (const _runner of session.view(now).all('runner')) return resolve()
      requestAnimationFrame(frame)
    })
  })
  const drawnMs = performance.now() - started
  watch(session)
  return { lobbyMs, sessionMs, drawnMs }
}

/** The number of times in a window, a second, and the longest wait between two of them. */
function figures(times: readonly number[], from: number, to: number) {
  const within = times.filter((time) => time >= from && time <= to)
  let longestGap = 0
  for (const [i, time] of [...within, to].entries()) longestGap = Math.max(longestGap, time - (within[i - 1] ?? from))
  return { perSecond: (within.length * 1000) / (to - from), longestGap }
}

export const bench = {
  async host(): Promise<string> {
    lobby = await createLobby(watched, { name: 'Host', development: false })
    lobby.start()
    return lobby.code
  },
  /** As `host`, in the public list once this has resolved. */
  async hostListed(): Promise<string> {
    const code = await bench.host()
    const refusal = await lobby?.list({ title: 'A match' })
    if (refusal !== null) throw new Error(`The lobby is not listed: ${refusal}`)
    return code
  },
  join: (code: string) => timeTo(() => joinLobby(tag, code, { name: 'Guest', development: false })),
  quickMatch: () =>
    timeTo(async () => {
      const matched = await quickMatch(tag, { name: 'Guest', development: false })
      if (matched.hosting) throw new Error('The quick match found nobody.')
      return matched
    }),
  leave: () => lobby?.leave(),
  now: () => performance.now(),
  visibility: () => document.visibilityState,
  steps: (from: number) => figures(steps, from, performance.now()),
  arrivals: (from: number) => figures(arrivals, from, performance.now()),
  late: () => late,
}
export type BenchPage = typeof bench

Object.assign(window, { bench })

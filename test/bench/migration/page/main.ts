/**
 * A page with one player of a match of Dogstar, as a browser of theirs: a pilot flies, each frame is asked for, and nothing is drawn.
 * Reloaded, the page goes back to its seat by itself, as Dogstar's own page does.
 */
import { createLobby, joinLobby, type Lobby } from 'starwire'
import { type DogstarShape, dogstar } from '../../../../game/rules/dogstar.ts'
import type { LobbyObject } from '../../../../net/lobby/lobby.ts'
import { simplePeer } from '../../../../net/transport/simple-peer.ts'
import type { World } from '../../../../net/world/world.ts'
import { flyBot } from '../../../browser/fixtures/dogstar/bot.ts'
import { relayed } from '../../../browser/fixtures/relayed.ts'
import { clock, type PageLog } from './log.ts'
import { idleLinks, noteFrame, readLog, step, takeLog, watchClient, watchElections, watchHost } from './watch.ts'

/** A pilot decides so often, ms: about as often as a hand on a keyboard can. */
const DECIDE_MS = 50
/** How often the way back to the seat is kept, ms. */
const KEEP_MS = 100
const SEAT = 'bench.seat'

interface Seat {
  readonly code: string
  readonly name: string
  readonly signaling: string
  readonly token: string | null
}

let lobby: LobbyObject<DogstarShape> | null = null
let stops: (() => void)[] = []
let drops = 0
let me = 0
let session: Awaited<ReturnType<Lobby<DogstarShape>['session']>> | null = null

/** Whether ships may fly: before a round begins all stand. */
function mayFly(): boolean {
  const view = session?.view(performance.now())
  return view !== undefined && view.tick > 0 && view.globals.phase === 'playing' && view.tick >= view.globals.startsAt
}

const options = (name: string, signaling: string) => ({
  ...{ name, signaling, development: false },
  transport: { peerConnection: relayed(simplePeer(RTCPeerConnection)) },
})

function take(entered: Lobby<DogstarShape>, name: string, signaling: string): string {
  const mine = entered as unknown as LobbyObject<DogstarShape>
  lobby = mine
  takeLog()
  drops = 0
  me = mine.me
  const keep = (): void => {
    const seat: Seat = { code: mine.code, name, signaling, token: mine.resumeToken }
    if (mine.state !== 'ended' && seat.token !== null) sessionStorage.setItem(SEAT, JSON.stringify(seat))
  }
  const timer = setInterval(keep, KEEP_MS)
  stops.push(() => clearInterval(timer))
  entered.on('state', (state) => {
    if (state === 'reconnecting' || state === 'ended') drops++
  })
  return mine.code
}

/** From now on this page's player flies, and all that happens is written down. */
async function fly(): Promise<void> {
  const mine = lobby
  const own = (await mine?.session()) ?? null
  const match = mine?.match
  session = own
  if (!mine || !own || !match?.client) throw new Error('No match has begun on this page.')
  watchClient(match.client)
  const decides = setInterval(() => {
    const view = own.view(performance.now())
    // The pilot was written for the world itself; of it he looks at what a view has, too.
    if (mine.state === 'playing') own.input(flyBot(view as unknown as World, view.me))
  }, DECIDE_MS)
  if (match.host) watchHost(match.host)
  const { setHost } = match
  match.setHost = (host) => {
    if (host) watchHost(host.runner)
    setHost(host)
  }
  let isOver = false
  const frame = (): void => {
    // Who has left still draws, and what they left stands there.
    if (isOver || mine.state === 'ended') return
    requestAnimationFrame(frame)
    noteFrame(own.view(performance.now()) as never, match.client?.session.confirmedTick ?? 0)
  }
  frame()
  stops.push(() => {
    isOver = true
    clearInterval(decides)
  })
}

export const migration = {
  async host(name: string, signaling: string): Promise<string> {
    return take(await createLobby(dogstar, options(name, signaling)), name, signaling)
  },
  async join(code: string, name: string, signaling: string): Promise<string> {
    return take(await joinLobby(dogstar, code, options(name, signaling)), name, signaling)
  },
  start(): void {
    lobby?.start()
  },
  fly,
  /** Whether this page has a host's role, whether another page could host in its place, and its links to other guests. */
  state() {
    return {
      ...{ hosting: lobby?.hosting ?? false, me, state: lobby?.state ?? null },
      ...{ epoch: lobby?.epoch ?? 0, drops, links: lobby ? idleLinks(lobby) : 0 },
      ...{ isReady: lobby?.hosting === true && lobby.resumeToken !== null, flies: mayFly() },
    }
  },
  heirs: () => lobby?.match?.host?.heirs?.report(performance.now()).heirs.map(({ heir }) => heir as number) ?? [],
  /** Returns when. */
  leave(): number {
    const at = clock()
    lobby?.leave()
    return at
  },
  end(): void {
    lobby?.leave()
    lobby = null
    for (const stop of stops) stop()
    stops = []
    sessionStorage.removeItem(SEAT)
  },
  handOver(to: number): number {
    const at = clock()
    lobby?.handOver(to as never)
    return at
  },
  /** The main thread does nothing else for so long. */
  stall(ms: number): void {
    const until = performance.now() + ms
    while (performance.now() < until);
  },
  /** When the present host first acked an input that was made after `since`; null: not yet. `epoch`: the host is of a higher one. */
  acked(since: number, epoch: number): number | null {
    const { inputs, acks } = readLog()
    const first = inputs.find(([, at]) => at > since)
    if (!first) return null
    return acks.find((ack) => ack.at > since && ack.epoch > epoch && ack.tick >= first[0])?.at ?? null
  },
  takeLog: (): PageLog => takeLog(),
  readLog: (): PageLog => readLog(),
}
export type MigrationPage = typeof migration

Object.assign(window, { migration })
watchElections()

const kept = sessionStorage.getItem(SEAT)
if (kept) {
  const { code, name, signaling, token } = JSON.parse(kept) as Seat
  const loadedAt = clock()
  const onProgress = (stage: string): void => void stages.push([stage, clock()])
  const stages: [string, number][] = []
  joinLobby(dogstar, code, { ...options(name, signaling), resume: token, onProgress }).then(
    async (entered) => {
      take(entered, name, signaling)
      step('the page begins', performance.timeOrigin)
      step('its code runs', loadedAt)
      for (const [stage, at] of stages) step(stage, at)
      step('has its seat')
      await fly()
      step('has its match')
    },
    (error: unknown) => console.warn(`not back: ${String(error)}`),
  )
}

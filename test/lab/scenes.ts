/**
 * Scenes: a guest plays, something happens to a network, and the guest is to play on in the same seat, session and ship, with no reload. Each
 * scene has an internet of its own, so that nothing is left over from the one before.
 */
import type { LabHost, SecondWay } from './internet.ts'
import { changeInterface, cut, mend, rebindNat } from './network-changes.ts'
import type { Lab, LabGuest, WhoPlays } from './peers.ts'
import type { Played } from './playing.ts'

interface Stage {
  /** Whose network it happens to. */
  readonly whom: LabHost
  /** Of `whom`. */
  readonly second: SecondWay
}

export interface Scene {
  readonly name: string
  readonly summary: string
  /** Where host and guest are, by the names of places. */
  readonly host: string
  readonly guest: string
  /** To whose network it happens. */
  readonly to: 'host' | 'guest'
  /** How the guest is connected when it happens. Null: as it will be. */
  readonly route: 'direct' | null
  happen(stage: Stage): Promise<void>
}

const homes = { host: 'port-restricted', guest: 'port-restricted', to: 'guest', route: 'direct' } as const

const cutFor =
  (ms: number) =>
  async ({ whom }: Stage): Promise<void> => {
    cut(whom)
    await wait(ms)
    mend(whom)
  }

export const scenes: readonly Scene[] = [
  {
    ...homes,
    name: 'rebinding',
    summary: "the guest's NAT forgets its mappings and makes others",
    happen: async ({ whom }) => rebindNat(whom),
  },
  {
    ...homes,
    name: 'rebinding-443',
    summary: 'the same where only TCP to port 443 goes out: by TURN over TCP, or by the relay',
    guest: 'only-443',
    route: null,
    happen: async ({ whom }) => rebindNat(whom),
  },
  {
    ...homes,
    name: 'rebinding-host',
    summary: "the same at the host's NAT",
    to: 'host',
    happen: async ({ whom }) => rebindNat(whom),
  },
  { ...homes, name: 'cut-3', summary: "no packet of the guest's network gets through for 3 s", happen: cutFor(3_000) },
  { ...homes, name: 'cut-20', summary: 'the same for 20 s', happen: cutFor(20_000) },
  { ...homes, name: 'cut-20-host', summary: "the same at the host's network", to: 'host', happen: cutFor(20_000) },
  {
    ...homes,
    name: 'cable',
    summary: "the guest's interface goes and another one comes, behind another NAT",
    happen: async ({ whom, second }) => changeInterface(whom, second),
  },
  {
    ...homes,
    name: 'cable-host',
    summary: "the same at the host's",
    to: 'host',
    happen: async ({ whom, second }) => changeInterface(whom, second),
  },
]

/** @throws Error with a sentence when there is no such scene. */
export function sceneOf(name: string): Scene {
  const found = scenes.find((scene) => scene.name === name)
  if (found) return found
  throw new Error(`There is no scene "${name}". There are ${scenes.map((scene) => scene.name).join(', ')}.`)
}

export interface SceneResult {
  readonly scene: string
  /** Whether the guest plays on, in the same seat, session and ship, and what is not so. */
  readonly playsOn: boolean
  readonly wrong: readonly string[]
  readonly before: Played
  readonly after: Played
  /** From the change, or its end, until the match was seen to go on for good, ms; null: never. */
  readonly backMs: number | null
  /** The longest time in which the guest saw nothing move, ms. */
  readonly stillMs: number
  /** What the guest told meanwhile. */
  readonly states: readonly string[]
}

/** A guest whose network is back has so long to play on, ms: what the lobby takes for a whole join, and a slow machine. */
const BACK_WITHIN_MS = 30_000

/** A guest is back when it has seen the match go on for this long without a longer gap, ms. */
const STEADY_MS = 1_500
const STEADY_GAP_MS = 500

const LOOK_EVERY_MS = 100

export async function playScene(lab: Lab, scene: Scene, who: WhoPlays): Promise<SceneResult> {
  const host = lab.addHost(scene.host)
  const guest = lab.addHost(scene.guest)
  const whom = scene.to === 'host' ? host : guest
  const second = lab.internet.addSecondWay(whom)
  const hosting = await lab.hostDrift(host, who)
  let playing: LabGuest | null = null
  try {
    playing = await lab.play(guest, hosting.code, who)
    const before = await untilSteady(playing, scene.route)
    if (before.backMs === null)
      throw new Error(`Nothing to see before the scene ${scene.name}: ${JSON.stringify(before.last)}`)
    await scene.happen({ whom, second })
    const { last: after, backMs, stillMs, states } = await untilSteady(playing)
    const wrong = differences(before.last, after)
    const result = { scene: scene.name, before: before.last, after, backMs, stillMs, states }
    return { ...result, wrong, playsOn: backMs !== null && wrong.length === 0 }
  } finally {
    await playing?.close()
    await hosting.close()
  }
}

function differences(before: Played, after: Played): string[] {
  const names = ['state', 'seat', 'ships', 'sessions'] as const
  return names.flatMap((name) => (before[name] === after[name] ? [] : `${name}: ${before[name]} → ${after[name]}`))
}

interface Seen extends Pick<SceneResult, 'backMs' | 'stillMs' | 'states'> {
  readonly last: Played
}

/** Asks until the match has been seen to go on for a while, by this route if it is given; `backMs` is when that began. */
async function untilSteady(guest: LabGuest, route: Scene['route'] = null): Promise<Seen> {
  const began = performance.now()
  let last = await guest.told()
  let stillMs = last.longestGapMs
  const states = [...last.states]
  let steadySince: number | null = null
  while (performance.now() - began < BACK_WITHIN_MS) {
    await wait(LOOK_EVERY_MS)
    const now = performance.now()
    last = await guest.told()
    states.push(...last.states)
    stillMs = Math.max(stillMs, last.longestGapMs)
    const isThere = last.state === 'playing' && last.ships !== '' && (route === null || last.route === route)
    const goesOn = isThere && last.longestGapMs < STEADY_GAP_MS
    if (!goesOn) steadySince = null
    else if (last.beats > 0) steadySince ??= now
    if (steadySince !== null && now - steadySince >= STEADY_MS)
      return { backMs: Math.round(steadySince - began), last, stillMs, states }
  }
  return { backMs: null, last, stillMs, states }
}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

export function sceneTable(results: readonly SceneResult[]): string[][] {
  const lines = results.map(({ scene, playsOn, wrong, before, after, backMs, stillMs, states }) => [
    scene,
    playsOn ? 'plays on' : 'lost',
    `${before.route} → ${after.route}`,
    backMs === null ? '' : String(backMs),
    String(stillMs),
    [...wrong, ...states].join(', '),
  ])
  return [['scene', 'result', 'route', 'back after, ms', 'stood still, ms', 'meanwhile'], ...lines]
}

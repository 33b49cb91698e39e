/**
 * `npm run sim -- [--lobbies] [--hosts] [--relayed] [--break FAULT] [--seeds N] [--from S] [--minutes M]`: whole matches of a game with everything in it, each over a network
 * drawn from its seed, held to the laws of laws.ts. With `--lobbies --hosts`, whole lobbies whose hosts change. With `--lobbies`, whole lobbies and their troubles instead, held to
 * those of lobbies/laws.ts; with `--hosts`, matches whose host changes, held to those of hosts/story.ts. `--break` plants a fault of their
 * breaks.ts, which the laws have to find. `--relayed` plays matches and lobbies over the relay. `--minutes` plays on until then, instead of N seeds.
 * A line of progress every half minute, the trace of each seed with a finding and the command that replays it, counts, and one summary line; the exit code is
 * not 0 when anything was found.
 */
import { parseArgs } from 'node:util'
import type { ShapeOf } from 'starwire'
import type { ReportedEntity } from '../../net/session/types.ts'
import { type LinkConditions, type SimulatedClient, type Simulation, simulate } from '../../net/testing.ts'
import { act, arena, ghostShows, rest } from './arena.ts'
import { HOST_FAULTS, LOBBY_HOST_FAULTS } from './hosts/breaks.ts'
import { playLobbyStory } from './hosts/lobby-story.ts'
import { playHostStory } from './hosts/story.ts'
import { confirmedFaults, play, predictionFaults, presenceFaults, seededRandom } from './laws.ts'
import { FAULTS } from './lobbies/breaks.ts'
import { playStory } from './lobbies/story.ts'

/** Progress is told this often, ms. */
const TELL_EVERY_MS = 30_000
const MS_PER_MINUTE = 60_000

/** Two ticks out of every so many are looked at. */
const LOOK_EVERY = 40

function drawNetwork(random: () => number): LinkConditions {
  return {
    latencyMs: Math.round(random() * 150),
    jitterMs: random() < 0.5 ? 0 : Math.round(random() * 40),
    loss: random() < 0.3 ? 0 : random() * 0.3,
    duplicate: random() < 0.5 ? 0 : random() * 0.2,
  }
}

type Arena = ShapeOf<typeof arena>

/** Which entities a client knows that it should not know after a tick, or does not and should. Default: now. */
function presenceFaultsAt(
  match: Simulation<Arena>,
  client: SimulatedClient<Arena>,
  tick = match.host.session.world.tick,
): string[] {
  const shows = ({ type, fields }: ReportedEntity): boolean =>
    type === 'ghost' ? ghostShows(Number(fields.number), client.me, tick) : type !== 'trap'
  return presenceFaults(match, client, shows, tick)
}

/** TCP doubles its wait with each loss in a row. At 30 % loss one wait in some thousands is 13 s, and probes follow it. */
const MAX_WAIT_MS = 30_000

/** The host keeps two seconds of its past. */
const KEPT_TICKS = 110

/**
 * Over a relay nobody knows when the world has arrived. But it comes in order and whole: soon there is a moment in which a client knows
 * exactly what there was at its newest tick.
 */
function relayedPresenceFaults(match: Simulation<Arena>, client: SimulatedClient<Arena>): string[] {
  const until = match.now + MAX_WAIT_MS
  for (;;) {
    const { tick } = client.session.world()
    const faults = presenceFaultsAt(match, client, tick)
    const isKept = tick >= match.host.session.world.tick - KEPT_TICKS
    if ((isKept && faults.length === 0) || match.now >= until) return faults
    match.run(100)
  }
}

/** What a seed's match does against the laws. */
export function runSeed(seed: number, relayed: boolean): string[] {
  const random = seededRandom(seed)
  const network = { ...drawNetwork(random), route: relayed ? 'relay' : 'direct' } as const
  const players = 2 + Math.floor(random() * 5)
  const match = simulate(arena, { players, network, seed })
  const faults: string[] = []
  let turn = 0
  play(match, 6_000, random, act, () => {
    if (turn++ % LOOK_EVERY === 0) for (const client of match.clients) faults.push(...confirmedFaults(match, client))
  })
  if (random() < 0.5) match.join()
  play(match, 2_000, random, act)
  rest(match)
  match.run(4_000)
  // The arena spawns on a beat; between two beats everything has been delivered.
  while (match.host.session.world.tick % 40 !== 30) match.run(1000 / 60)
  for (const client of match.clients) {
    faults.push(...(relayed ? relayedPresenceFaults(match, client) : presenceFaultsAt(match, client)))
    faults.push(...predictionFaults(match, client), ...confirmedFaults(match, client))
    if (client.runner.session.failure !== null)
      faults.push(`player ${client.me} failed: ${client.runner.session.failure}`)
  }
  if (match.host.session.failure) faults.push(`the host failed: ${match.host.session.failure.error}`)
  return faults.map((fault) => `seed ${seed}, ${players} players, ${JSON.stringify(network)}: ${fault}`)
}

/** What a seed's story does against its laws; the first faults come with the trace that led to them. */
async function runStory(
  play: typeof playStory,
  seed: number,
  relayed: boolean,
  counts: Map<string, number>,
): Promise<string[]> {
  const { faults, trace, counts: happened } = await play(seed, { relayed })
  for (const [what, times] of Object.entries(happened)) counts.set(what, (counts.get(what) ?? 0) + times)
  if (faults.length > 0) console.log(`${trace.join('\n')}\nThe trace of seed ${seed}.`)
  return faults.map((fault) => `seed ${seed}: ${fault}`)
}

/** Returns the exit code. */
export async function runCommandLine(args: string[]): Promise<number> {
  const options = {
    lobbies: { type: 'boolean' },
    hosts: { type: 'boolean' },
    relayed: { type: 'boolean' },
    break: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string' },
    minutes: { type: 'string' },
  } as const
  const { values } = parseArgs({ args, options })
  const minutes = values.minutes === undefined ? null : Number(values.minutes)
  const seeds = minutes === null ? Number(values.seeds ?? 20) : Number.MAX_SAFE_INTEGER
  const from = Number(values.from ?? 1)
  const isTimed = minutes === null || (minutes > 0 && values.seeds === undefined)
  if (!(Number.isInteger(seeds) && seeds > 0 && Number.isInteger(from) && from >= 0 && isTimed)) {
    console.error(
      'npm run sim -- [--lobbies] [--hosts] [--relayed] [--break FAULT] [--seeds N | --minutes M] [--from S]: N is a whole number above 0, S one from 0, M above 0.',
    )
    return 2
  }
  if (values.relayed && values.hosts) {
    console.error('--relayed goes with matches and --lobbies, not with --hosts.')
    return 2
  }
  const ofHosts = values.lobbies ? LOBBY_HOST_FAULTS : HOST_FAULTS
  const known = values.hosts ? ofHosts : values.lobbies ? FAULTS : {}
  const fault = values.break === undefined ? null : known[values.break]
  if (fault === undefined) {
    console.error(
      `--break goes with --lobbies, as one of ${Object.keys(FAULTS).join(', ')}, and with --hosts, as one of ${Object.keys(HOST_FAULTS).join(', ')}, with both also fence and votes.`,
    )
    return 2
  }
  const whole = values.lobbies ? playLobbyStory : playHostStory
  const story = values.hosts ? whole : values.lobbies ? playStory : null
  fault?.plant()
  const counts = new Map<string, number>()
  const found: number[] = []
  const beganAt = performance.now()
  let toldAt = beganAt
  let played = 0
  const summary = (): string => {
    const perSecond = (played * 1000) / (performance.now() - beganAt)
    return `sim: ${played} seeds from ${from}, ${found.length} with findings, ${perSecond.toFixed(2)} seeds a second`
  }
  const isOver = (): boolean =>
    minutes === null ? played >= seeds : performance.now() - beganAt >= minutes * MS_PER_MINUTE
  const relayed = values.relayed ?? false
  const replay = `npm run sim -- ${args.filter((arg) => /^--(lobbies|hosts|relayed)$/.test(arg)).join(' ')}`
  for (; !isOver(); played++) {
    const seed = from + played
    const faults = story ? await runStory(story, seed, relayed, counts) : runSeed(seed, relayed)
    for (const fault of faults.slice(0, 3)) console.log(fault)
    if (faults.length > 0) {
      found.push(seed)
      console.log(`Play it again: ${replay}${fault ? ` --break ${values.break}` : ''} --seeds 1 --from ${seed}`)
    }
    if (performance.now() - toldAt < TELL_EVERY_MS) continue
    toldAt = performance.now()
    console.log(`${summary()} so far`)
  }
  for (const [what, times] of [...counts].sort()) console.log(`${String(times).padStart(6)} ${what}`)
  if (found.length > 0) console.log(`Seeds with findings: ${found.join(', ')}`)
  console.log(summary())
  return found.length > 0 ? 1 : 0
}

/**
 * `npm run fuzz -- [--seconds N] [--seed S]`: running matches whose packets, mutated, are fed to the host and to a client
 * beside the real ones. Nothing may throw, hang, or reach the game out of range, and the others' match has to go on. One
 * summary line; the exit code is not 0 when anything was found.
 */
import { parseArgs } from 'node:util'
import { type Simulation, seededRandom, simulate } from '../../net/testing.ts'
import { decodePacket } from '../../net/wire/packet.ts'
import { intoRange } from '../../net/world/grid.ts'
import type { GameShape } from '../../net/world/types.ts'
import { act, arena } from '../sim/arena.ts'
import { confirmedFaults, play } from '../sim/laws.ts'
import { mutate } from './mutate.ts'

/** A packet is decoded in microseconds; a thousand times as long is a hang, whatever else the machine does. */
const HANG_MS = 50
/** Mutants of each real packet that is chosen, and the share of those. */
const MUTANTS = 8
const CHOSEN = 0.3
const CORPUS = 512

interface Tally {
  packets: number
  /** Those whose envelope was read. */
  enveloped: number
  readonly findings: string[]
}

type Take = (mutant: Uint8Array) => void

function feed(tally: Tally, random: () => number, bytes: Uint8Array, corpus: readonly Uint8Array[], take: Take): void {
  for (let i = 0; i < MUTANTS; i++) {
    const mutant = mutate(bytes, corpus, random)
    tally.packets++
    if (decodePacket(mutant)) tally.enveloped++
    const hex = Buffer.from(mutant).toString('hex')
    const began = performance.now()
    try {
      take(mutant)
    } catch (error) {
      tally.findings.push(`${hex} threw ${error}`)
    }
    if (performance.now() - began > HANG_MS) tally.findings.push(`${hex} took over ${HANG_MS} ms`)
  }
}

/** Every number of the host's world is in its range: no mutant got a value into the game. */
function outOfRange<G extends GameShape>(match: Simulation<G>): string[] {
  const faults: string[] = []
  for (const record of match.host.session.world.records.values())
    for (const field of record.$type.numbers) {
      const value = record.numbers[field.slot] ?? Number.NaN
      const named = field.kind === 'entity' || field.kind === 'player'
      if (named ? !Number.isInteger(value) : intoRange(field, value) !== value)
        faults.push(`${record.$type.name}.${field.name} is ${value}`)
    }
  return faults
}

/** One match of a few seconds: player 1 is impersonated towards the host, player 2 is lied to by a false host. */
function fuzzMatch(seed: number, tally: Tally): void {
  const random = seededRandom(seed)
  const match = simulate(arena, { players: 4, network: { latencyMs: 30, loss: 0.05 }, seed })
  const [hosts, impersonated, deceived, innocent] = match.clients
  if (!hosts || !impersonated || !deceived || !innocent) throw new Error('The match has four players.')
  const corpus: Uint8Array[] = []
  const remember = (bytes: Uint8Array): void => {
    if (corpus.length < CORPUS) corpus.push(bytes.slice())
    else corpus[Math.floor(random() * CORPUS)] = bytes.slice()
  }
  const toHost = match.host.receive.bind(match.host)
  match.host.receive = (player, bytes, now) => {
    remember(bytes)
    toHost(player, bytes, now)
    if (player !== impersonated.me || random() > CHOSEN) return
    // Past the runner, which would rightly drop a player for a flood.
    feed(tally, random, bytes, corpus, (mutant) => match.host.session.receive(player, mutant, now))
  }
  const toClient = deceived.runner.receive.bind(deceived.runner)
  deceived.runner.receive = (bytes, now) => {
    remember(bytes)
    toClient(bytes, now)
    if (random() < CHOSEN) feed(tally, random, bytes, corpus, (mutant) => toClient(mutant, now))
  }
  play(match, 3_000, random, act)
  tally.findings.push(...outOfRange(match))
  if (match.host.session.failure) tally.findings.push(`the host failed: ${match.host.session.failure.error}`)
  if (deceived.runner.session.failure !== null)
    tally.findings.push(`the deceived player failed: ${deceived.runner.session.failure}`)
  for (const client of [hosts, innocent])
    tally.findings.push(...confirmedFaults(match, client).map((fault) => `an innocent player: ${fault}`))
}

/** Returns the exit code. */
export async function runCommandLine(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { seconds: { type: 'string' }, seed: { type: 'string' } } })
  const seconds = Number(values.seconds ?? 20)
  const first = Number(values.seed ?? 1)
  if (!(seconds > 0 && Number.isInteger(first))) {
    console.error('npm run fuzz -- [--seconds N] [--seed S]: N is a number above 0, S a whole one.')
    return 2
  }
  const tally: Tally = { packets: 0, enveloped: 0, findings: [] }
  let seed = first
  for (const until = performance.now() + seconds * 1000; performance.now() < until; seed++) fuzzMatch(seed, tally)
  for (const finding of tally.findings.slice(0, 10)) console.log(finding)
  const share = ((100 * tally.enveloped) / Math.max(1, tally.packets)).toFixed(0)
  console.log(
    `fuzz: ${tally.packets} packets in ${seed - first} matches from seed ${first}, ${share} % passed the envelope, ${tally.findings.length} findings`,
  )
  return tally.findings.length > 0 ? 1 : 0
}

/**
 * Whole matches: player 1 is impersonated towards the host, player 2 is lied to by a false host, all between the real
 * packets; the others' match has to go on as if nothing were.
 */
import { seededRandom, simulate } from '../../net/testing.ts'
import { PacketKind } from '../../net/wire/packet.ts'
import { readPacket } from '../net/wire/read.ts'
import { act, arena } from '../sim/arena.ts'
import { confirmedFaults, play } from '../sim/laws.ts'
import { Draw } from './draw.ts'
import { mutatePacket } from './packets.ts'
import { wrongRow } from './ranges.ts'
import { law, type Meter, type Target } from './target.ts'

/** Mutants of each real packet that is chosen, and the share of those. */
const MUTANTS = 4
const CHOSEN = 0.3
const KEPT = 256
const MATCH_MS = 2_000

/** A case is four bytes: the match's seed. */
export function matchTarget(): Target {
  const caseOf = (seed: number): Uint8Array => Uint8Array.from(new Uint8Array(Uint32Array.of(seed).buffer))
  return {
    name: 'match',
    batch: 1,
    seeds: [caseOf(1)],
    mutate: (_bytes, _corpus, random) => caseOf(Math.floor(random() * 2 ** 32)),
    run: (bytes, meter) => fuzzMatch(new DataView(bytes.slice(0, 4).buffer).getUint32(0, true), meter),
  }
}

function fuzzMatch(seed: number, meter: Meter): void {
  const draw = new Draw(seededRandom(seed))
  const match = simulate(arena, { players: 4, network: { latencyMs: 30, loss: 0.05 }, seed })
  const [hosts, impersonated, deceived, innocent] = match.clients
  if (!hosts || !impersonated || !deceived || !innocent) throw new Error('The match has four players.')
  const kept: Uint8Array[] = []
  const feed = (kind: PacketKind, bytes: Uint8Array, take: (mutant: Uint8Array) => void): void => {
    if (kept.length < KEPT) kept.push(bytes.slice())
    else kept[draw.int(KEPT)] = bytes.slice()
    const me = kind === PacketKind.input ? impersonated.me : deceived.me
    const meeting = { game: arena, epoch: 1, me, players: [hosts.me, innocent.me, me] }
    if (!draw.chance(CHOSEN)) return
    for (let i = 0; i < MUTANTS; i++) {
      const mutant = mutatePacket(meeting, kind, bytes, kept, draw.random)
      if (readPacket(mutant)) meter.enveloped++
      meter.packet(() => take(mutant))
    }
  }
  const toHost = match.host.receive.bind(match.host)
  match.host.receive = (player, bytes, now) => {
    toHost(player, bytes, now)
    if (player !== impersonated.me) return
    // Past the runner, which would rightly drop a player for a flood.
    feed(PacketKind.input, bytes, (mutant) => {
      if (match.host.session.receive(player, mutant, now)) meter.taken++
    })
  }
  const toClient = deceived.runner.receive.bind(deceived.runner)
  deceived.runner.receive = (bytes, now) => {
    toClient(bytes, now)
    feed(PacketKind.snapshot, bytes, (mutant) => toClient(mutant, now))
  }
  play(match, MATCH_MS, draw.random, act)
  for (const record of match.host.session.world.records.values()) {
    const wrong = wrongRow(record.$type, record)
    law(wrong === null, () => `out of range at the host: ${wrong}`)
  }
  law(match.host.session.failure === null, () => `the host failed: ${match.host.session.failure?.error}`)
  law(deceived.runner.session.failure === null, () => `the deceived failed: ${deceived.runner.session.failure}`)
  for (const client of [hosts, innocent]) {
    const faults = confirmedFaults(match, client)
    law(faults.length === 0, () => `an innocent player: ${faults[0]}`)
  }
}

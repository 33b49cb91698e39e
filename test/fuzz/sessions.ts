/** The two state machines of a match, each fed with one packet after another that its other side never sent. */
import type { ClientSession } from '../../net/session/client.ts'
import { MAX_MALFORMED, MAX_OPEN_RESULTS, MAX_PENDING_EVENTS } from '../../net/session/limits.ts'
import { MAX_INPUTS } from '../../net/wire/inputs.ts'
import { MAX_STATE_BYTES } from '../../net/wire/lanes.ts'
import { PacketKind } from '../../net/wire/packet.ts'
import { MAX_TICK } from '../../net/world/ids.ts'
import { saveWorld } from '../../net/world/save.ts'
import { readPacket } from '../net/wire/read.ts'
import { mutateSteps, packSteps, type Step, shorterSteps, unpackSteps } from './cases.ts'
import { game, type Honest, me, meeting, newClient, Room } from './honest.ts'
import { mutatePacket } from './packets.ts'
import { wrongRow } from './ranges.ts'
import { fingerprint, hashBytes, law, type Meter, type Target } from './target.ts'

/** How many honest packets the shortest and the longest case begin with. */
const LENGTHS = [3, 12, 24, 48]
/** One packet in so many is held to what it changed: looking at everything takes a while. */
const LOOK_EVERY = 12
const LOOK_AT = 5
/** Counting a refused packet is no harm. */
const counters = new Set(['malformed'])

const seedsOf = (steps: readonly Step[]): Uint8Array[] => LENGTHS.map((length) => packSteps(steps.slice(0, length)))

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0)

/** `act` says whether it refused; what was refused must have changed nothing. */
function refusing(looks: boolean, state: unknown, act: () => boolean): void {
  const before = looks ? fingerprint(state, counters) : 0
  const refused = act()
  if (looks && refused) law(fingerprint(state, counters) === before, () => 'a refused packet changed something')
}

export function hostSession({ toHost }: Honest): Target {
  return {
    name: 'host session',
    batch: 24,
    seeds: seedsOf(toHost),
    mutate: (bytes, corpus, random) =>
      mutateSteps(bytes, corpus, random, (packet, others) =>
        mutatePacket(meeting, PacketKind.input, packet, others, random),
      ),
    shorter: shorterSteps,
    run(bytes, meter) {
      const room = new Room()
      for (const [i, { when, bytes: packet }] of unpackSteps(bytes).entries()) {
        const world = i % LOOK_EVERY === LOOK_AT ? hashBytes(saveWorld(room.host.world)) : 0
        refusing(i % LOOK_EVERY === LOOK_AT, room.host, () => toHostAsMe(room, packet, meter))
        if (i % LOOK_EVERY === LOOK_AT)
          law(hashBytes(saveWorld(room.host.world)) === world, () => 'a packet changed the world by itself')
        room.pass(when)
      }
      room.pass(100)
      lookAtHost(room)
    },
  }
}

/** Whether the host refused it. */
function toHostAsMe({ host, now }: Room, packet: Uint8Array, meter: Meter): boolean {
  if (readPacket(packet)) meter.enveloped++
  const before = total(host.malformed)
  const kept = meter.packet(() => host.receive(me, packet, now))
  const refused = total(host.malformed) > before
  if (!refused) meter.taken++
  const counted = host.clients.get(me)?.malformed ?? 0
  law(kept === (!refused || counted < MAX_MALFORMED), () => `${counted} refused packets and kept: ${kept}`)
  return refused
}

function lookAtHost({ host, innocent }: Room): void {
  law(host.failure === null, () => `the rules failed at the host: ${host.failure?.error}`)
  law(innocent.failure === null, () => `the rules failed at an innocent player: ${innocent.failure}`)
  law(total(innocent.malformed) === 0, () => `an innocent player refused ${JSON.stringify(innocent.malformed)}`)
  for (const record of host.world.records.values()) {
    const wrong = wrongRow(record.$type, record)
    law(wrong === null, () => `out of range at the host: ${wrong}`)
  }
  const client = host.clients.get(me)
  if (!client) return
  law(client.inputs.waitingCount <= MAX_INPUTS, () => `${client.inputs.waitingCount} inputs wait`)
  law(client.results.length <= MAX_OPEN_RESULTS, () => `${client.results.length} results wait`)
  law(client.events.length <= MAX_PENDING_EVENTS, () => `${client.events.length} events wait`)
}

export function clientSession({ toClient }: Honest): Target {
  return {
    name: 'client session',
    batch: 24,
    seeds: seedsOf(toClient),
    mutate: (bytes, corpus, random) =>
      mutateSteps(bytes, corpus, random, (packet, others) =>
        mutatePacket(meeting, PacketKind.snapshot, packet, others, random),
      ),
    shorter: shorterSteps,
    run(bytes, meter) {
      const client = newClient(me)
      let now = 1000
      for (const [i, { when, bytes: packet }] of unpackSteps(bytes).entries()) {
        refusing(i % LOOK_EVERY === LOOK_AT, client, () => toClientAsHost(client, packet, now, meter))
        now += when
        lookAtOutgoing(client, now)
        client.events()
        client.takeResults()
        if (i % 2 === 0) lookAtView(client, now)
        law(client.failure === null, () => `the client failed: ${client.failure}`)
      }
    },
  }
}

function toClientAsHost(client: ClientSession, packet: Uint8Array, now: number, meter: Meter): boolean {
  if (readPacket(packet)) meter.enveloped++
  const before = total(client.malformed)
  meter.packet(() => client.receive(packet, now))
  const refused = total(client.malformed) > before
  if (!refused) meter.taken++
  return refused
}

function lookAtOutgoing(client: ClientSession, now: number): void {
  client.advance(now)
  const bytes = client.outgoing(now)
  if (!bytes) return
  client.sent(now, bytes.length)
  const sane = client.prediction.tick <= MAX_TICK
  law(bytes.length <= MAX_STATE_BYTES, () => `the client sends ${bytes.length} bytes`)
  law(!sane || readPacket(bytes) !== null, () => 'the client sends what is no packet')
}

/** What the rules and what the page get to see. */
function lookAtView(client: ClientSession, now: number): void {
  const drawn = client.view(now)
  law(Number.isFinite(drawn.tick), () => `the drawn tick is ${drawn.tick}`)
  for (const name of game.schema.entities.keys())
    for (const record of drawn.all(name)) {
      const wrong = wrongRow(record.$type, record)
      law(wrong === null, () => `drawn out of range: ${wrong}`)
    }
  for (const record of client.prediction.world.records.values()) {
    const wrong = wrongRow(record.$type, record)
    law(wrong === null, () => `out of range for the rules: ${wrong}`)
  }
}

export const sessions = (honest: Honest): Target[] => [hostSession(honest), clientSession(honest)]

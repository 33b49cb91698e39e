/** Mutants of the state lane's packets, made with the real writers as well as against them. */
import { BitReader } from '../../net/wire/bits.ts'
import type { WireChange } from '../../net/wire/changes.ts'
import { type CommandRequest, encodeInputs, MAX_COMMANDS, MAX_INPUTS } from '../../net/wire/inputs.ts'
import { encodePacket, type Packet, PacketKind } from '../../net/wire/packet.ts'
import { firstParameters } from '../../net/wire/parameters.ts'
import { sectionsOf } from '../../net/wire/sections.ts'
import { readSnapshotHead, type SnapshotHead } from '../../net/wire/snapshot-head.ts'
import { SnapshotWriter } from '../../net/wire/snapshot-writer.ts'
import type { WireEvent, WireResult } from '../../net/wire/snapshots.ts'
import type { AnyGame } from '../../net/world/game.ts'
import { MAX_TICK, type PlayerId } from '../../net/world/ids.ts'
import { readInputs, readPacket } from '../net/wire/read.ts'
import { Draw } from './draw.ts'
import { mutate, mutateBits } from './mutate.ts'
import { Values } from './values.ts'

/** What both sides know of the match. */
export interface Meeting {
  readonly game: AnyGame
  readonly epoch: number
  /** Whom the snapshots are for, whom the inputs are of. */
  readonly me: PlayerId
  readonly players: readonly PlayerId[]
}

/** What a counter without end may be forged as: groups of bits end at 2^52. */
const MAX_COUNT = 2 ** 52 - 1
/** Not longer than a packet, or nothing is looked at. */
const BODY_BYTES = 1145

/** A mutant of a packet of the state lane. */
export function mutatePacket(
  meeting: Meeting,
  kind: PacketKind,
  bytes: Uint8Array,
  others: readonly Uint8Array[],
  random: () => number,
): Uint8Array {
  const draw = new Draw(random)
  const packet = readPacket(bytes)
  const way = draw.random()
  if (!packet || way < 0.2) return mutate(bytes, others, random)
  if (way < 0.45) {
    const other = readPacket(others.length > 0 ? draw.pick(others) : bytes)
    const body = mutateBits(packet.body, other?.body ?? packet.body, random)
    return encodePacket({ ...packet, body: body.subarray(0, BODY_BYTES) })
  }
  if (way < 0.55) return encodePacket(forgedEnvelope(meeting, packet, draw))
  const tick = draw.chance(0.7) ? packet.tick : draw.counter(packet.tick, MAX_TICK)
  const body =
    kind === PacketKind.input ? inputsOf(meeting, packet, tick, draw) : snapshotOf(meeting, packet, tick, draw)
  return encodePacket({ kind, epoch: meeting.epoch, tick, body: body.subarray(0, BODY_BYTES) })
}

function forgedEnvelope({ epoch }: Meeting, packet: Packet, draw: Draw): Packet {
  switch (draw.int(4)) {
    case 0:
      return { ...packet, kind: draw.pick([1, 2, 3, 16, 127]) as PacketKind }
    case 1:
      return { ...packet, epoch: draw.counter(epoch, 2 ** 32 - 1) }
    case 2:
      return { ...packet, body: new Uint8Array(draw.pick([0, 1, 255, 256, BODY_BYTES])) }
    default:
      return { ...packet, tick: draw.counter(packet.tick, 2 ** 32 - 1) }
  }
}

/** Inputs as an honest client writes them, of what no honest client says. */
function inputsOf(meeting: Meeting, packet: Packet, tick: number, draw: Draw): Uint8Array {
  const { game, players } = meeting
  const values = new Values(draw, tick, players)
  const real = readInputs(game, packet.tick, packet.body)
  const sequence = draw.counter(real?.ack?.sequence ?? 0, 0xffff)
  const earlier = draw.pick([0, 1, 2 ** 31, 2 ** 32 - 1, real?.ack?.earlier ?? 0, draw.int(2 ** 32)])
  const ack = draw.chance(0.2) ? null : { sequence, earlier, holdMs: draw.counter(10, 2 ** 20) }
  const length = Math.min(tick + 1, draw.pick([1, 1, 2, 3, 30, MAX_INPUTS]))
  const row = values.row(game.schema.input)
  return encodeInputs(game, tick, {
    ack: draw.chance(0.4) ? (real?.ack ?? null) : ack,
    presentationTick: draw.pick([tick - 6.5, tick, tick + 100, 0, -(2 ** 30), 2 ** 40]),
    eventAck: draw.counter(real?.eventAck ?? 0, MAX_COUNT),
    resultAck: draw.counter(real?.resultAck ?? 0, MAX_COUNT),
    inputs: Array.from({ length }, () => (draw.chance(0.5) ? row : values.row(game.schema.input))),
    commands: commandsOf(game, values, draw),
  })
}

function commandsOf(game: AnyGame, values: Values, draw: Draw): CommandRequest[] {
  const { commands } = game.schema
  if (commands.length === 0 || draw.chance(0.4)) return []
  const first = draw.pick([1, 1, 2, 5, 33, 65, MAX_COUNT - 40])
  return Array.from({ length: draw.pick([1, 2, MAX_COMMANDS]) }, (_, i) => {
    const type = draw.pick(commands)
    return { id: first + i, type, row: values.row(type.fields) }
  })
}

/** A snapshot as an honest host writes it, of a world that never was. */
function snapshotOf(meeting: Meeting, packet: Packet, tick: number, draw: Draw): Uint8Array {
  const { game, me, players } = meeting
  const values = new Values(draw, tick, players)
  const real = readSnapshotHead(new BitReader(packet.body), game, packet.tick)
  const head = forgedHead(real, tick, draw)
  const sections = sectionsOf(game)
  const first = firstParameters(sections.parameterCounts)
  const parameters = draw.chance(0.7) ? first : first.map((list) => list.map(() => draw.extreme(0, 31)))
  const writer = new SnapshotWriter(game)
  writer.begin({
    tick,
    receiver: me,
    head,
    // Told against the first, they are right whatever the reader's baseline had.
    baseParameters: draw.chance(0.9) ? null : first,
    firstParameters: first,
    parameters,
  })
  const events = draw.chance(0.5) ? [] : eventsOf(game, values, draw)
  const results = draw.chance(0.7) ? [] : resultsOf(game, values, draw)
  writer.messages(events, results, draw.pick([400, BODY_BYTES]) * 8)
  writer.parameters()
  const offset = sections.exact.length
  const deltas = head.baselineAge === null ? 0.02 : draw.pick([0, 0.1, 0.5])
  writer.section('exact', changesOf(meeting, values, deltas, 0, offset))
  writer.section('presented', changesOf(meeting, values, deltas, offset, sections.all.length))
  return writer.finish(head)
}

function forgedHead(real: SnapshotHead | null, tick: number, draw: Draw): SnapshotHead {
  const sequence = draw.chance(0.6) ? ((real?.sequence ?? 0) + draw.int(3)) % 0x10000 : draw.counter(0, 0xffff)
  return {
    sequence,
    baselineAge: draw.chance(0.4)
      ? null
      : draw.chance(0.6)
        ? (real?.baselineAge ?? null)
        : draw.pick([1, 2, 3, 32, 200, 255]),
    complete: draw.chance(0.5),
    last: draw.chance(0.8),
    packetIndex: draw.chance(0.8) ? 0 : draw.int(16),
    inputAck: draw.chance(0.3)
      ? null
      : Math.max(0, draw.pick([tick, tick + 3, tick - 9, tick + 2 ** 40, real?.inputAck ?? 0])),
    holdMs: draw.counter(5, 2 ** 20),
    margin: draw.pick([0, 16, -16, 2 ** 40, -(2 ** 40)]),
    starved: draw.extreme(0, 64),
    commandAck: draw.counter(real?.commandAck ?? 0, MAX_COUNT),
    interval: draw.pick([1, 2, 2, 2, 3, 31]),
  }
}

function eventsOf(game: AnyGame, values: Values, draw: Draw): WireEvent[] {
  const { events } = game.schema
  if (events.length === 0) return []
  const first = draw.pick([1, 1, 2, 3, 300, MAX_COUNT - 4])
  return Array.from({ length: draw.pick([1, 2, 5, 40]) }, (_, i) => {
    const type = draw.pick(events)
    const number = draw.chance(0.8) ? first + i : draw.counter(first, MAX_COUNT)
    const tick = Math.max(0, values.tick - draw.pick([0, 1, 5, values.tick]))
    const owner = draw.chance(0.4) ? null : values.player()
    return {
      number: Math.max(1, number),
      type,
      tick,
      owner,
      ordinal: draw.extreme(0, 255),
      row: values.row(type.fields),
    }
  })
}

function resultsOf(game: AnyGame, values: Values, draw: Draw): WireResult[] {
  const { commands } = game.schema
  if (commands.length === 0) return []
  return Array.from({ length: draw.pick([1, 2, 9]) }, (_, i) => {
    const type = draw.pick(commands)
    return { id: draw.chance(0.7) ? 1 + i : 1 + draw.counter(1, MAX_COUNT - 1), type, row: values.row(type.result) }
  })
}

/** Changes of the layouts from `from` to below `to`, each slot once and in order. */
function changesOf({ game }: Meeting, values: Values, deltas: number, from: number, to: number): WireChange[] {
  const { draw } = values
  const changes: WireChange[] = []
  for (let index = from; index < to; index++) {
    const layout = sectionsOf(game).all[index]
    if (!layout || draw.chance(0.6)) continue
    const slots = [0, 1, 2, 3, 4, 5, 6, 65_535].filter(() => draw.chance(draw.pick([0.1, 0.3, 0.7])))
    for (const slot of slots) {
      const team = draw.chance(0.3)
      const place = { layout: index, slot, team }
      if (draw.chance(0.2)) {
        const goneAt = Math.max(0, values.tick - draw.pick([0, 1, 2, 200, values.tick]))
        const reason = draw.chance(0.5) ? 'destroyed' : 'out of view'
        changes.push({ ...place, state: null, base: null, reason, goneAt })
      } else {
        const state = values.state(layout)
        // Against another base than the reader's: what differs is added to whatever that one holds.
        const base = !draw.chance(deltas) ? null : { ...values.state(layout), id: state.id, owner: state.owner }
        changes.push({ ...place, state, base, reason: null, goneAt: null })
      }
    }
  }
  return changes
}

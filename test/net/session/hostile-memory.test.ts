/** What packets of a stranger may leave behind in a session, however many there are. */
import { describe, expect, it } from 'vitest'
import type { ClientSession } from '../../../net/session/client.ts'
import { MAX_OPEN_RESULTS } from '../../../net/session/limits.ts'
import type { WireChange } from '../../../net/wire/changes.ts'
import { encodeInputs, MAX_COMMANDS } from '../../../net/wire/inputs.ts'
import { encodePacket, PacketKind } from '../../../net/wire/packet.ts'
import { firstParameters } from '../../../net/wire/parameters.ts'
import { sectionsOf } from '../../../net/wire/sections.ts'
import { SnapshotWriter } from '../../../net/wire/snapshot-writer.ts'
import type { WireEvent } from '../../../net/wire/snapshots.ts'
import { updateState } from '../../../net/wire/states.ts'
import type { EntityId, PlayerId } from '../../../net/world/ids.ts'
import { initialNumbers, initialObjects } from '../../../net/world/record.ts'
import { EPOCH, game, me, newClient, other, Room } from '../../fuzz/honest.ts'
import { weigh } from '../../fuzz/target.ts'
import { readInputs } from '../wire/read.ts'

const sections = sectionsOf(game)
const layoutOf = (part: 'exact' | 'presented', name: string): number =>
  sections[part].findIndex(({ type }) => type.name === name) + (part === 'exact' ? 0 : sections.exact.length)

/** An entity as it is spawned, in a slot of a layout. */
function entity(layout: number, slot: number, id: number, owner: PlayerId | null = null): WireChange {
  const known = sections.all[layout]!
  const row = { numbers: initialNumbers(known.type), objects: initialObjects(known.type) }
  const state = updateState(known, { ...row, id: id as EntityId, owner }, 0, null, null)
  return { layout, slot, team: false, state, base: null, reason: null, goneAt: null }
}

interface Forged {
  readonly tick: number
  readonly sequence: number
  readonly events?: readonly WireEvent[]
  readonly exact?: readonly WireChange[]
  readonly presented?: readonly WireChange[]
}

function forged({ tick, sequence, events = [], exact = [], presented = [] }: Forged): Uint8Array {
  const first = firstParameters(sections.parameterCounts)
  const head = { sequence, baselineAge: null, complete: true, packetIndex: 0, last: true, inputAck: null, holdMs: 0 }
  const writer = new SnapshotWriter(game)
  writer.begin({
    tick,
    receiver: me,
    head: { ...head, margin: 0, starved: 0, commandAck: 0, interval: 2 },
    baseParameters: first,
    firstParameters: first,
    parameters: first,
  })
  writer.messages(events, [], 9000)
  writer.parameters()
  writer.section('exact', exact)
  writer.section('presented', presented)
  return encodePacket({ kind: PacketKind.snapshot, epoch: EPOCH, tick, body: writer.finish(head) })
}

const gong = (number: number): WireEvent => {
  const type = game.schema.eventsByName.get('empty')!
  return { number, type, tick: 0, owner: null, ordinal: 0, row: { numbers: new Float64Array(0), objects: [] } }
}

/** Long enough that what is counted over the last second does not grow with the number of packets. */
const PACKET_MS = 20

/** What a client holds after so many packets that nobody answers for. */
function heldAfter(packets: number, each: (i: number) => Forged): number {
  const client: ClientSession = newClient(me)
  for (let i = 0; i < packets; i++) {
    const now = i * PACKET_MS
    client.receive(forged(each(i)), now)
    if (i % 16 !== 0) continue
    client.advance(now)
    client.outgoing(now)
    client.events()
    client.view(now)
  }
  expect(client.malformed.packet ?? 0).toBe(0)
  return weigh(client)
}

describe('a client of a hostile host', () => {
  it('does not keep events that no honest host could have numbered so', () => {
    const each = (i: number): Forged => ({
      tick: 5 + i,
      sequence: i % 0x10000,
      events: [gong(1), ...Array.from({ length: 50 }, (_, n) => gong(1000 + i * 100 + n))],
    })
    expect(heldAfter(1000, each)).toBeLessThan(2 * heldAfter(200, each))
  })

  it('forgets what is gone though the tick stands still', () => {
    const other = layoutOf('presented', 'other')
    const each = (i: number): Forged => ({
      tick: 5,
      sequence: i % 0x10000,
      presented: Array.from({ length: 30 }, (_, slot) => entity(other, slot, 2 ** 16 + i * 30 + slot)),
    })
    expect(heldAfter(400, each)).toBeLessThan(2 * heldAfter(120, each))
  })

  it('keeps nothing of slots that never held anything', () => {
    const layout = layoutOf('presented', 'other')
    const gone = (slot: number): WireChange => ({
      ...{ layout, slot, team: false, state: null, base: null, reason: 'destroyed' as const },
      goneAt: 0,
    })
    const each = (i: number): Forged => ({
      tick: 5 + i,
      sequence: i % 0x10000,
      presented: Array.from({ length: 200 }, (_, slot) => gone(i * 200 + slot)),
    })
    expect(heldAfter(300, each)).toBeLessThan(2 * heldAfter(60, each))
  })

  it('does not keep for ever what it is told to predict and does not', () => {
    const mine = layoutOf('exact', 'mine')
    const each = (i: number): Forged => ({
      tick: 5 + i,
      sequence: i % 0x10000,
      exact: Array.from({ length: 5 }, (_, slot) => entity(mine, slot, 2 ** 16 + i * 5 + slot, other)),
    })
    expect(heldAfter(1000, each)).toBeLessThan(2 * heldAfter(300, each))
  })

  it.each([
    ['later', 7, 2],
    ['overtaken', 4, 0],
  ])('refuses an id under another type than it had, in a %s packet', (_, tick, sequence) => {
    const client = newClient(me)
    const id = 2 ** 16 + 9
    client.receive(forged({ tick: 5, sequence: 1, presented: [entity(layoutOf('presented', 'other'), 0, id)] }), 0)
    client.receive(forged({ tick, sequence, exact: [entity(layoutOf('exact', 'mine'), 0, id, me)] }), 33)
    expect(client.failure).toBe(null)
    client.advance(66)
    const drawn = client.view(66)
    for (const { numbers } of [...drawn.all('mine'), ...drawn.all('other')])
      for (const value of numbers) expect(Number.isFinite(value)).toBe(true)
    expect(client.malformed).toEqual({ snapshot: 1 })
  })
})

describe('a host of a hostile client', () => {
  it('takes no more commands between two ticks than may be open', () => {
    const room = new Room()
    room.pass(200)
    const tick = room.host.world.tick + 3
    const type = game.schema.commandsByName.get('ping')!
    const row = { numbers: new Float64Array(0), objects: [] }
    const inputs = [{ numbers: initialNumbers(game.schema.input), objects: [] }]
    for (let i = 0; i < 50; i++) {
      const commands = Array.from({ length: MAX_COMMANDS }, (_, n) => ({ id: i * MAX_COMMANDS + n + 1, type, row }))
      const said = { ack: null, presentationTick: tick, eventAck: 0, resultAck: 0, inputs, commands }
      const body = encodeInputs(game, tick, said)
      expect(readInputs(game, tick, body)?.commands.length).toBe(MAX_COMMANDS)
      room.host.receive(me, encodePacket({ kind: PacketKind.input, epoch: EPOCH, tick, body }), room.now)
    }
    room.pass(34)
    expect(room.host.clients.get(me)!.results.length).toBeLessThanOrEqual(MAX_OPEN_RESULTS)
  })
})

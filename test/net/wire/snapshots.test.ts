import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeInputs, encodeInputs, MAX_COMMANDS } from '../../../net/wire/inputs.ts'
import { MAX_STATE_BYTES } from '../../../net/wire/link.ts'
import { ENVELOPE_BYTES } from '../../../net/wire/packet.ts'
import { decodeSnapshot, type WireRecord } from '../../../net/wire/snapshots.ts'
import { difference } from '../../../net/world/grid.ts'
import { initialNumbers, initialObjects, type Row } from '../../../net/world/record.ts'
import type { CompiledField, RecordType } from '../../../net/world/schema.ts'
import { everything } from '../world/everything.ts'
import { anyInputPacket, anyRow, anySnapshot, me, TICK, writeSnapshot } from './arbitrary.ts'

const BODY = MAX_STATE_BYTES - ENVELOPE_BYTES

/** What of a field the receiver `me` is sent. */
function sent(field: CompiledField, record: Pick<WireRecord, 'owner'>): boolean {
  if (field.audience === 'all') return true
  return field.audience !== 'nobody' && record.owner === me
}

function expectRow(type: RecordType, record: Pick<WireRecord, 'owner'>, got: Row, given: Row, exact: boolean): void {
  const [numbers, objects] = [initialNumbers(type), initialObjects(type)]
  for (const field of type.fields) {
    if (field.store === 'object') {
      if (field.kind === 'opaque') continue
      const wanted = sent(field, record) ? given.objects[field.slot] : objects[field.slot]
      // A list of fractions is on the coarse grid, too.
      if (exact || field.of?.kind !== 'fixed') expect(got.objects[field.slot], field.name).toEqual(wanted)
      else
        for (const [i, item] of (wanted as number[]).entries())
          expect(Math.abs(Number((got.objects[field.slot] as number[])[i]) - item)).toBeLessThanOrEqual(
            field.of.wireStep,
          )
      continue
    }
    const value = got.numbers[field.slot] ?? Number.NaN
    const wanted = (sent(field, record) ? given.numbers : numbers)[field.slot] ?? Number.NaN
    if (exact || !sent(field, record))
      expect(Object.is(value, wanted), `${field.name}: ${value} for ${wanted}`).toBe(true)
    else expect(Math.abs(difference(field, value, wanted)), field.name).toBeLessThanOrEqual(field.wireStep)
    expect(value).toBeGreaterThanOrEqual(field.simMin * field.simStep)
    if (field.wrap === 0) expect(value).toBeLessThanOrEqual(field.simMax * field.simStep)
  }
}

describe('a snapshot', () => {
  it('comes out as it went in: exact on the grid of the simulation, the rest within one wire step, no more than may be known', () => {
    fc.assert(
      fc.property(anySnapshot, (snapshot) => {
        const { body, written } = writeSnapshot(snapshot, 8000)
        expect(written).toEqual(snapshot)
        const got = decodeSnapshot(everything, me, TICK, body)!
        expect(got.head).toEqual(snapshot.head)
        expect(got.tombstones).toEqual(snapshot.tombstones)
        for (const [i, event] of snapshot.events.entries()) {
          const { row, ...rest } = event
          const { row: gotRow, ...gotRest } = got.events[i]!
          expect(gotRest).toEqual(rest)
          expectRow(event.type.fields, { owner: null }, gotRow, row, true)
        }
        for (const [i, result] of snapshot.results.entries()) {
          expect(got.results[i]).toMatchObject({ id: result.id, type: result.type })
          expectRow(result.type.result, { owner: null }, got.results[i]!.row, result.row, true)
        }
        for (const part of ['exact', 'presented'] as const) {
          expect(got[part].map(({ id, owner, type }) => ({ id, owner, type }))).toEqual(
            snapshot[part].map(({ id, owner, type }) => ({ id, owner, type })),
          )
          for (const [i, record] of snapshot[part].entries())
            expectRow(
              record.type,
              record,
              got[part][i]!.row,
              record.row,
              part === 'exact' || record.type.role !== 'entity',
            )
        }
      }),
      { numRuns: 150 },
    )
  })

  it('that is full keeps to its limit and is whole in itself: what did not fit is as if it had not been given', () => {
    fc.assert(
      fc.property(anySnapshot, fc.integer({ min: 60, max: 900 }), (snapshot, limit) => {
        const { body, written } = writeSnapshot(snapshot, limit)
        expect(body.length).toBeLessThanOrEqual(limit)
        expect(writeSnapshot(written, 8000).body).toEqual(body)
        const got = decodeSnapshot(everything, me, TICK, body)!
        expect(got.presented.map(({ id }) => id)).toEqual(written.presented.map(({ id }) => id))
      }),
      { numRuns: 100 },
    )
  })
})

describe('inputs', () => {
  it('come out as they went in, with acks and commands', () => {
    fc.assert(
      fc.property(anyInputPacket, (packet) => {
        const body = encodeInputs(everything, TICK, packet)
        expect(body.length).toBeLessThanOrEqual(BODY)
        const got = decodeInputs(everything, TICK, body)!
        const { inputs, commands, ...rest } = packet
        expect(got).toMatchObject(rest)
        expect(got.inputs).toEqual(inputs)
        expect(got.commands.map(({ id, type }) => [id, type])).toEqual(
          commands.slice(0, got.commands.length).map(({ id, type }) => [id, type]),
        )
        for (const [i, { row, type }] of got.commands.entries())
          expectRow(type.fields, { owner: null }, row, commands[i]!.row, true)
      }),
      { numRuns: 150 },
    )
  })

  it('and commands that do not fit keep to a packet: the newest inputs, the oldest commands', () => {
    const rows = fc.sample(anyRow(everything.schema.input), { numRuns: 128, seed: 1 })
    const type = everything.schema.commandsByName.get('ask')!
    const commands = fc
      .sample(anyRow(type.fields), { numRuns: MAX_COMMANDS, seed: 2 })
      .map((row, i) => ({ id: i + 1, type, row }))
    const body = encodeInputs(everything, TICK, {
      ack: null,
      presentationTick: 0,
      eventAck: 0,
      resultAck: 0,
      inputs: rows,
      commands,
    })
    expect(body.length).toBeLessThanOrEqual(BODY)
    const got = decodeInputs(everything, TICK, body)!
    expect(got.inputs.length).toBeGreaterThan(20)
    expect(got.inputs).toEqual(rows.slice(-got.inputs.length))
    expect(got.commands.length).toBeGreaterThan(2)
    expect(got.commands.map(({ id }) => id)).toEqual(commands.slice(0, got.commands.length).map(({ id }) => id))
  })

  it('that do not change cost one bit each: what every packet repeats is nearly free', () => {
    const row = fc.sample(anyRow(everything.schema.input), { numRuns: 1, seed: 3 })[0]!
    const size = (count: number): number =>
      encodeInputs(everything, TICK, {
        ack: null,
        presentationTick: 0,
        eventAck: 0,
        resultAck: 0,
        inputs: new Array(count).fill(row),
        commands: [],
      }).length
    expect(size(100) - size(20)).toBeLessThanOrEqual(11)
  })

  it('of more ticks than there were are none', () => {
    const row = fc.sample(anyRow(everything.schema.input), { numRuns: 1, seed: 3 })[0]!
    const body = encodeInputs(everything, 3, {
      ack: null,
      presentationTick: 0,
      eventAck: 0,
      resultAck: 0,
      inputs: [row, row, row, row, row],
      commands: [],
    })
    expect(decodeInputs(everything, 3, body)).toBe(null)
    expect(decodeInputs(everything, 4, body)).not.toBe(null)
  })
})

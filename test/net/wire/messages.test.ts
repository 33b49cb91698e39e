import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader, BitWriter } from '../../../net/wire/bits.ts'
import {
  readEntity,
  readOptionalPlayer,
  readPlayer,
  writeEntity,
  writeOptionalPlayer,
  writePlayer,
} from '../../../net/wire/identity.ts'
import { encodeInputs, MAX_COMMANDS } from '../../../net/wire/inputs.ts'
import { readMessage, writeMessage } from '../../../net/wire/messages.ts'
import { FIRST_PARAMETER, firstParameters, ParameterLearner, Residuals } from '../../../net/wire/parameters.ts'
import { readSnapshotHead, type SnapshotHead, writeSnapshotHead } from '../../../net/wire/snapshot-head.ts'
import { playerId, spawnedId } from '../../../net/world/ids.ts'
import { copyRow, type Row } from '../../../net/world/record.ts'
import type { RecordType } from '../../../net/world/schema.ts'
import { World } from '../../../net/world/world.ts'
import { anyValues, everything } from '../world/everything.ts'
import { readInputs } from './read.ts'

const TICK = 100_000
const { schema } = everything
const world = new World({ game: everything, seed: 1, predicting: null })
const anyRow = (type: RecordType): fc.Arbitrary<Row> =>
  anyValues(type, TICK).map((values) => copyRow(world.message(type, values)))
/** Players that may sit in this game: its eight seats. */
const anySeated = fc
  .tuple(fc.nat(7), fc.integer({ min: 1, max: 255 }))
  .map(([seat, generation]) => playerId(seat, generation))

/** Players that do not fit into the game's seats cannot be told: here they are put into one. */
function seated(type: RecordType, row: Row): Row {
  const inSeat = (id: number): number => (id % 64 < 8 ? id : id - (id % 64))
  const into = copyRow(row)
  for (const field of type.numbers) {
    if (field.kind === 'player') into.numbers[field.column] = inSeat(into.numbers[field.column]!)
    const id = into.numbers[field.column]!
    if (field.kind === 'entity' && id >= 2 ** 34)
      into.numbers[field.column] = inSeat(Math.floor(id / 2 ** 34)) * 2 ** 34 + (id % 2 ** 34)
  }
  for (const field of type.objects) {
    const list = into.objects[field.column]
    if (!Array.isArray(list)) continue
    if (field.of?.kind === 'player') into.objects[field.column] = list.map((id) => id && inSeat(id))
    if (field.of?.kind === 'entity')
      into.objects[field.column] = list.map((id) =>
        id >= 2 ** 34 ? inSeat(Math.floor(id / 2 ** 34)) * 2 ** 34 + (id % 2 ** 34) : id,
      )
  }
  return into
}

describe('identities', () => {
  const contexts = fc.record({
    tick: fc.constant(TICK),
    seatBits: fc.constant(3),
    spawnAge: fc.nat(31),
    ordinal: fc.nat(31),
  })

  it('come out as they went in, whatever the parameters', () => {
    const anyId = fc.oneof(
      fc.integer({ min: 2 ** 16, max: 2 ** 34 - 1 }).map((id) => id as never),
      // Of the past, of now and of what is still to come.
      fc.tuple(anySeated, fc.nat(2 * TICK), fc.nat(255)).map(([owner, tick, n]) => spawnedId(owner, tick, n)),
    )
    fc.assert(
      fc.property(contexts, anySeated, fc.option(anySeated), anyId, (context, player, maybe, id) => {
        const w = new BitWriter()
        writePlayer(w, context, player)
        writeOptionalPlayer(w, context, maybe)
        writeEntity(w, context, id)
        const r = new BitReader(w.finish())
        expect(readPlayer(r, context)).toBe(player)
        expect(readOptionalPlayer(r, context)).toBe(maybe)
        expect(readEntity(r, context)).toBe(id)
        expect(r.finished()).toBe(true)
      }),
    )
  })

  it('of nobody and of nothing are refused: no generation, no spawn before the match, no id of another kind', () => {
    const context = { tick: 10, seatBits: 3, spawnAge: 0, ordinal: 0 }
    const refused = (write: (w: BitWriter) => void, read: (r: BitReader) => unknown): void => {
      const w = new BitWriter()
      write(w)
      const r = new BitReader(w.finish())
      expect(read(r)).toBe(null)
      expect(r.ok).toBe(false)
    }
    refused(
      (w) => w.bits(0b011_1_00000000, 12),
      (r) => readPlayer(r, context),
    )
    for (const [age, ordinal] of [
      [11, 0],
      [3, 256],
    ] as const)
      refused(
        (w) => {
          w.flag(true)
          writePlayer(w, context, playerId(1, 1))
          w.rice(age, 0)
          w.rice(ordinal, 0)
        },
        (r) => readEntity(r, context),
      )
    for (const id of [2 ** 34, 2 ** 34 * 63, 2 ** 48])
      refused(
        (w) => {
          w.flag(false)
          w.unsigned(id - 2 ** 16)
        },
        (r) => readEntity(r, context),
      )
  })
})

describe('messages', () => {
  const types = [
    schema.input,
    ...schema.events.map(({ fields }) => fields),
    ...schema.commands.flatMap(({ fields, result }) => [fields, result]),
  ]

  it('come out as they went in', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...types).chain((type) => fc.tuple(fc.constant(type), anyRow(type))),
        ([type, any]) => {
          const row = seated(type, any)
          const w = new BitWriter()
          writeMessage(w, everything, TICK, type, row)
          const r = new BitReader(w.finish())
          expect(readMessage(r, everything, TICK, type)).toEqual(row)
          expect(r.finished()).toBe(true)
        },
      ),
    )
  })

  it('whose text is no UTF-8 stay as short as their field says', () => {
    const type = schema.commandsByName.get('ask')!.result
    const w = new BitWriter()
    w.bits(50, 8)
    w.raw(new Uint8Array(50).fill(0xff))
    const row = readMessage(new BitReader(w.finish()), everything, TICK, type)
    expect(new TextEncoder().encode(String(row?.objects[0])).length).toBeLessThanOrEqual(50)
  })
})

describe('inputs', () => {
  const ack = fc.option(
    fc.record({
      sequence: fc.nat(65535),
      earlier: fc.oneof(fc.constant(2 ** 32 - 1), fc.nat(2 ** 32 - 1)),
      holdMs: fc.nat(1000),
    }),
  )
  const anyCommand = fc.constantFrom(...schema.commands).chain((type) =>
    fc.record({
      id: fc.integer({ min: 1, max: 2 ** 40 }),
      type: fc.constant(type),
      row: anyRow(type.fields).map((row) => seated(type.fields, row)),
    }),
  )
  const anyInputs = fc.record({
    ack,
    presentationTick: fc.integer({ min: -1000, max: TICK * 256 + 5000 }).map((n) => n / 256),
    eventAck: fc.nat(2 ** 30),
    resultAck: fc.nat(2 ** 30),
    inputs: fc.array(
      anyRow(schema.input).map((row) => seated(schema.input, row)),
      { minLength: 1, maxLength: 12 },
    ),
    commands: fc.array(anyCommand, { maxLength: 3 }),
  })

  it('come out as they went in', () => {
    fc.assert(
      fc.property(anyInputs, (packet) => {
        expect(readInputs(everything, TICK, encodeInputs(everything, TICK, packet))).toEqual(packet)
      }),
    )
  })

  it('and commands that are too many for a packet: the newest inputs and the oldest commands go', () => {
    fc.assert(
      fc.property(anyInputs, fc.array(anyCommand, { minLength: 8, maxLength: MAX_COMMANDS }), (packet, commands) => {
        const inputs = Array.from({ length: 128 }, (_, i) => ({
          numbers: Float64Array.of((i % 3) - 1, 0, 65536 + i * 1000, i % 2),
          objects: [],
        }))
        const body = encodeInputs(everything, TICK, { ...packet, inputs, commands })
        expect(body.length).toBeLessThanOrEqual(1145)
        const read = readInputs(everything, TICK, body)!
        expect(read.inputs).toEqual(inputs.slice(-read.inputs.length))
        expect(read.commands).toEqual(commands.slice(0, read.commands.length))
        expect(read.commands.length).toBeGreaterThan(0)
      }),
      { numRuns: 30 },
    )
  })
})

describe('the head of a snapshot', () => {
  const heads: fc.Arbitrary<SnapshotHead> = fc
    .record({
      sequence: fc.nat(65535),
      baselineAge: fc.option(fc.integer({ min: 1, max: 255 })),
      complete: fc.boolean(),
      packetIndex: fc.nat(15),
      last: fc.boolean(),
      inputAck: fc.option(fc.integer({ min: 0, max: TICK + 128 })),
      holdMs: fc.nat(1000),
      margin: fc.integer({ min: -5000, max: 5000 }),
      starved: fc.nat(64),
      commandAck: fc.nat(2 ** 40),
      interval: fc.integer({ min: 1, max: 31 }),
    })
    .map((head) => (head.inputAck === null ? { ...head, holdMs: 0, margin: 0 } : head))

  it('comes out as it went in', () => {
    fc.assert(
      fc.property(heads, (head) => {
        const w = new BitWriter()
        writeSnapshotHead(w, everything, TICK, head)
        expect(readSnapshotHead(new BitReader(w.finish()), everything, TICK)).toEqual(head)
      }),
    )
  })

  it('is refused with an interval of 0, 65 starved of 64 ticks, or a baseline 256 packets old', () => {
    const usual = {
      sequence: 1,
      baselineAge: 1,
      complete: true,
      packetIndex: 0,
      last: true,
      inputAck: null,
      holdMs: 0,
      margin: 0,
    }
    for (const wrong of [{ interval: 0 }, { starved: 65 }, { baselineAge: 256 }, { inputAck: -1 }]) {
      const w = new BitWriter()
      writeSnapshotHead(w, everything, TICK, { ...usual, starved: 0, commandAck: 0, interval: 2, ...wrong })
      expect(readSnapshotHead(new BitReader(w.finish()), everything, TICK)).toBe(null)
    }
  })
})

describe('coding parameters', () => {
  const sizes = (values: readonly number[], parameter: number): number => {
    const w = new BitWriter()
    for (const value of values) w.rice(value, parameter)
    return w.bitLength
  }

  it('are learned so that numbers take within a tenth of the bits of the best one', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 1e5, noNaN: true }),
        fc.infiniteStream(fc.double({ min: 1e-9, max: 1, noNaN: true })),
        (mean, draws) => {
          const values = Array.from({ length: 400 }, () => Math.floor(-Math.log(draws.next().value) * mean))
          const learner = new ParameterLearner([1])
          for (const value of values) learner.learn(Int32Array.of(0), Float64Array.of(value), 1)
          const [[learned]] = learner.suggest(firstParameters([1])) as unknown as [[number]]
          const best = Math.min(...Array.from({ length: 24 }, (_, parameter) => sizes(values, parameter)))
          expect(sizes(values, learned)).toBeLessThanOrEqual(best * 1.1 + 16)
        },
      ),
      { numRuns: 50, seed: 3 },
    )
  })

  it('is learned from what was sent, not from what was taken back', () => {
    const learner = new ParameterLearner([1])
    const residuals = new Residuals()
    for (let i = 0; i < 1000; i++) {
      residuals.note(0, 3)
      const { length } = residuals
      residuals.note(0, 5000)
      residuals.length = length
    }
    const first = firstParameters([1])
    expect(learner.suggest(first)).toBe(first)
    residuals.teach(learner)
    expect(residuals.length).toBe(0)
    expect(learner.suggest(first)[0]![0]).toBe(1)
  })

  it('stay what they are, the same object, until enough was seen', () => {
    const learner = new ParameterLearner([2, 1])
    const first = firstParameters([2, 1])
    for (let i = 0; i < 15; i++) learner.learn(Int32Array.of(1), Float64Array.of(5000), 1)
    expect(learner.suggest(first)).toBe(first)
    learner.learn(Int32Array.of(1), Float64Array.of(5000), 1)
    learner.learn(Int32Array.of((7 << 10) | 3), Float64Array.of(1), 1)
    const next = learner.suggest(first)
    expect(next[0]![0]).toBe(FIRST_PARAMETER)
    expect(next[0]![1]).toBe(12)
    expect(first[0]![1]).toBe(FIRST_PARAMETER)
    expect(learner.suggest(next)).toBe(next)
  })

  it('of anything at all are 0 to 31', () => {
    const learner = new ParameterLearner([1])
    for (let i = 0; i < 20; i++) learner.learn(Int32Array.of(0), Float64Array.of(2 ** 53 - 1), 1)
    expect(learner.suggest(firstParameters([1]))[0]![0]).toBeLessThanOrEqual(31)
  })
})

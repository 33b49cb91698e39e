/**
 * The golden packets of an heir's stream, and of what pages say about a change of host: read by our code, and by a decoder that was
 * written from WIRE.md alone.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeGuestMessage, decodeHostMessage, encodeMessage } from '../../../net/lobby/messages.ts'
import { closePeerMessage, openPeerMessage } from '../../../net/lobby/migration/migration-messages.ts'
import {
  closeHeirMessage,
  type HeirMessage,
  isHeirMessage,
  openHeirMessage,
} from '../../../net/migration/heir-messages.ts'
import { HeirParts } from '../../../net/migration/heir-parts.ts'
import type { HeirTick } from '../../../net/migration/heir-tick.ts'
import { readTick } from '../../../net/migration/heir-tick-codec.ts'
import { decodePacket, isDefect } from '../../../net/wire/packet.ts'
import { goldenGame } from './golden-game.ts'
import { recordHeir } from './golden-heir.ts'
import { readValue } from './msgpack-mini.ts'
import { bytesOf, hexOf } from './plain.ts'
import { plainHeirTick } from './plain-heir.ts'
import type { Definition } from './spec-decoder.ts'
import { decodeHeirAck, SpecHeir, type SpecTick } from './spec-heir.ts'

interface GoldenHeir {
  readonly about: string
  /** In the order of their arrival. `tick`: what is whole with it, of some. */
  readonly told: readonly { readonly lane: 'state' | 'bulk'; readonly hex: string; readonly tick?: SpecTick }[]
  readonly acks: readonly { readonly hex: string; readonly ack: ReturnType<typeof decodeHeirAck> }[]
}

interface GoldenMessages {
  readonly about: string
  readonly messages: readonly {
    readonly from: 'host' | 'guest' | 'page'
    readonly hex: string
    readonly message: unknown
  }[]
}

/** The file says what is in every so many ticks; the tests compare all that two decoders read. */
const SHOWN_EVERY = 6

const folder = new URL('./golden/', import.meta.url)
const open = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T
const save = (name: string, value: unknown): void =>
  writeFileSync(new URL(name, folder), `${JSON.stringify(value, null, 1)}\n`)
/** As it is in a file. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** Reads an heir's stream with our code. Returns the tick that is whole with these bytes, or null. */
class CodeHeir {
  private readonly parts = new HeirParts()
  private readonly ticks = new Map<number, HeirTick>()

  receive(bytes: Uint8Array): HeirTick | null {
    if (isHeirMessage(bytes)) {
      const message = openHeirMessage(bytes)
      if (typeof message === 'string') throw new Error(message)
      return message.kind === 'full' ? this.read(message.tick, message.body) : null
    }
    const packet = decodePacket(bytes)
    if (isDefect(packet)) throw new Error(packet)
    const whole = this.parts.add(packet.tick, packet.body)
    if (whole === 'malformed') throw new Error(whole)
    return whole && this.read(packet.tick, whole)
  }

  private read(tick: number, bytes: Uint8Array): HeirTick {
    const read = readTick(goldenGame, tick, bytes, (of) => this.ticks.get(of) ?? null)
    if (typeof read === 'string') throw new Error(`tick ${tick}: ${read}`)
    this.ticks.set(tick, read)
    return read
  }
}

const opaque: HeirMessage = {
  kind: 'opaque',
  epoch: 300,
  tick: 9,
  states: [[4, 2 ** 34 * 65 + 2304, 2, bytesOf('00ff')]],
}
const electionMessages = [
  { type: 'claim', epoch: 8192, roster: 7 },
  ...(['vote', 'lives', 'withdrawn', 'promised'] as const).map((type) => ({ type, epoch: 8192 }) as const),
  { type: 'hosting', epoch: 8192, host: 130, fork: false },
  { type: 'hosting', epoch: 4097, host: null, fork: false },
  { type: 'claimed', epoch: 8192, by: 130 },
] as const
const ofPages = [
  { kind: 'beat', epoch: 4097, version: 7, silent: 512, at: 61_250 } as const,
  ...electionMessages.map((message) => ({ kind: 'election', message }) as const),
]
const ofGuests = [
  { kind: 'page', mayHost: true, headless: false, warm: false, visible: true, reluctant: false, links: 3 },
  { kind: 'toPeer', to: 130, attempt: 70_000, text: '{"sdp":"v=0"}' },
] as const
const ofHosts = [
  { kind: 'heirs', version: 7, voters: [64, 129, 130], before: null, heirs: [130, 129] },
  { kind: 'heirs', version: 8, voters: [64, 129], before: [64, 129, 130], heirs: [129] },
  { kind: 'heirs', version: 9, voters: [null, 64, 129], before: null, heirs: [129] },
  { kind: 'heirKey', key: 'abcdefABCDEF-_0123' },
  { kind: 'handover', epoch: 301, heir: 130, tick: 4000, leaves: true, right: 'eyJjb2RlIjoi.c2ln' },
  { kind: 'handover', epoch: 301, heir: 130, tick: null, leaves: false, right: null },
  { kind: 'fromPeer', from: 64, attempt: 2, text: 'ice' },
] as const

function record(): void {
  const { told, acks } = recordHeir()
  const code = new CodeHeir()
  save('heir.json', {
    about:
      'The stream of an heir as it arrived, and its acks; some of both were lost. Numbers are in steps of their grid.',
    told: told.map(({ lane, bytes }) => {
      const tick = code.receive(bytes)
      const isShown = tick !== null && (lane === 'bulk' || tick.tick % SHOWN_EVERY === 0)
      return { lane, hex: hexOf(bytes), ...(isShown && { tick: plainHeirTick(goldenGame, tick) }) }
    }),
    acks: acks.map((bytes) => ({ hex: hexOf(bytes), ack: decodeHeirAck(bytes) })),
  })
  const closed = (from: string, all: readonly object[], close: (message: never) => Uint8Array) =>
    all.map((message) => ({ from, hex: hexOf(close(message as never)), message }))
  save('migration.json', {
    about: 'What pages say about a change of host.',
    messages: [
      ...closed('page', ofPages, closePeerMessage),
      ...closed('guest', ofGuests, encodeMessage),
      ...closed('host', ofHosts, encodeMessage),
    ],
  })
}

if (process.env.GOLDEN === 'write') record()

const heir = open<GoldenHeir>('heir.json')
const { messages } = open<GoldenMessages>('migration.json')
const definition = open<Definition>('game.json')

describe('the golden stream of an heir', () => {
  it('is what our host writes of that match, to the bit', () => {
    const { told, acks } = recordHeir()
    expect(told.map(({ bytes }) => hexOf(bytes))).toEqual(heir.told.map(({ hex }) => hex))
    expect(acks.map(hexOf)).toEqual(heir.acks.map(({ hex }) => hex))
  })

  it('is read alike by our code and by a decoder that knows WIRE.md alone, as what it says', () => {
    const [code, spec] = [new CodeHeir(), new SpecHeir(definition)]
    let whole = 0
    for (const { hex, tick } of heir.told) {
      const read = code.receive(bytesOf(hex))
      // Slow data is no tick.
      if (hex.startsWith('9461')) continue
      const told = read && plain(plainHeirTick(goldenGame, read))
      expect(plain(spec.receive(bytesOf(hex)))).toEqual(told)
      if (tick) expect(told).toEqual(tick)
      if (read) whole++
    }
    expect(whole).toBeGreaterThanOrEqual(15)
  })

  it('has every part of the stream in it', () => {
    const spec = new SpecHeir(definition)
    const streamed = heir.told.filter(({ hex }) => !hex.startsWith('9461'))
    const read = streamed.map(({ lane, hex }) => ({ lane, tick: spec.receive(bytesOf(hex)) }))
    const ticks = read.flatMap(({ tick }) => tick ?? [])
    const seats = ticks.flatMap((tick) => tick.seats)
    expect(heir.told.filter(({ lane, hex }) => lane === 'bulk' && hex.startsWith('9460')).length).toBeGreaterThan(1)
    expect(read.some(({ lane, tick }) => lane === 'state' && tick === null)).toBe(true)
    for (const what of ['joined', 'left', 'expired'] as const)
      expect(
        ticks.some(({ comings }) => comings[what].length > 0),
        what,
      ).toBe(true)
    expect(ticks.some(({ comings }) => Object.keys(comings.choices).length > 0)).toBe(true)
    expect(ticks.some(({ memories }) => Object.keys(memories).length > 0)).toBe(true)
    expect(new Set(ticks.map(({ parameters }) => parameters.join())).size).toBeGreaterThan(1)
    expect(new Set(ticks.map(({ slowVersion }) => slowVersion)).size).toBeGreaterThan(2)
    expect(seats.some(({ bot }) => bot !== null)).toBe(true)
    expect(seats.some(({ results }) => results.length > 0)).toBe(true)
    expect(seats.some(({ events }) => events.length > 1)).toBe(true)
    expect(seats.some(({ input }) => input.repeats > 0)).toBe(true)
    expect(seats.some(({ input }) => input.waiting.length > 0)).toBe(true)
    expect(seats.some(({ input }) => !Number.isInteger(input.seenTick))).toBe(true)
    // What no guest is told.
    expect(ticks.some(({ records }) => Object.values(records.ship ?? {}).some(({ rests }) => rests.secret === 3))).toBe(
      true,
    )
    expect(ticks.some(({ records }) => records.globals?.[0]?.rests.unseen === 1)).toBe(true)
  })

  it('is malformed when it is cut short, for both', () => {
    const { hex } = heir.told.find(({ hex, tick }) => tick && hex.startsWith('9460'))!
    const message = openHeirMessage(bytesOf(hex)) as Extract<HeirMessage, { kind: 'full' }>
    for (let n = 1; n < message.body.length; n += 7) {
      const bytes = closeHeirMessage({ ...message, body: message.body.slice(0, n) })
      expect(() => new CodeHeir().receive(bytes)).toThrow()
      expect(() => new SpecHeir(definition).receive(bytes)).toThrow()
    }
  })

  it('is acknowledged as WIRE.md says', () => {
    for (const { hex, ack } of heir.acks) expect(decodeHeirAck(bytesOf(hex))).toEqual(ack)
    expect(heir.acks.some(({ ack }) => ack.behind !== null)).toBe(true)
  })

  it('has slow data and opaque state in the form of every bulk message', () => {
    const slow = heir.told.filter(({ hex }) => hex.startsWith('9461')).map(({ hex }) => readValue(bytesOf(hex)))
    expect(slow).toEqual(
      [2, 14].map((tick, i) => [
        97,
        0,
        0,
        { epoch: 300, version: i + 1, piece: 'roster', value: [{ name: 'Zoë', tick }] },
      ]),
    )
    const { kind: _, ...contents } = opaque
    expect(readValue(closeHeirMessage(opaque))).toEqual([98, 0, 0, contents])
  })
})

describe('the golden messages about a change of host', () => {
  const numbers = {
    page: 100,
    toPeer: 101,
    beat: 102,
    election: 103,
    heirs: 104,
    heirKey: 105,
    handover: 106,
    fromPeer: 107,
  }

  it('are the kinds 100 to 107, each with the entries that WIRE.md names', () => {
    const kinds = new Set<string>()
    for (const { hex, message } of messages) {
      const { kind, ...contents } = message as { kind: keyof typeof numbers }
      kinds.add(kind)
      expect(readValue(bytesOf(hex))).toEqual([numbers[kind], 0, 0, contents])
    }
    expect([...kinds].sort()).toEqual(Object.keys(numbers).sort())
  })

  it('are read by our code as what they say, and none of them with an entry more', () => {
    const readers = { host: decodeHostMessage, guest: decodeGuestMessage, page: openPeerMessage }
    for (const { from, hex, message } of messages) {
      expect(readers[from](bytesOf(hex))).toEqual(message)
      expect(readers[from](encodeMessage({ ...(message as object), more: 1 } as never))).toBeNull()
    }
  })
})

import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { encodePacket, PacketKind } from '../../../net/wire/packet.ts'
import { along, foresee } from '../../../net/wire/segments.ts'
import type { PlayerId } from '../../../net/world/ids.ts'
import { goldenGame } from './golden-game.ts'
import { recordMatch, seats } from './golden-match.ts'
import { bytesOf, hexOf, inputsAgain, PlainClient, type PlainInputs, type PlainSnapshot, plainInputs } from './plain.ts'
import { readPacket } from './read.ts'
import { segmentsOf } from './segments-of.ts'

interface Golden<T> {
  readonly about: string
  /** Whose packets these are: the player who gets them, or sends them. */
  readonly client: PlayerId
  /** In the order of their arrival. */
  readonly packets: readonly { readonly hex: string; readonly taken?: boolean; readonly packet: T }[]
}

interface GoldenLine {
  readonly axis: string
  readonly layout: string
  readonly min: number
  readonly max: number
  readonly around: number
  readonly perTick: number
  readonly line: { readonly tick: number; readonly value: number; readonly rate: number }
  readonly tick: number
  readonly along: number
  readonly nextRate: number
  /** The s of `foresee`. */
  readonly since: number
  readonly foresee: number
}

const folder = new URL('./golden/', import.meta.url)
const open = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T
const save = (name: string, value: unknown): void => {
  writeFileSync(new URL(name, folder), `${JSON.stringify(value, null, 1)}\n`)
}
const clients = seats.map((me) => [`player-${me}`, me] as const)

function decoded(me: PlayerId, packets: readonly Uint8Array[]): Golden<PlainSnapshot>['packets'] {
  const client = new PlainClient(goldenGame, me)
  return packets.map((bytes) => {
    const { tick, epoch, body } = readPacket(bytes)!
    const snapshot = client.decode(tick, body)
    if (typeof snapshot === 'string') throw new Error(`tick ${tick}: ${snapshot}`)
    const packet = client.plain(epoch, tick, snapshot)
    return { hex: hexOf(bytes), taken: client.take(snapshot), packet }
  })
}

/** Every axis of the game on lines of different speeds, some around the edge or against it. */
function lines(): GoldenLine[] {
  const { sections } = new PlainClient(goldenGame, seats[0]!)
  const all: GoldenLine[] = []
  for (const { type, grid, groups } of sections.all)
    for (const { axes } of groups)
      for (const axis of axes)
        for (const [at, share, ticks, nextShare] of [
          [0.1, 0.9, 1, -0.4],
          [0.9, 0.33, 7, 0.5],
          [0.05, -0.71, 13, 1],
          [0.5, 0.003, 8192, 0],
        ] as const) {
          const { min, max, around, field } = axis.value
          const within = (low: number, high: number, part: number): number => Math.floor(low + (high - low) * part)
          const rate = (part: number): number => within(0, part < 0 ? -axis.rateMin : axis.rateMax, part)
          const line = { tick: 100, value: within(min, max, at), rate: rate(share) }
          const lines = segmentsOf(axis, line)
          all.push({
            axis: field.name,
            layout: `${type.name}, ${grid}`,
            min,
            max,
            around,
            perTick: axis.perTick,
            line,
            tick: 100 + ticks,
            along: along(axis, lines, 100 + ticks),
            nextRate: rate(nextShare),
            since: 100 + Math.floor(ticks / 2),
            foresee: foresee(axis, lines, rate(nextShare), 100 + ticks, 100 + Math.floor(ticks / 2)),
          })
        }
  return all
}

function record(): void {
  const { snapshots, inputs } = recordMatch()
  const about = 'Numbers are in steps of their grid, players and entities by id (0: none), enums by place.'
  for (const [seat, me] of seats.entries()) {
    save(`snapshots-player-${me}.json`, {
      about: `Snapshots as they arrived at a client; some between were lost. ${about}`,
      client: me,
      packets: decoded(me, snapshots[seat]!),
    })
    save(`inputs-player-${me}.json`, {
      about: `Input packets of a client. ${about}`,
      client: me,
      packets: inputs[seat]!.map((bytes) => ({ hex: hexOf(bytes), packet: plainInputs(goldenGame, bytes) })),
    })
  }
  save('lines.json', { about: '`along` is the value at `tick`, folded; `foresee` is not.', lines: lines() })
}

if (process.env.GOLDEN === 'write') record()

describe.each(clients)('the golden packets of %s', (name, me) => {
  const snapshots = open<Golden<PlainSnapshot>>(`snapshots-${name}.json`)
  const inputs = open<Golden<PlainInputs>>(`inputs-${name}.json`)

  it('are read, one after another, as what they say', () => {
    const read = decoded(
      me,
      snapshots.packets.map(({ hex }) => bytesOf(hex)),
    )
    for (const [i, packet] of read.entries()) expect(JSON.parse(JSON.stringify(packet))).toEqual(snapshots.packets[i])
    for (const { hex, packet } of inputs.packets)
      expect(JSON.parse(JSON.stringify(plainInputs(goldenGame, bytesOf(hex))))).toEqual(packet)
  })

  it('are what we write of what they say, to the bit', () => {
    const client = new PlainClient(goldenGame, me)
    for (const { hex } of snapshots.packets) {
      const { tick, epoch, body } = readPacket(bytesOf(hex))!
      const snapshot = client.decode(tick, body)
      if (typeof snapshot === 'string') throw new Error(snapshot)
      const again = client.again(tick, snapshot)
      expect(hexOf(encodePacket({ kind: PacketKind.snapshot, epoch, tick, body: again }))).toBe(hex)
      client.take(snapshot)
    }
    for (const { hex } of inputs.packets) expect(hexOf(inputsAgain(goldenGame, bytesOf(hex)))).toBe(hex)
  })
})

describe('the golden packets', () => {
  const files = clients.map(([name]) => open<Golden<PlainSnapshot>>(`snapshots-${name}.json`))
  const sent = files.flatMap(({ packets }) => packets)
  const first = files[0]!.packets

  it('have every part of the wire in them', () => {
    const changes = sent.flatMap(({ packet }) => packet.changes)
    for (const section of ['exact', 'presented'])
      for (const how of ['full', 'delta', 'gone'])
        expect(
          changes.some((change) => change.section === section && change.how === how),
          `${section} ${how}`,
        ).toBe(true)
    expect(new Set(changes.map(({ reason }) => reason))).toEqual(new Set([undefined, 'destroyed', 'out of view']))
    expect(changes.some(({ team, owner }) => team && owner !== seats[0])).toBe(true)
    const heads = sent.map(({ packet }) => packet.head)
    expect(heads.some(({ packetIndex, last }) => packetIndex === 1 && last)).toBe(true)
    expect(heads.some(({ baselineAge }) => (baselineAge ?? 0) > 1)).toBe(true)
    expect(heads.some(({ baselineAge, inputAck }) => baselineAge === null && inputAck === null)).toBe(true)
    expect(new Set(sent.map(({ packet }) => JSON.stringify(packet.parameters))).size).toBeGreaterThan(2)
    expect(sent.some(({ packet }) => packet.events.length > 1)).toBe(true)
    expect(sent.some(({ packet }) => packet.results.length > 1)).toBe(true)
    expect(first.some(({ taken }) => !taken)).toBe(true)
  })

  it('have lines that come out as they say', () => {
    expect(lines()).toEqual(open<{ lines: GoldenLine[] }>('lines.json').lines)
  })
})

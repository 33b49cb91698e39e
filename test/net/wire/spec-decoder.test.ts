/**
 * Holds the decoder that was written from WIRE.md alone against every golden packet, in the order in which
 * they arrived.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seededRandom, simulate } from '../../../net/testing.ts'
import { goldenGame } from './golden-game.ts'
import { PlainClient, plainInputs } from './plain.ts'
import { readPacket } from './read.ts'
import type { Axis, AxisLine, Definition, InputPacket, SnapshotPacket } from './spec-decoder.ts'
import { along, decodeInputs, foresee, layoutsOf, SpecClient } from './spec-decoder.ts'

interface InputsFile {
  client: number
  packets: { hex: string; packet: InputPacket }[]
}

interface SnapshotsFile {
  client: number
  packets: { hex: string; taken: boolean; packet: SnapshotPacket }[]
}

interface LineVector {
  axis: string
  layout: string
  min: number
  max: number
  around: number
  perTick: number
  line: AxisLine
  tick: number
  along: number
  nextRate: number
  since: number
  foresee: number
}

const folder = new URL('./golden/', import.meta.url)

function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
const definition = load<Definition>('game.json')

it('knows every golden file', () => {
  expect(
    files.filter((name) => !/^(game|lines|heir|migration|(inputs|snapshots)-player-\d+)\.json$/.test(name)),
  ).toEqual([])
  expect(files.length).toBeGreaterThanOrEqual(4)
})

describe.each(files.filter((name) => name.startsWith('inputs-')))('%s', (name) => {
  const { packets } = load<InputsFile>(name)
  it.each(packets.map((golden, i) => ({ i, ...golden })))('packet $i', ({ hex, packet }) => {
    expect(decodeInputs(definition, bytesOf(hex))).toEqual(packet)
  })
})

describe.each(files.filter((name) => name.startsWith('snapshots-')))('%s', (name) => {
  const { client, packets } = load<SnapshotsFile>(name)
  const receiver = new SpecClient(definition, client)
  it.each(packets.map((golden, i) => ({ i, ...golden })))('packet $i', ({ hex, taken, packet }) => {
    expect(receiver.receive(bytesOf(hex))).toEqual({ taken, packet })
  })

  it('takes none of them a second time', () => {
    for (const { hex } of packets) expect(receiver.receive(bytesOf(hex)).taken).toBe(false)
  })

  it('drops a packet that was cut short or goes on', () => {
    for (const { hex } of packets) {
      const bytes = bytesOf(hex)
      const malformed = { taken: false, dropped: 'malformed' }
      const receive = (wrong: Uint8Array) => new SpecClient(definition, client).receive(wrong)
      for (let n = 0; n < bytes.length; n++) expect(receive(bytes.subarray(0, n))).toEqual(malformed)
      expect(receive(bytesOf(`${hex}00`))).toEqual(malformed)
    }
  })

  it('drops a first packet whose body was cut short or goes on', () => {
    const first = bytesOf(packets[0]?.hex ?? '')
    const start = first.indexOf(0xc4) + 2
    expect(first.length - start).toBe(first[start - 1])
    for (let n = 0; n <= first.length - start + 1; n++) {
      const bytes = new Uint8Array(start + n)
      bytes.set(first.subarray(0, start + n))
      bytes[start - 1] = n
      expect(new SpecClient(definition, client).receive(bytes).taken).toBe(n === first.length - start)
    }
  })
})

describe('lines.json', () => {
  const axes = new Map<string, Axis>()
  for (const layout of layoutsOf(definition)) {
    for (const axis of layout.groups.flatMap((group) => group.axes)) {
      axes.set(`${axis.name} of ${layout.type}, ${layout.section}`, axis)
    }
  }
  const { lines } = load<{ lines: LineVector[] }>('lines.json')
  it.each(lines.map((vector, i) => ({ i, ...vector })))('$i: $axis of $layout', (vector) => {
    const axis = axes.get(`${vector.axis} of ${vector.layout}`)
    if (!axis) throw new Error('no such axis')
    const { min, max, around } = axis.grid
    expect({ min, max, around, perTick: axis.perTick }).toEqual({
      min: vector.min,
      max: vector.max,
      around: vector.around,
      perTick: vector.perTick,
    })
    expect(along(axis, vector.line, vector.tick)).toBe(vector.along)
    expect(foresee(axis, vector.line, vector.nextRate, vector.tick, vector.since)).toBe(vector.foresee)
  })
})

describe('a whole match of four players over a bad network', () => {
  const isReadAlike = (seconds: number) => () => {
    const network = { latencyMs: 45, jitterMs: 12, loss: 0.1, duplicate: 0.05 }
    const match = simulate(goldenGame, { players: 4, network, seed: 6 })
    const counts = { same: 0, taken: 0, inputs: 0 }
    const toHost = match.host.receive.bind(match.host)
    match.host.receive = (player, bytes, now) => {
      expect(decodeInputs(definition, bytes)).toEqual(plainInputs(goldenGame, bytes))
      counts.inputs++
      toHost(player, bytes, now)
    }
    for (const client of match.clients) {
      const code = new PlainClient(goldenGame, client.me)
      const spec = new SpecClient(definition, client.me, 1)
      const toClient = client.runner.receive.bind(client.runner)
      client.runner.receive = (bytes, now) => {
        const packet = readPacket(bytes)
        const snapshot = packet && code.decode(packet.tick, packet.body)
        const read = spec.receive(bytes)
        if (packet && snapshot && typeof snapshot !== 'string') {
          const plain = code.plain(packet.epoch, packet.tick, snapshot)
          // A late one may be forgotten sooner by one than by the other; what both can read they read alike.
          if (read.packet) expect(read.packet).toEqual(plain)
          const taken = code.take(snapshot)
          expect(read.taken).toBe(taken)
          counts.same += read.packet ? 1 : 0
          counts.taken += taken ? 1 : 0
        } else expect(read.taken).toBe(false)
        toClient(bytes, now)
      }
    }
    const random = seededRandom(9)
    match.run(seconds * 1000, () => {
      for (const client of match.clients)
        if (random() < 0.1)
          client.input({ x: Math.floor(random() * 3) - 1, aim: random() * 6 - 3, fire: random() < 0.3 } as never)
    })
    expect(match.host.session.failure).toBe(null)
    expect(counts.taken).toBeGreaterThan(25 * seconds)
    expect(counts.same).toBeGreaterThanOrEqual(counts.taken)
    expect(counts.inputs).toBeGreaterThan(25 * seconds)
  }
  it(
    'is read to the same by the decoder of the page and by the code, snapshot for snapshot and input for input',
    isReadAlike(6),
  )
  it('is read to the same for as long as it goes on', { tags: ['long'] }, isReadAlike(20))
})

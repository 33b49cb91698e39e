import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeInputs } from '../../../net/wire/inputs.ts'
import { encodePacket, PacketKind } from '../../../net/wire/packet.ts'
import type { PlayerId } from '../../../net/world/ids.ts'
import { everything } from '../world/everything.ts'
import { anyInputPacket, anySnapshot, me, TICK, writeSnapshot } from './arbitrary.ts'
import { goldenGame } from './golden-game.ts'
import { decodePlain, encodePlain, type PlainPacket } from './plain.ts'
import { specDecode } from './spec-decoder.ts'

interface Golden {
  readonly about: string
  /** Whose packet it is: the client that gets it, or sends it. */
  readonly client: PlayerId
  readonly hex: string
  readonly packet: PlainPacket
}

const folder = new URL('./golden/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

describe.each(files)('the golden packet %s', (file) => {
  const { client, hex, packet } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden

  it('is what our encoder writes, to the bit', () => {
    expect(hexOf(encodePlain(goldenGame, client, packet))).toBe(hex)
  })

  it('is read by our decoder as what it says', () => {
    expect(decodePlain(goldenGame, client, bytesOf(hex))).toMatchObject(packet)
  })

  it('is read by a decoder that was written from the spec alone as exactly what it says', () => {
    expect(specDecode(goldenGame, client, bytesOf(hex))).toEqual(packet)
  })
})

describe('the spec', () => {
  it('reads every snapshot and every input packet as we do', () => {
    fc.assert(
      fc.property(anySnapshot, anyInputPacket, (snapshot, inputs) => {
        for (const [kind, body] of [
          [PacketKind.snapshot, writeSnapshot(snapshot).body],
          [PacketKind.input, encodeInputs(everything, TICK, inputs)],
        ] as const) {
          const bytes = encodePacket({ kind, epoch: 7, tick: TICK, body })
          expect(decodePlain(everything, me, bytes)).toMatchObject(specDecode(everything, me, bytes))
        }
      }),
      { numRuns: 100 },
    )
  })

  it('is kept by packets of every part: each list of each kind of packet is in some golden file', () => {
    const packets = files.map((file) => (JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden).packet)
    const count = (pick: (packet: PlainPacket) => number): number => Math.max(...packets.map(pick))
    for (const list of ['events', 'results', 'exact', 'tombstones', 'presented'] as const)
      expect(
        count((packet) => (packet.kind === 1 ? packet[list].length : 0)),
        list,
      ).toBeGreaterThan(0)
    for (const list of ['inputs', 'commands'] as const)
      expect(
        count((packet) => (packet.kind === 2 ? packet[list].length : 0)),
        list,
      ).toBeGreaterThan(1)
  })
})

/**
 * The short scripted match that the golden packets were recorded from. Two players; some snapshots are lost, one comes
 * late. Run the tests with GOLDEN=write to record them anew after a change of the wire.
 */

import { SnapshotReader } from '../../../net/replication/snapshot-reader.ts'
import { HostSession } from '../../../net/session/host.ts'
import { encodeInputs } from '../../../net/wire/inputs.ts'
import { encodePacket, PacketKind } from '../../../net/wire/packet.ts'
import { type PlayerId, playerId } from '../../../net/world/ids.ts'
import { World } from '../../../net/world/world.ts'
import { sendAll } from '../session/send-all.ts'
import { goldenGame } from './golden-game.ts'
import { readPacket } from './read.ts'

export const seats: readonly PlayerId[] = [playerId(0, 1), playerId(3, 2)]
const EPOCH = 300
const TICKS = 25

/** Snapshots by tick that the first player never gets. */
const LOST = new Set([4, 5, 11, 14, 19, 22])
/** This one comes after the next. */
const LATE = 16

export interface Recorded {
  readonly snapshots: readonly Uint8Array[][]
  readonly inputs: readonly Uint8Array[][]
}

/** What else happens in the match. */
export interface MatchWatch {
  begins?(host: HostSession): void
  /** The tick that a player saw others at. Default: always as many ticks ago. */
  seenTick?(tick: number): number
  /** After each tick. */
  ticked?(host: HostSession, tick: number, now: number): void
}

export function recordMatch(watch: MatchWatch = {}): Recorded {
  const host = new HostSession({ game: goldenGame, seed: 1, secret: [1, 2, 3, 4], epoch: EPOCH })
  const rows = new World({ game: goldenGame, seed: 1, predicting: null })
  const readers = seats.map((me) => new SnapshotReader(goldenGame, me))
  const snapshots: Uint8Array[][] = seats.map(() => [])
  const inputs: Uint8Array[][] = seats.map(() => [])
  const held: Uint8Array[][] = seats.map(() => [])
  for (const me of seats) host.join(me)
  watch.begins?.(host)
  host.advance(0)
  const command = (tick: number) => {
    const [buy, say] = goldenGame.schema.commands
    if (!buy || !say || tick < 6 || tick > 8) return []
    return [
      { id: 1, type: buy, row: rows.message(buy.fields, { price: 20, names: ['b', 'c'] }) },
      { id: 2, type: say, row: rows.message(say.fields, { text: 'ahoy, “mate”' }) },
    ]
  }
  const input = (seat: number, tick: number) =>
    rows.message(goldenGame.schema.input, {
      x: [1, 1, 0, -1, 0, 0, 0, 0][(tick + seat) % 8],
      aim: tick < 20 ? tick * 0.4 - 3 : 1,
      at: tick % 6 < 3 ? 2 ** 16 + 3 : null,
      fire: tick % 4 === seat,
    })
  for (let tick = 1; tick <= TICKS; tick++) {
    const now = tick * 100
    for (const [seat, me] of seats.entries()) {
      if (tick < 3) continue
      const newest = tick + 1
      // From the fifth on three in a packet, as if the host were slow to acknowledge.
      const count = tick < 5 ? 1 : 3
      const body = encodeInputs(goldenGame, newest, {
        ack: readers[seat]!.ack(now - 10 + seat),
        presentationTick: watch.seenTick?.(tick) ?? Math.max(0, tick - 2.25),
        eventAck: tick < 9 ? 0 : tick < 20 ? 3 : 20,
        resultAck: tick < 12 ? 0 : 2,
        inputs: Array.from({ length: count }, (_, i) => input(seat, newest - count + 1 + i)),
        commands: seat === 0 ? command(tick) : [],
      })
      const bytes = encodePacket({ kind: PacketKind.input, epoch: EPOCH, tick: newest, body })
      inputs[seat]!.push(bytes)
      host.receive(me, bytes, now - 30)
    }
    host.advance(now)
    watch.ticked?.(host, tick, now)
    const arriving: [number, Uint8Array][] = []
    for (const { player, bytes } of sendAll(host, now)) {
      const seat = seats.indexOf(player)
      if (seat < 0) continue
      if (seat === 0 && LOST.has(tick)) continue
      if (seat === 0 && tick === LATE) held[seat]!.push(bytes)
      else arriving.push([seat, bytes])
    }
    if (tick > LATE)
      for (const [seat, late] of held.entries()) for (const bytes of late.splice(0)) arriving.push([seat, bytes])
    for (const [seat, bytes] of arriving) {
      snapshots[seat]!.push(bytes)
      readers[seat]!.read(readPacket(bytes)!.tick, readPacket(bytes)!.body, now)
    }
  }
  if (host.failure) throw host.failure.error
  return { snapshots, inputs }
}

/**
 * The heir's stream of the match of the golden packets: some parts are lost, and for a while all acks; the heir begins anew and asks for all, which is told once
 * more over bulk. A bot plays, a player comes late and chooses, one leaves.
 */

import { HeirReceiver } from '../../../net/migration/heir-receiver.ts'
import { HeirSource } from '../../../net/migration/heir-source.ts'
import { HeirStream } from '../../../net/migration/heir-stream.ts'
import { SlowData } from '../../../net/migration/slow-data.ts'
import type { HostSession } from '../../../net/session/host.ts'
import { playerId } from '../../../net/world/ids.ts'
import { goldenGame } from './golden-game.ts'
import { recordMatch, seats } from './golden-match.ts'

const LOST_PARTS = new Set([4, 8, 9])
const LOST_ACKS = new Set([10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
const BEGINS_ANEW = 12
const bot = playerId(1, 2)
const late = playerId(2, 7)

export interface HeirPacket {
  readonly lane: 'state' | 'bulk'
  readonly bytes: Uint8Array
}

/** What the heir gets, and what it answers. */
export interface RecordedHeir {
  readonly told: readonly HeirPacket[]
  readonly acks: readonly Uint8Array[]
}

export function recordHeir(): RecordedHeir {
  const told: HeirPacket[] = []
  const acks: Uint8Array[] = []
  const slow = new SlowData()
  const newHeir = () =>
    new HeirReceiver({
      game: goldenGame,
      epoch: 300,
      start: { seed: 1, options: {}, settings: {} },
      slow: { roster: Array.isArray },
    })
  let heir = newHeir()
  let stream: HeirStream | null = null
  const begins = (host: HostSession): void => {
    host.addBot(bot, { kind: 'ion', skill: 0.75 })
    stream = new HeirStream({ heir: seats[0] as never, source: new HeirSource(host), slow })
  }
  const ticked = (host: HostSession, tick: number, now: number): void => {
    Object.assign(host.world.memoryOf(bot), {
      mood: (tick % 8) / 2,
      foe: tick > 3 ? 2 ** 16 + 2 : null,
      seen: [seats[1]],
    })
    if (tick === 5) host.join(late, { team: 'green' })
    if (tick === 7) host.leave(late)
    if (tick === 10) host.expire(late)
    if (tick === 2 || tick === 14) slow.set('roster', [{ name: 'Zoë', tick }])
    if (tick === BEGINS_ANEW) heir = newHeir()
    for (const packet of stream?.build(now) ?? []) {
      if (packet.lane === 'state' && LOST_PARTS.has(tick)) continue
      told.push(packet)
      if (packet.lane === 'bulk') heir.receiveBulk(packet.bytes, now)
      else heir.receivePacket(packet.bytes, now)
    }
    const ack = heir.outgoing()
    if (ack && !LOST_ACKS.has(tick)) {
      acks.push(ack)
      stream?.receive(ack)
    }
  }
  recordMatch({ begins, ticked, seenTick: (tick) => Math.max(0, 1.03 * tick - 3 - (tick % 3) / 64) })
  if (heir.ended) throw new Error(`the candidacy ended: ${heir.problem}`)
  return { told, acks }
}

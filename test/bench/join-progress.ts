/** How long a player who joins a running match waits for its world, by the path that they have. */
import type { LinkConditions } from '../../net/testing.ts'
import { joinProgress } from '../sim/join-progress.ts'
import { type Bench, measured, type Row } from './bench.ts'

interface Case {
  readonly name: string
  readonly latencyMs: number
  readonly kbits: number | null
  readonly loss: number
  readonly targetMs: number | null
}

const QUEUE_BYTES = 65_536
const short: readonly Case[] = [
  { name: 'L at 256 kbit/s', latencyMs: 50, kbits: 256, loss: 0, targetMs: 500 },
  { name: 'L at 256 kbit/s, 200 ms', latencyMs: 100, kbits: 256, loss: 0, targetMs: null },
  { name: 'L at 256 kbit/s, 5 % loss', latencyMs: 50, kbits: 256, loss: 0.05, targetMs: null },
  { name: 'L at 96 kbit/s', latencyMs: 50, kbits: 96, loss: 0, targetMs: null },
  { name: 'L at 1 Mbit/s', latencyMs: 50, kbits: 1000, loss: 0, targetMs: null },
]
const full: readonly Case[] = [
  { name: 'L unlimited', latencyMs: 50, kbits: null, loss: 0, targetMs: null },
  { name: 'L unlimited, 20 % loss', latencyMs: 50, kbits: null, loss: 0.2, targetMs: null },
]

export const progress: Bench = {
  summary:
    'a late join in virtual time: from attach until the view holds the whole world and the own ship is predicted',
  async run(options) {
    return [...short, ...(options.full ? full : [])].flatMap(rowsOf)
  },
}

function rowsOf({ name, latencyMs, kbits, loss, targetMs }: Case): Row[] {
  const back: LinkConditions = { latencyMs, loss }
  const there =
    kbits === null ? back : { ...back, bottleneck: { bitsPerSecond: kbits * 1000, queueBytes: QUEUE_BYTES } }
  const { entities, ownMs, worldMs, bytes } = joinProgress({ toGuest: there, toHost: back })
  return [
    measured('join in progress beyond a round trip', name, worldMs - 2 * latencyMs, 'ms', 'lower', targetMs),
    measured('own ship predicted, beyond a round trip', name, ownMs - 2 * latencyMs, 'ms', 'lower'),
    measured('payload by then', name, bytes, 'B', 'lower'),
    measured('entities at the join', name, entities, '', 'higher'),
  ]
}

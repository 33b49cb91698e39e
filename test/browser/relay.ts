/**
 * A bad network between two real pages: a UDP relay that stands in for each of them, because their candidates are
 * rewritten on the way through signalling. What it does to packets is what simulated links do to theirs, in real time,
 * so the two can be compared.
 *
 * Chromium has to show real addresses (the harness's flags see to that). Connect first, then make the network bad: a
 * handshake that is lost now and then takes seconds.
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { seededStream } from '../../net/platform/seeded-chance.ts'
import {
  checkConditions,
  type LinkConditions,
  PACKET_OVERHEAD_BYTES,
} from '../../net/transport/simulated/conditions.ts'
import { Path } from '../../net/transport/simulated/path.ts'

/** The two pages. */
export type Side = 'a' | 'b'

export interface UdpRelay {
  /** A signalling text of one side, as the other has to get it: its first address is the relay's, all others lead nowhere. */
  rewrite(from: Side, text: string): string
  /** From now on. */
  setConditions(fromA: LinkConditions, fromB?: LinkConditions): void
  /** Nothing sets out either way for so long. */
  cut(ms: number): void
  /** UDP packets that came from a side since the start. */
  readonly packets: Readonly<Record<Side, number>>
  close(): void
  [Symbol.dispose](): void
}

const ADDRESS = '127.0.0.1'
/** Discards what comes. */
const NOWHERE = `${ADDRESS} 9`
/** What a path adds to a payload, less the IP and UDP headers that a socket does not show. */
const SHOWN_OVERHEAD = PACKET_OVERHEAD_BYTES - 28
const candidatePattern = /(candidate:\S+ \d+ udp \d+ )(\S+ \d+)( typ host)/gi

const other: Record<Side, Side> = { a: 'b', b: 'a' }

/** Opens a relay between two pages, at first without a fault. `seed`: of its dice. */
export async function startRelay(seed = 1): Promise<UdpRelay> {
  // What a page sends to the other comes in at the stand-in of the other.
  const standIns: Record<Side, Socket> = { a: await bind(), b: await bind() }
  const real: Record<Side, { address: string; port: number } | null> = { a: null, b: null }
  const paths: Record<Side, Path> = { a: new Path({}, seededStream(seed, 0)), b: new Path({}, seededStream(seed, 1)) }
  const packets: Record<Side, number> = { a: 0, b: 0 }
  const timers = new Set<NodeJS.Timeout>()

  for (const from of ['a', 'b'] as const) {
    const to = other[from]
    standIns[to].on('message', (bytes) => {
      packets[from]++
      const now = performance.now()
      for (const at of paths[from].arrivals(now, Math.max(0, bytes.length - SHOWN_OVERHEAD)))
        after(at - now, () => {
          const target = real[to]
          if (target) standIns[from].send(bytes, target.port, target.address)
        })
    })
  }

  /** Node's timers ring up to a millisecond early or late: half of one each way on average. */
  function after(ms: number, run: () => void): void {
    if (ms <= 0) return run()
    const timer = setTimeout(() => {
      timers.delete(timer)
      run()
    }, Math.round(ms))
    timers.add(timer)
  }

  function close(): void {
    for (const timer of timers) clearTimeout(timer)
    for (const side of ['a', 'b'] as const) standIns[side].close()
  }

  return {
    rewrite(from, text) {
      return text.replace(candidatePattern, (_whole, head: string, place: string, tail: string) => {
        const [address = '', port = ''] = place.split(' ')
        if (real[from] === null && /^\d+(\.\d+){3}$/.test(address)) real[from] = { address, port: Number(port) }
        const isReal = address === real[from]?.address && Number(port) === real[from]?.port
        return `${head}${isReal ? `${ADDRESS} ${standIns[from].address().port}` : NOWHERE}${tail}`
      })
    },
    setConditions(fromA, fromB = fromA) {
      checkConditions(fromA)
      checkConditions(fromB)
      paths.a.conditions = fromA
      paths.b.conditions = fromB
    },
    cut(ms) {
      const until = performance.now() + ms
      paths.a.cut(until)
      paths.b.cut(until)
    },
    packets,
    close,
    [Symbol.dispose]: close,
  }
}

async function bind(): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.bind(0, ADDRESS)
  await once(socket, 'listening')
  return socket
}

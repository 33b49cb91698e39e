/** The same in the simulated network: no page, no machine that is busy; the hash and the relay's turns take no time. */

import { FileExchange } from '../../../net/files/exchange.ts'
import { FileLane } from '../../../net/files/file-lane.ts'
import { isFileMessage } from '../../../net/files/kinds.ts'
import { decodeFileMessage } from '../../../net/files/messages.ts'
import { FileRelay } from '../../../net/files/relay.ts'
import type { FileTransfer } from '../../../net/files/types.ts'
import { type LinkConditions, SimulatedNetwork } from '../../../net/testing.ts'
import type { Link } from '../../../net/transport/link.ts'

/** What the host sends of the match: whole packets, 30 a second. */
const STATE_BYTES = 1128
const STATE_EVERY_MS = 1000 / 30
const RAW_BYTES = 16 * 1024
const RAW_BUFFER_BYTES = 1024 * 1024
/** A file that is not there by then is stuck. */
const GIVE_UP_MS = 300_000
const [HOST, BEA, CLEO] = [1, 2, 3]

export interface VirtualFile {
  readonly ms: number
  /** One-way delay of each state packet to the receiver, ms. */
  readonly delays: readonly number[]
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** How long a reliable lane takes that has the path for itself, ms. */
export function virtualRaw(size: number, path: LinkConditions): number {
  const network = new SimulatedNetwork(1)
  const [from, to] = network.pipes(path, path)
  const nothing = { opened() {}, frame() {}, refused() {}, drained() {}, failed() {} }
  let received = 0
  let doneAt = 0
  let left = size
  const send = (): void => {
    while (left > 0 && from.waiting('bulk') < RAW_BUFFER_BYTES) {
      const bytes = Math.min(left, RAW_BYTES)
      // First, for the pipe may say within `send` that it has drained.
      left -= bytes
      from.send('bulk', new Uint8Array(bytes))
    }
  }
  from.attach({ ...nothing, drained: send })
  to.attach({
    ...nothing,
    frame(_lane, data) {
      received += (data as Uint8Array).length
      if (received === size) doneAt = network.now
    },
  })
  from.opens()
  to.opens()
  for (let ms = 0; doneAt === 0 && ms < GIVE_UP_MS; ms++) {
    network.advanceTo(ms)
    send()
  }
  return doneAt
}

/** A page with its own desk at the other end of a link to the host. */
function guest(link: Link, timers: SimulatedNetwork['timers'], player: number, taken: (file: FileTransfer) => void) {
  const lane = new FileLane(link)
  const exchange = new FileExchange({
    platform: { ...timers, random: () => 0.5, randomBytes: (count) => new Uint8Array(count).fill(player) },
    lane: () => lane,
    tag: (peer) => peer,
    forbids: () => null,
    offered(offer) {
      taken(offer.accept({ maxBytes: offer.size }))
      return true
    },
  })
  return exchange
}

/** A file from the host, or from another guest through it, while the host sends state; `size` 0: state alone, for so long. */
export async function virtualFile(
  size: number,
  path: LinkConditions,
  way: 'direct' | 'through',
  aloneMs = 0,
): Promise<VirtualFile> {
  const network = new SimulatedNetwork(1)
  const [hostToBea, bea] = network.pair(path)
  const [hostToCleo, cleo] = network.pair(path)
  const sentAt: number[] = []
  const delays: number[] = []
  let taken: FileTransfer | null = null
  const bulk = (link: Link, hear: (bytes: Uint8Array) => void): void =>
    link.listen({
      message(lane, bytes) {
        if (lane === 'bulk' && isFileMessage(bytes)) hear(bytes)
        else if (link === bea)
          delays.push(network.now - (sentAt[new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)] ?? Number.NaN))
      },
      closed: () => {},
    })
  const beas = guest(bea, network.timers, BEA, (file) => {
    taken = file
  })
  const cleos = guest(cleo, network.timers, CLEO, () => {})
  const lanes = new Map([
    [BEA, new FileLane(hostToBea)],
    [CLEO, new FileLane(hostToCleo)],
  ])
  const hosts = guestOfHost(network, lanes)
  const relay = new FileRelay({
    lane: (player) => lanes.get(player) ?? null,
    forbids: () => null,
    tookOver: false,
    hasSeat: () => true,
  })
  for (const [link, exchange] of [
    [bea, beas],
    [cleo, cleos],
  ] as const)
    bulk(link, (bytes) => {
      const message = decodeFileMessage(bytes)
      if (message) exchange.hear(message.peer, message)
    })
  for (const [link, player] of [
    [hostToBea, BEA],
    [hostToCleo, CLEO],
  ] as const)
    bulk(link, (bytes) => {
      const message = decodeFileMessage(bytes)
      if (message?.peer === HOST) hosts.hear(player, message)
      else if (message) relay.hear(player, message)
    })
  const file = new Blob([new Uint8Array(size)])
  if (size > 0) (way === 'direct' ? hosts : cleos).share(file, BEA, 'large')
  const packet = new Uint8Array(STATE_BYTES)
  let nextState = 0
  let ms = 0
  const isOver = (): boolean => (size > 0 ? taken?.end != null : ms >= aloneMs)
  for (; !isOver() && ms < GIVE_UP_MS; ms++) {
    network.advanceTo(ms)
    for (; nextState * STATE_EVERY_MS <= ms; nextState++) {
      new DataView(packet.buffer).setUint32(0, nextState)
      sentAt.push(ms)
      hostToBea.send('state', packet)
      hostToCleo.send('state', packet)
    }
    await settle()
  }
  return { ms, delays }
}

function guestOfHost(network: SimulatedNetwork, lanes: ReadonlyMap<number, FileLane>): FileExchange {
  return new FileExchange({
    platform: { ...network.timers, random: () => 0.5, randomBytes: (count) => new Uint8Array(count) },
    lane: (player) => lanes.get(player) ?? null,
    tag: () => HOST,
    forbids: () => null,
    offered: () => false,
  })
}

/**
 * Delay on the lab's lines. Packets of all hosts pass one TUN device, whose file descriptor this process inherits: it reads each packet,
 * keeps it for as long as the lines at both its ends take, and writes it back. The kernel then brings it to where it goes.
 *
 * Packets between the same two addresses stay in order. What it cannot write any more is lost, as on a network.
 */
import { read, writeSync } from 'node:fs'

/** Larger than any packet of a TUN device of 1,500 bytes. */
const MAX_PACKET_BYTES = 2048

/** The lab's servers stand in its middle: no line leads to them. */
const isServer = (address: string): boolean => address.startsWith('198.51.100.') || address.startsWith('2001:db8:0:1:')

export interface LinesOptions {
  /** Of the TUN device. */
  readonly file: number
  /** From a host, by the address that others see, to the middle or back, in ms. */
  delayOf(address: string): number
}

/** Runs until the process ends. */
export function runLines({ file, delayOf }: LinesOptions): void {
  const waiting: { readonly dueAt: number; readonly packet: Buffer }[] = []
  let isTicking = false
  const lineMs = (address: string): number => (isServer(address) ? 0 : delayOf(address))

  const tick = (): void => {
    const now = performance.now()
    let first = waiting[0]
    while (first && first.dueAt <= now) {
      write(file, first.packet)
      waiting.shift()
      first = waiting[0]
    }
    isTicking = first !== undefined
    if (first) setTimeout(tick, Math.max(0, Math.floor(first.dueAt - now)))
  }
  const take = (packet: Buffer): void => {
    const { from, to } = addressesOf(packet)
    const dueAt = performance.now() + lineMs(from) + lineMs(to)
    // Most have the same delay, so the place is near the end.
    let at = waiting.length
    while (at > 0 && (waiting[at - 1]?.dueAt ?? 0) > dueAt) at--
    waiting.splice(at, 0, { dueAt, packet })
    if (at === 0 || !isTicking) tick()
  }
  const next = (): void => {
    const buffer = Buffer.allocUnsafe(MAX_PACKET_BYTES)
    read(file, buffer, 0, buffer.length, null, (error, length) => {
      if (error) throw error
      take(buffer.subarray(0, length))
      next()
    })
  }
  next()
}

function write(file: number, packet: Buffer): void {
  try {
    writeSync(file, packet)
  } catch {
    // The kernel takes no packet of an unknown protocol, or has no room.
  }
}

/** Addresses as text, of an IPv4 or IPv6 packet; IPv6 without shortening beyond leading zeros. */
function addressesOf(packet: Buffer): { from: string; to: string } {
  if ((packet[0] ?? 0) >> 4 === 4)
    return { from: packet.subarray(12, 16).join('.'), to: packet.subarray(16, 20).join('.') }
  return { from: ipv6(packet.subarray(8, 24)), to: ipv6(packet.subarray(24, 40)) }
}

function ipv6(bytes: Buffer): string {
  return Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(2 * at).toString(16)).join(':')
}

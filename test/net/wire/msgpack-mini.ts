/**
 * Reads the envelope of a packet: exactly the forms of MessagePack that WIRE.md ("The envelope") lets it have, and no
 * others. Written from WIRE.md alone.
 */

export interface Envelope {
  kind: 1 | 2
  epoch: number
  tick: number
  body: Uint8Array
}

const maxPacket = 1128

/** The envelope's four parts, or nothing if the bytes are no packet. */
export function readEnvelope(bytes: Uint8Array): Envelope | undefined {
  if (bytes.length > maxPacket || bytes[0] !== 0x94) return undefined
  let at = 1
  /** A number of n bytes, most significant first; −1 if they are not all there. */
  const big = (n: number): number => {
    let value = 0
    for (let i = 0; i < n; i++) {
      const byte = bytes[at++]
      if (byte === undefined) return -1
      value = value * 256 + byte
    }
    return value
  }
  const integer = (): number => {
    const first = big(1)
    if (first < 0x80) return first
    return first === 0xcc ? big(1) : first === 0xcd ? big(2) : first === 0xce ? big(4) : -1
  }
  const kind = integer()
  const epoch = integer()
  const tick = integer()
  const form = big(1)
  const length = form === 0xc4 ? big(1) : form === 0xc5 ? big(2) : -1
  if ((kind !== 1 && kind !== 2) || epoch < 1 || tick < 0 || tick >= 2 ** 26) return undefined
  if (length < 0 || at + length !== bytes.length) return undefined
  return { kind, epoch, tick, body: bytes.subarray(at) }
}

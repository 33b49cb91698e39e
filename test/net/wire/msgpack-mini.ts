/**
 * Reads the envelope of a packet: exactly the forms of MessagePack that WIRE.md ("The envelope") lets it have, and no
 * others. Written from WIRE.md alone.
 */

export interface Envelope {
  kind: 1 | 2 | 3 | 4
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
  if ((kind !== 1 && kind !== 2 && kind !== 3 && kind !== 4) || epoch < 1 || tick < 0 || tick >= 2 ** 26)
    return undefined
  if (length < 0 || at + length !== bytes.length) return undefined
  return { kind, epoch, tick, body: bytes.subarray(at) }
}

/** One value of MessagePack, of the forms that the bulk lane uses, and nothing behind it; undefined for anything else. */
export function readValue(bytes: Uint8Array): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const big = (n: number): number => {
    let value = 0
    for (let i = 0; i < n; i++) value = value * 256 + view.getUint8(at++)
    return value
  }
  const raw = (n: number): Uint8Array => {
    if (at + n > bytes.length) throw new RangeError('the end')
    at += n
    return bytes.slice(at - n, at)
  }
  const text = (n: number): string => new TextDecoder().decode(raw(n))
  const list = (n: number): unknown[] => Array.from({ length: n }, value)
  const map = (n: number): unknown => Object.fromEntries(Array.from({ length: n }, () => [value(), value()]))
  const float = (): number => {
    at += 8
    return view.getFloat64(at - 8)
  }
  function value(): unknown {
    const form = big(1)
    if (form < 0x80) return form
    if (form < 0x90) return map(form & 15)
    if (form < 0xa0) return list(form & 15)
    if (form < 0xc0) return text(form & 31)
    if (form >= 0xe0) return form - 256
    const read = { 192: () => null, 194: () => false, 195: () => true, 203: float }[form]
    if (read) return read()
    if (form >= 0xc4 && form <= 0xc6) return raw(big(2 ** (form - 0xc4)))
    if (form >= 0xcc && form <= 0xcf) return big(2 ** (form - 0xcc))
    if (form >= 0xd9 && form <= 0xdb) return text(big(2 ** (form - 0xd9)))
    if (form === 0xdc || form === 0xdd) return list(big(2 * (form - 0xdb)))
    if (form === 0xde || form === 0xdf) return map(big(2 * (form - 0xdd)))
    throw new RangeError('a form that is not used')
  }
  try {
    const read = value()
    return at === bytes.length ? read : undefined
  } catch {
    return undefined
  }
}

/**
 * The state of a world, or bytes, as 32 bits: equal states have equal hashes, on every machine. Opaque state is left out, since saving it
 * may be slow. It finds accidents; it stops no attacker.
 */

import type { GameRecord } from '../world/record.ts'
import type { World } from '../world/world.ts'

/** A double as two words. Every platform that runs a browser or Node stores the low one first. */
const double = new Float64Array(1)
const words = new Uint32Array(double.buffer)

/** One step of MurmurHash3 (Austin Appleby). */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51)
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593)
  const h = hash ^ k
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0
}

function mixNumber(hash: number, value: number): number {
  double[0] = value
  return mix(mix(hash, words[0] as number), words[1] as number)
}

function mixObject(hash: number, value: unknown): number {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  let h = mix(hash, text.length)
  for (let i = 0; i < text.length; i++) h = mix(h, text.charCodeAt(i))
  return h
}

function mixRecord(hash: number, { id, owner, numbers, objects, $type }: GameRecord): number {
  let h = mixNumber(mix(hash, owner ?? 0), id)
  for (let i = 0; i < numbers.length; i++) h = mixNumber(h, numbers[i] as number)
  for (const { kind, column } of $type.objects) if (kind !== 'opaque') h = mixObject(h, objects[column])
  return h
}

/** Of bytes: a whole number from 0 to 2^32 − 1. */
export function hashBytes(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const whole = bytes.length - (bytes.length % 4)
  let h = mix(0, bytes.length)
  for (let at = 0; at < whole; at += 4) h = mix(h, view.getUint32(at, true))
  for (let at = whole; at < bytes.length; at++) h = mix(h, bytes[at] as number)
  return (h ^ (h >>> 16)) >>> 0
}

/** A whole number from 0 to 2^32 − 1. */
export function hashWorld(world: World): number {
  let h = mix(mixNumber(0, world.nextRefereeId), world.tick)
  for (const word of world.secretState) h = mix(h, word)
  for (const player of world.players) h = mix(h, player)
  for (const type of world.game.schema.types) for (const record of world.list(type)) h = mixRecord(h, record)
  return (h ^ (h >>> 16)) >>> 0
}

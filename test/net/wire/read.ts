import { decodeInputs, type InputPacket } from '../../../net/wire/inputs.ts'
import { decodePacket, isDefect, type Packet } from '../../../net/wire/packet.ts'
import type { AnyGame } from '../../../net/world/game.ts'

/** The packet, or null for bytes that are none. */
export function readPacket(bytes: Uint8Array): Packet | null {
  const packet = decodePacket(bytes)
  return isDefect(packet) ? null : packet
}

/** The body of an input packet, or null for one that has a defect. */
export function readInputs(game: AnyGame, tick: number, body: Uint8Array): InputPacket | null {
  const inputs = decodeInputs(game, tick, body)
  return isDefect(inputs) ? null : inputs
}

/** A match of Dogstar in every mode from one seed and scripted inputs, and what it comes to. For Node and for any page: no platform is touched. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { HULL_NAMES, MODES, type Mode, SPECIAL_NAMES } from '../../game/rules/balance.ts'
import { type PlayerId, playerId } from '../../net/world/ids.ts'
import { saveWorld } from '../../net/world/save.ts'
import { startMatch } from './match.ts'
import { whim } from './whim.ts'

/** Half a minute of eight pilots: long enough that a last bit which differs anywhere has grown. */
const TICKS = 1800
const pilots: readonly PlayerId[] = Array.from({ length: 8 }, (_, seat) => playerId(seat, 1))

/** By mode, SHA-256 of the whole world after the last tick. */
export function outcomes(seed: number): Record<Mode, string> {
  const play = (mode: Mode): string => {
    const choices = Object.fromEntries(
      pilots.map((pilot, i) => [
        pilot,
        { wantedHull: HULL_NAMES[i % HULL_NAMES.length], wantedSpecial: SPECIAL_NAMES[(i + 1) % SPECIAL_NAMES.length] },
      ]),
    )
    const match = startMatch(pilots, { seed, settings: { mode, roundMinutes: 1 }, choices })
    match.run(TICKS, whim)
    return bytesToHex(sha256(saveWorld(match.world)))
  }
  return Object.fromEntries(MODES.map((mode) => [mode, play(mode)])) as Record<Mode, string>
}

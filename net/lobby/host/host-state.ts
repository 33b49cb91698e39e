/**
 * What only the host knows of its lobby, as plain data. `HostRole.save` gives it, and a page that takes over begins with it. What every
 * page knows is not in it: settings, chat, who takes part in voice, code and epoch stay in the lobby object when its role changes.
 */

import { completeValues, type PlainValues } from '../../world/complete-values.ts'
import type { AnyGame } from '../../world/game.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { AdmissionState } from '../admission/admission.ts'
import type { GuestMarks } from '../admission/guest-marks.ts'
import type { Listed } from '../find/listed-types.ts'
import { emptyRoster, Roster, type RosterState } from '../members/roster.ts'
import type { ReservationState } from './reservations.ts'

export interface HostState {
  readonly roster: RosterState
  readonly admission: AdmissionState
  readonly reservations: readonly ReservationState[]
  /** The marks of the guest in each seat, for kicks and bans. */
  readonly marks: readonly (readonly [PlayerId, GuestMarks])[]
  /** How the lobby is to be listed in public; null: not at all. */
  readonly listed: Listed | null
}

export interface NewLobby {
  readonly maxPlayers: number
  readonly maxSpectators: number
  /** The host's player; null: the host has none. */
  readonly player: { readonly name: string; readonly choice?: PlainValues } | null
}

/** The state of a new lobby. `me`: the host's player; null: the host has none. */
export function newHostState(
  { schema, maxPlayers: playerSeats }: AnyGame,
  { maxPlayers, maxSpectators, player }: NewLobby,
): { readonly state: HostState; readonly me: PlayerId | null } {
  const roster = new Roster(emptyRoster(maxPlayers, { playerSeats, maxSpectators }))
  const own = player && roster.add(player.name, true, completeValues(schema.choice, player.choice ?? {}))
  const admission = { locked: false, password: null, bans: [], kicks: [], formerCodes: [] }
  return { state: { roster: roster.save(), admission, reservations: [], marks: [], listed: null }, me: own?.id ?? null }
}

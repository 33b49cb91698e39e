/**
 * What the host's player decides: lock, password, number of players, kicks and bans. Each change of the rules is told to all guests.
 * `admission.ts` applies them to newcomers; `host/seating.ts` removes a player from their seat.
 */
import type { PlayerId } from '../../world/ids.ts'
import type { HostContext } from '../host/host-context.ts'
import type { HostPowers, Outcome } from '../role.ts'
import type { Admission } from './admission.ts'
import type { AdmissionRules, BannedPlayer } from './types.ts'

type AdmissionPowers = HostPowers['admission']

export class HostAdmission implements AdmissionPowers {
  private readonly context: HostContext
  private readonly admission: Admission
  private readonly show: (rules: AdmissionRules) => void

  /** `show`: shows the rules on this page. */
  constructor(context: HostContext, admission: Admission, show: (rules: AdmissionRules) => void) {
    this.context = context
    this.admission = admission
    this.show = show
  }

  get rules(): AdmissionRules {
    const { locked, password } = this.admission
    const { maxPlayers, maxSpectators } = this.context.members.roster
    return { locked, hasPassword: password.salt !== null, maxPlayers, maxSpectators }
  }

  private tell(): void {
    const { rules } = this
    this.context.seating.tellAll({ kind: 'admission', admission: rules })
    this.show(rules)
  }

  lock(locked: boolean): null {
    this.admission.locked = locked
    this.tell()
    return null
  }

  async setPassword(password: string | null): Promise<null> {
    const isSet = this.admission.password.set(password)
    // Newcomers are asked from now on, though the hash is not computed yet.
    this.tell()
    await isSet
    return null
  }

  setMaxPlayers(maxPlayers: number): Outcome {
    const { roster } = this.context.members
    if (roster.players > maxPlayers) return 'too-many-players'
    roster.maxPlayers = maxPlayers
    this.tell()
    return null
  }

  kick(player: PlayerId, text: string | null): Outcome {
    return this.remove(player, 'kicked', text)
  }

  ban(player: PlayerId, text: string | null): Outcome {
    return this.remove(player, 'banned', text)
  }

  private remove(player: PlayerId, reason: 'kicked' | 'banned', text: string | null): Outcome {
    const { members, seating } = this.context
    if (player === members.me) return 'not-yourself'
    return seating.remove(player, reason, text) ? null : 'no-such-player'
  }

  unban(ban: number): Outcome {
    return this.admission.bans.lift(ban) ? null : 'no-such-ban'
  }

  get bans(): readonly BannedPlayer[] {
    return this.admission.bans.all.map(({ id, name, text }) => ({ id, name, text }))
  }
}

/** The players whom this page has met in the lobby. Their names outlive their seats, for the scores and the feed of a match. */
import { type People, UNKNOWN_NAME } from '../../runtime/session-face.ts'
import type { SessionPlayer } from '../../session/types.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { RosterEntry } from '../messages.ts'

/** Players that are remembered. Beyond it, players who left are forgotten, oldest first. Sixteen for each of 64 seats. */
const MAX_MET = 1024

export class MetPlayers implements People {
  players: readonly SessionPlayer[] = []
  private readonly met = new Map<PlayerId, SessionPlayer>()

  /** The roster has changed. */
  update(roster: readonly RosterEntry[], me: PlayerId | null): void {
    const here = new Set(roster.map(({ id }) => id))
    for (const [id, known] of this.met) if (known.here && !here.has(id)) this.met.set(id, { ...known, here: false })
    for (const { id, name } of roster) this.met.set(id, { id, name, mine: id === me, here: true })
    for (const [id, known] of this.met) if (this.met.size > MAX_MET && !known.here) this.met.delete(id)
    this.players = [...this.met.values()]
  }

  nameOf(player: PlayerId): string {
    return this.met.get(player)?.name ?? UNKNOWN_NAME
  }
}

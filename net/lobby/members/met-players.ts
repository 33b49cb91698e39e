/**
 * Whom this page has met in the lobby. Their names outlive their seats, for the scores and the feed of a match. Spectators have names, but
 * are in no list of players.
 */
import { type People, UNKNOWN_NAME } from '../../runtime/session-face.ts'
import type { SessionPlayer } from '../../session/types.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { RosterEntry } from '../messages.ts'

/** People that are remembered. Beyond it, those who left are forgotten, oldest first. Sixteen for each of 64 seats. */
const MAX_MET = 1024

export class MetPlayers implements People {
  players: readonly SessionPlayer[] = []
  private readonly met = new Map<PlayerId, SessionPlayer & { readonly spectator: boolean }>()

  /** The roster has changed. */
  update(roster: readonly RosterEntry[], me: PlayerId | null): void {
    const here = new Set(roster.map(({ id }) => id))
    for (const [id, known] of this.met) if (known.here && !here.has(id)) this.met.set(id, { ...known, here: false })
    for (const { id, name, spectator } of roster) this.met.set(id, { id, name, mine: id === me, here: true, spectator })
    for (const [id, known] of this.met) if (this.met.size > MAX_MET && !known.here) this.met.delete(id)
    this.players = [...this.met.values()].flatMap(({ spectator, ...player }) => (spectator ? [] : [player]))
  }

  nameOf(player: PlayerId): string {
    return this.met.get(player)?.name ?? UNKNOWN_NAME
  }
}

/** Who is in the lobby: name, host, readiness, presence; for the host with a way to remove somebody. */

import { useEffect, useState } from 'preact/hooks'
import type { Member, PlayerId } from 'starwire'
import type { PageLobby } from './doors.ts'

/** The roster as it changes. */
export function useRoster(lobby: PageLobby): readonly Member[] {
  const [roster, setRoster] = useState(lobby.roster)
  useEffect(() => {
    // Copied: a list that the library changes in place would look unchanged.
    const heard = (members: readonly Member[]) => setRoster([...members])
    heard(lobby.roster)
    return lobby.on('roster', heard)
  }, [lobby])
  return roster
}

interface RosterProps {
  roster: readonly Member[]
  /** Whether readiness matters: it does before the match. */
  readiness: boolean
  /** Null for guests. */
  kick: ((player: PlayerId) => void) | null
}

export function Roster({ roster, readiness, kick }: RosterProps) {
  return (
    <ul class="roster">
      {roster.map((member) => (
        <li key={member.id} class={`member ${member.presence}`}>
          <span class="name">{member.name}</span>
          {member.mine && <span class="tag">you</span>}
          {member.host && <span class="tag host">host</span>}
          {member.presence !== 'here' && <span class={`tag ${member.presence}`}>{member.presence}</span>}
          {readiness && !member.host && (
            <span class={member.ready ? 'readiness yes' : 'readiness'}>{member.ready ? 'ready' : 'not ready'}</span>
          )}
          {kick && !member.mine && (
            <button
              type="button"
              class="kick"
              aria-label={`Kick ${member.name}`}
              title={`Kick ${member.name}`}
              onClick={() => kick(member.id)}
            >
              Kick
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

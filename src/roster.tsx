/** Who is in the lobby: name, host, readiness, presence; for the host with a way to remove somebody. */

import { useEffect, useRef, useState } from 'preact/hooks'
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

/** For attributes, which take no element: the name keeps its own reading direction to itself. */
function isolated(name: string): string {
  return `\u2068${name}\u2069`
}

interface RosterProps {
  roster: readonly Member[]
  /** Whether readiness matters: it does before the match. */
  readiness: boolean
  /** Null for guests. */
  kick: ((player: PlayerId) => void) | null
}

export function Roster({ roster, readiness, kick }: RosterProps) {
  const list = useRef<HTMLUListElement>(null)
  return (
    <ul ref={list} class="roster" tabIndex={-1}>
      {roster.map((member) => (
        <li key={member.id} class={`member ${member.presence}`}>
          <bdi class="name">{member.name}</bdi>
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
              aria-label={`Kick ${isolated(member.name)}`}
              title={`Kick ${isolated(member.name)}`}
              onClick={() => {
                kick(member.id)
                // The button goes with its row; the keyboard must not be thrown back to the top of the page.
                list.current?.focus({ preventScroll: true })
              }}
            >
              Kick
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}

/** The entry of the host's side: `sides.ts` loads it when a page hosts. */
export { Rehearsal } from '../../runtime/rehearsal.ts'
export { LobbyObject } from '../lobby.ts'
export { HostRole } from './host-role.ts'
export { newHostState } from './host-state.ts'

/** The session that the developer gets on a host without a player (`HeadlessSession`). */
import type { HeadlessSession, WorldReport } from '../session/types.ts'
import type { Reason } from '../wire/reasons.ts'
import { checkFinite } from '../world/given.ts'
import type { PlayerId } from '../world/ids.ts'
import type { HostRunner } from './host-runner.ts'
import { hostStats, type People } from './session-face.ts'

export function headlessFace(
  host: HostRunner,
  people: People,
  now: () => number,
  ended: Promise<Reason | null>,
): HeadlessSession {
  return {
    get players() {
      return people.players
    },
    nameOf: (player: PlayerId) => people.nameOf(player),
    ended,
    stats: () => hostStats(host, now()),
    world: (tick?: number): WorldReport => {
      if (tick !== undefined) checkFinite('The tick', tick, 'a tick of the last two seconds, or nothing')
      return host.session.report(tick)
    },
    record: async () => {
      const { record } = await import('../records/record.ts')
      return record({ host: host.session, me: null }, () => people.players)
    },
  }
}

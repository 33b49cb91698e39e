/** The session that the developer gets (`Session`), the same for the host's player and for guests. */

import { clockKind } from '../platform/worker-clock.ts'
import { describeDivergence } from '../prediction/divergence.ts'
import type { ClientSession } from '../session/client.ts'
import type { HeardEvent } from '../session/event-inbox.ts'
import type { Load } from '../session/load.ts'
import type {
  ClockReport,
  HeadlessStats,
  InputReport,
  LoadReport,
  Session,
  SessionPlayer,
  SessionStats,
  WorldReport,
} from '../session/types.ts'
import type { GameShape } from '../world/game-shape.ts'
import { checkFinite, checkListener } from '../world/given.ts'
import type { PlayerId } from '../world/ids.ts'
import type { ClientRunner } from './client-runner.ts'
import type { HostRunner } from './host-runner.ts'
import { refusedBy } from './refused-by.ts'

type Heard = (payload: unknown, meta: { tick: number; mine: boolean } | null) => void

const telling =
  (heard: Heard) =>
  ({ payload, tick, mine }: HeardEvent): void =>
    heard(payload, { tick, mine })

/** Who is and was in the lobby, as far as this page was told. */
export interface People {
  readonly players: readonly SessionPlayer[]
  nameOf(player: PlayerId): string
}

const nobody: People = { players: [], nameOf: () => UNKNOWN_NAME }

/** The name of a player whom this page was never told of: that of a player without a name. */
export const UNKNOWN_NAME = 'Player'

/**
 * `hostOf`: the host that this page runs now, whose figures and world are shown; null while another page hosts.
 * `now`: for virtual time.
 */
export function sessionFace<G extends GameShape>(
  runner: ClientRunner,
  hostOf: () => HostRunner | null,
  now: () => number = () => performance.now(),
  people: People = nobody,
): Session<G> {
  const face = {
    get me() {
      return runner.session.me
    },
    get spectating() {
      return runner.session.spectating
    },
    get players() {
      return people.players
    },
    nameOf: (player: PlayerId) => people.nameOf(player),
    ended: runner.ended,
    input: (values: Readonly<Record<string, unknown>>) => runner.session.input(values),
    view: (at: number) => runner.view(at),
    on: (name: string, heard: Heard, denied?: Heard) => {
      for (const listener of [heard, denied ?? heard]) checkListener(name, listener)
      if (name === 'migrated') return runner.onMigrated((migrated) => heard({ ...migrated }, null))
      return name === 'diverged'
        ? runner.onDiverged((divergence) => heard({ ...divergence, message: describeDivergence(divergence) }, null))
        : runner.on(name, telling(heard), denied && telling(denied))
    },
    command: (name: string, payload: Readonly<Record<string, unknown>>) => runner.command(name, payload),
    stats: () => statsOf(runner, hostOf(), now()),
    world: (tick?: number): WorldReport => {
      if (tick !== undefined) checkFinite('The tick', tick, 'a tick of the last two seconds, or nothing')
      return (hostOf() ?? runner).session.report(tick)
    },
    record: async () => {
      const { record } = await import('../records/record.ts')
      const { session } = runner
      const host = hostOf()
      const onPacket: typeof runner.onPacket = (heard) => runner.onPacket(heard)
      return record(
        host ? { host: host.session, me: session.me } : { host: null, client: session, onPacket },
        () => people.players,
      )
    },
  }
  // The core works on plain records; the game's types were checked where they were defined.
  return face as unknown as Session<G>
}

export function statsOf(runner: ClientRunner, host: HostRunner | null, now: number): SessionStats {
  const { session } = runner
  const figures = host ? hostStats(host, now) : guestStats(runner, now)
  return {
    ...figures,
    rttMs: host ? 0 : session.clock.rttMs,
    loss: host ? 0 : session.loss,
    entities: session.drawn.counts,
    // The host's own link is no channel at all; a guest's is.
    lanes: host?.guestLanes(session.me) ?? runner.link.stats(),
    clock: clockOf(session),
    inputs: inputsOf(figures.receiving.get(session.me) ?? session.recentInputs),
    waits: session.waits.report,
    corrections: session.prediction.corrections,
  }
}

/** What a host's page knows, whether or not it has a player. */
export function hostStats(host: HostRunner, now: number): HeadlessStats {
  const { session, refused } = host
  return {
    role: 'host',
    tick: session.world.tick,
    up: host.up.read(now),
    down: host.down.read(now),
    snapshotBytes: host.snapshotSizes.sizes(now),
    ticker: clockKind(),
    sending: session.sending.sendingTo(now),
    receiving: session.sending.receivingFrom(),
    load: loadOf(session.load),
    migration: host.migrationReport(now),
    malformed: malformedOf(session.malformed, refused),
    otherEpoch: session.otherEpoch,
  }
}

function guestStats({ session, up, link }: ClientRunner, now: number): HeadlessStats {
  return {
    role: 'client',
    tick: session.prediction.tick,
    up: up.read(now),
    down: session.down.read(now),
    snapshotBytes: session.down.sizes(now),
    ticker: clockKind(),
    sending: new Map(),
    receiving: new Map(),
    load: null,
    migration: null,
    malformed: malformedOf(session.malformed, refusedBy(link)),
    otherEpoch: session.otherEpoch,
  }
}

function loadOf({ tickMs, botMs, droppedTicks, keptOut }: Load): LoadReport {
  return { tickMs, botMs, droppedTicks, keptOut: { ...keptOut } }
}

function malformedOf(defects: Readonly<Record<string, number>>, refused: number): Record<string, number> {
  return { ...defects, ...(refused > 0 && { refused }) }
}

function clockOf({ clock, game: { tickRate } }: ClientSession): ClockReport {
  const ms = (ticks: number): number => (ticks * 1000) / tickRate
  return {
    leadTicks: clock.leadTicks,
    presentationDelayMs: ms(clock.delayTicks),
    stalenessMs: ms(clock.behindTicks),
  }
}

function inputsOf({ lateShare, waitTicks }: InputReport): InputReport {
  return { lateShare, waitTicks }
}

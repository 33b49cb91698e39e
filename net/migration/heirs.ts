/** The warm heirs of a running match: one stream each, with a source and slow data in common. What they cost, and how old they are. */
import type { HostSession } from '../session/host.ts'
import type { MigrationReport } from '../session/migration-report.ts'
import type { PlayerId } from '../world/ids.ts'
import { HeirSource } from './heir-source.ts'
import { type HeirSent, HeirStream } from './heir-stream.ts'
import { HEIR_RATE, NEXT_HEIR_RATE } from './limits.ts'
import { SlowData } from './slow-data.ts'

export class Heirs {
  /** What the lobby's host knows and an heir needs: the lobby sets it. */
  readonly slow: SlowData
  private readonly host: HostSession
  private readonly source: HeirSource
  private streams: readonly (readonly [PlayerId, HeirStream])[] = []

  /** `slow`: the lobby's own, which outlives the match. Default: none of it. */
  constructor(host: HostSession, slow = new SlowData()) {
    this.slow = slow
    this.host = host
    this.source = new HeirSource(host)
  }

  /** These are the warm heirs, the first in rank first: it is told the world most often. Who stays keeps their stream. */
  set(heirs: readonly PlayerId[]): void {
    const { source, slow } = this
    this.streams = heirs.map(
      (heir) => this.streams.find(([known]) => known === heir) ?? [heir, new HeirStream({ heir, source, slow })],
    )
  }

  /**
   * What is due for each heir after a tick. Of the world nothing is for those who are `busy` with packets of an earlier tick. `last`: no
   * tick follows, so this one goes at once, and again until they have it.
   */
  build(
    now: number,
    busy: ReadonlySet<PlayerId>,
    last = false,
  ): { readonly heir: PlayerId; readonly sent: readonly HeirSent[] }[] {
    const { snapshotRate } = this.host.sending
    return this.streams.map(([heir, stream], rank) => {
      // No guest has a world that is newer than its snapshots.
      stream.ticksPerSecond = Math.min(snapshotRate, rank === 0 ? HEIR_RATE : NEXT_HEIR_RATE)
      return { heir, sent: last ? stream.buildLast(now) : stream.build(now, busy.has(heir)) }
    })
  }

  /** An ack (`PacketKind.heirAck`). False when the sender is hostile; null when they are no heir. */
  receive(player: PlayerId, bytes: Uint8Array): boolean | null {
    return this.streams.find(([heir]) => heir === player)?.[1].receive(bytes) ?? null
  }

  /** The newest tick that an heir can go on from; null: none, or they are no heir. */
  safeTickOf(player: PlayerId): number | null {
    return this.streams.find(([heir]) => heir === player)?.[1].safeTick ?? null
  }

  /** All that an heir has not been told of the newest tick, for bulk: the host stops with it. */
  lastFor(player: PlayerId, now: number): Uint8Array[] {
    return this.streams.find(([heir]) => heir === player)?.[1].buildLastForBulk(now) ?? []
  }

  /** The newest tick that the first heir can go on from, or the next one while that has none; null: none can. */
  get safeTick(): number | null {
    for (const [, { safeTick }] of this.streams) if (safeTick !== null) return safeTick
    return null
  }

  report(now: number): MigrationReport {
    return {
      heirs: this.streams.map(([, stream]) => stream.report(now)),
      hindrances: this.source.layouts.hasOpaque ? ['opaque'] : [],
    }
  }
}

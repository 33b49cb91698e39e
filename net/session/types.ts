/** What the developer holds while a match runs: the session, and the view of it that is drawn. */

import type { SendingReport } from '../congestion/downlink.ts'
import type { LaneStats } from '../wire/lanes.ts'
import type { Reason } from '../wire/reasons.ts'
import type { ValueOf } from '../world/fields.ts'
import type { GameShape } from '../world/game-shape.ts'
import type { EntityId, PlayerId } from '../world/ids.ts'
import type { ReadonlyValues, Values } from '../world/record-types.ts'
import type { MigrationReport } from './migration-report.ts'
import type { Recording } from './recordings.ts'
import type { View, WorldReport } from './shown.ts'

export type * from './shown.ts'
export type { MigrationReport, SendingReport }

export interface EventMeta {
  /** The host's tick of the event. */
  readonly tick: number
  /** Whether this page's player did it. */
  readonly mine: boolean
}

export interface Traffic {
  bytesPerSecond: number
  packetsPerSecond: number
}

/**
 * How this page's two times stand to the host's; estimates of the moment. On the host's page they are of its player, who
 * is a client too.
 */
export interface ClockReport {
  /** How far this page's own entities are ahead of the host, ticks: half the round trip, and what its inputs wait. */
  readonly leadTicks: number
  /**
   * How far others are to be drawn behind the newest snapshot as it comes, ms: the more, the less evenly snapshots come
   * and the more of them are lost. The way from the host is not in it.
   */
  readonly presentationDelayMs: number
  /** How old the others are as they are drawn, ms: the way from the host and the delay, and more while nothing comes. */
  readonly stalenessMs: number
}

/** How a player's inputs of about the last ten seconds came to the host. */
export interface InputReport {
  /** Share of the ticks that the host ran without this player's input for them, 0 to 1. */
  readonly lateShare: number
  /**
   * How long the inputs that came in time waited for their tick, in the mean, ticks. A guest knows only the shortest wait
   * of each snapshot's inputs, so on its page this is a little less than on the host's.
   */
  readonly waitTicks: number
}

/** How the host hears one client. */
export interface ReceivingReport extends InputReport {
  /** From sending it a snapshot to hearing that it came, ms. */
  readonly rttMs: number
}

/** Something that this page has waited for in vain for more than 5 s. */
export interface WaitReport {
  /**
   * `packets`: nothing comes from the host. `snapshots`: packets come, and none can be used (`malformed` says why).
   * `ticks`: no tick of what this page predicts has come whole, so it cannot start, or is never put right; most often since
   * that is more than a tick can tell, 18 kB: change less at once, or use `predict: 'none'`. `acks`: the host hears none of this page's inputs.
   */
  readonly for: 'packets' | 'snapshots' | 'ticks' | 'acks'
  /** For how long, ms. */
  readonly ms: number
}

/** What the rules cost the host. */
export interface LoadReport {
  /** What a tick took in the last two seconds, in the mean, ms; 0 before. */
  readonly tickMs: number
  /** Of that, what the bots took. */
  readonly botMs: number
  /** Ticks that never ran, since the rules are too slow to make up for them: for clients the host's time shifted. */
  readonly droppedTicks: number
  /** Spawns that were kept out of the world because their type was at its `max`, by type, of the whole match; empty: none was. */
  readonly keptOut: Readonly<Record<string, number>>
}

/** Figures of the last second, and of the real channels; for overlays and tests. */
export interface SessionStats {
  role: 'host' | 'client'
  /** The newest tick this page simulated (the host's own page: of the host). */
  tick: number
  /** Round trip to the host in ms; 0 on the host. */
  rttMs: number
  /** Share of the host's packets that did not arrive, 0 to 1. */
  loss: number
  up: Traffic
  down: Traffic
  snapshotBytes: { last: number; mean: number; max: number }
  entities: { predicted: number; presented: number }
  lanes: Record<'state' | 'bulk', LaneStats>
  clock: ClockReport
  /**
   * What makes this page tick: `timer` where its policy forbids workers from a blob, so that a hidden tab runs unevenly, on
   * what its links bring; null while nothing runs.
   */
  ticker: 'worker' | 'timer' | null
  /** Of this page's player. */
  inputs: InputReport
  /** On the host's page, by player: how each is sent to. Empty elsewhere. */
  sending: ReadonlyMap<PlayerId, SendingReport>
  /** On the host's page, by player: how each is heard. Empty elsewhere. */
  receiving: ReadonlyMap<PlayerId, ReceivingReport>
  /** On the host's page: what the rules take. Null elsewhere. */
  load: LoadReport | null
  /** On the host's page: the pages that could go on with the match. Null elsewhere, and while there is none. */
  migration: MigrationReport | null
  /** What this page waits for in vain; null when all is well. In development the console says what to do. */
  waits: WaitReport | null
  /** Snapshots in which the predicted state differed from the host's. */
  corrections: number
  /**
   * Packets that were dropped, by defect: `packet` none of this protocol, `epoch` of another match or host, `input` and
   * `snapshot` with a body that breaks a rule, `baseline` building on what this page does not have, `stale` a second old or
   * more, `flood` more than any honest page sends. `refused`: dropped by the links, as empty or oversized messages, texts and
   * channels of the other side's own.
   */
  malformed: Readonly<Record<string, number>>
  /** Packets of an earlier match or host, or of the next one. They are dropped, and nobody is at fault. */
  otherEpoch: number
}

/** Somebody who is or was a player of the lobby while this page was in it. */
export interface SessionPlayer {
  readonly id: PlayerId
  /** The name in the lobby: 1 to 20 characters, different from everybody's who was there at the same time. */
  readonly name: string
  /** Whether it is this page's player. */
  readonly mine: boolean
  /** Whether the seat is still theirs: also of one who is away and may return. */
  readonly here: boolean
}

/** The figures of a match on a host without a player of its own: those of {@link SessionStats} that are not about a player. */
export type HeadlessStats = Pick<
  SessionStats,
  | 'role'
  | 'tick'
  | 'up'
  | 'down'
  | 'snapshotBytes'
  | 'ticker'
  | 'sending'
  | 'receiving'
  | 'load'
  | 'migration'
  | 'malformed'
  | 'otherEpoch'
>

/** A running match on a host without a player of its own: nobody there gives input or sees a view. */
export interface HeadlessSession extends Pick<Session<GameShape>, 'players' | 'nameOf' | 'ended' | 'world' | 'record'> {
  stats(): HeadlessStats
}

/** Something that was predicted wrongly. */
export interface ToldDivergence {
  /**
   * `snapshot`: the host has it otherwise. `replay`, in development: the same tick, run again from the same state, gave
   * otherwise, so that `step` reads or writes something outside of the world.
   */
  readonly by: 'snapshot' | 'replay'
  readonly tick: number
  /** The entity's type and id. */
  readonly type: string
  readonly id: EntityId
  /** The first field that differs; null when only one side has the entity. */
  readonly field: string | null
  readonly predicted: unknown
  readonly confirmed: unknown
  /** All of it in a sentence. */
  readonly message: string
}

/** Another page has become the host, and the match goes on. */
export interface Migrated {
  /** The player of the new host; null: it has none. */
  readonly host: PlayerId | null
  /** Whether it is this page. */
  readonly mine: boolean
  /** The tick that it goes on from. What happened after it is decided anew. */
  readonly tick: number
}

/** A running match, the same for the host's player and for guests. */
export interface Session<G extends GameShape> {
  /** This page's player or spectator. Another one after `lobby.spectate`. */
  readonly me: PlayerId
  /**
   * Whether this page only watches: it is in no `view.players`, its `input` is dropped (in development the console says so), and its
   * `command` rejects. Everything is drawn some way behind the host, 20 snapshots a second, as `relevant` shows it for null.
   */
  readonly spectating: boolean
  /**
   * Every player whom this page has met in the lobby, those who left included, in the order in which they came; no spectators,
   * who are in `lobby.roster`.
   */
  readonly players: readonly SessionPlayer[]
  /**
   * A player's name, also of one who left: for scores and feeds. `'Player'` for somebody who left before this page came,
   * whose name it was never told.
   */
  nameOf(player: PlayerId): string
  /** What this player does from now on; fields left out keep their value, buttons are pressed until the next tick took them. */
  input(values: Partial<Values<G['input']>>): void
  /**
   * The world as it is to be drawn at `nowMs` (`performance.now()`, or the time that requestAnimationFrame gave). It is only
   * read: what a page writes to it is dropped.
   * @throws TypeError when `nowMs` is no finite number.
   */
  view(nowMs: number): View<G>
  /**
   * Calls `heard` once per event, at the event's timing. Events during a disconnect are not replayed. Calls `denied` for an
   * event that was told but did not happen: a wrong prediction of this page, within about half a second, or after a change
   * of host an event that the new host decided otherwise. Returns a function that removes both listeners.
   */
  on<Name extends keyof G['events'] & string>(
    event: Name,
    heard: (payload: ReadonlyValues<G['events'][Name]['fields']>, meta: EventMeta) => void,
    denied?: (payload: ReadonlyValues<G['events'][Name]['fields']>, meta: EventMeta) => void,
  ): () => void
  /**
   * Hears of every snapshot in which what this page had predicted was wrong, and of the first field that was. It is
   * corrected by itself; this is for finding out why. Contact with others, a late input or chance are ordinary causes,
   * `step` reading something outside of the world is a fault: in development every tick runs twice, and the first that
   * gives two results is told here, too.
   */
  on(event: 'diverged', heard: (divergence: ToldDivergence) => void): () => void
  /** Hears of every change of host, for a banner: a game has nothing to do. */
  on(event: 'migrated', heard: (migrated: Migrated) => void): () => void
  /**
   * Asks the referee; resolves with its answer. Rejects with a StarwireError when the match ends first, and, as
   * `host-silent`, when the connection is lost before the answer, or as `host-changed` when another host goes on that cannot tell:
   * whether it ran is then not known. It never runs twice.
   */
  command<Name extends keyof G['commands'] & string>(
    name: Name,
    payload: Values<G['commands'][Name]['fields']>,
  ): Promise<ValueOf<G['commands'][Name]['result']>>
  /**
   * Resolves when the match is over for this page, with the reason: `over` when the host ended it and the lobby goes on; null
   * after this page left by itself.
   */
  readonly ended: Promise<Reason | null>
  stats(): SessionStats
  /**
   * Globals, players' records and entities, each at the newest tick that was confirmed for it at or before `tick` (default:
   * the newest); two seconds are kept.
   */
  world(tick?: number): WorldReport
  /**
   * Begins to record the match, from now on. At the host the inputs of everybody, so that it can run again to the bit; elsewhere what
   * this page shows and its packets, of the last 30 s. Loads its code first, so a page that never records does not pay for it.
   */
  record(): Promise<Recording<G>>
}

/** The replay that the developer gets: a recorded match that is drawn like a running one. Time comes in as an argument. */

import type { RecordedPacket, RecordingAbout, Replay, ReplayFailure } from '../session/recordings.ts'
import type { Source } from '../session/source.ts'
import type { ReportedEntity, ReportedPlayer, View, WorldReport } from '../session/types.ts'
import { DrawnWorld } from '../session/view.ts'
import type { GameShape } from '../world/game-shape.ts'
import { checkFinite, checkListener, describeGiven, named } from '../world/given.ts'
import { type EntityId, GLOBALS_ID, type PlayerId } from '../world/ids.ts'
import { plainValues, type RecordCopy } from '../world/record.ts'
import type { ReadonlyValues } from '../world/record-types.ts'
import type { CompiledField } from '../world/schema.ts'
import type { Track } from './track.ts'

const MIN_SPEED = 0.1
const MAX_SPEED = 16
/** A page that drew nothing for longer than this was hidden, and the replay waits instead of jumping ahead; ms. */
const MAX_FRAME_MS = 250

type Heard = (payload: never, meta: { readonly tick: number }) => void

export interface RecordedMatchOptions {
  readonly about: RecordingAbout
  readonly track: Track
  readonly packets: readonly RecordedPacket[]
  /** Whose page draws. */
  readonly me: PlayerId
}

export class RecordedMatch<G extends GameShape> implements Replay<G> {
  readonly about: RecordingAbout
  readonly packets: readonly RecordedPacket[]
  readonly track: Track
  private readonly drawn: DrawnWorld
  private readonly listeners = new Map<string, Set<Heard>>()
  /** The tick that is drawn, with its fraction. */
  private position: number
  private speed: number | null = null
  /** The time of the frame before, while it plays. */
  private drawnAt: number | null = null

  constructor({ about, track, packets, me }: RecordedMatchOptions) {
    this.about = about
    this.track = track
    this.packets = packets
    this.position = track.firstTick
    this.drawn = new DrawnWorld(me, sourceOf(track))
  }

  get firstTick(): number {
    return this.track.firstTick
  }

  get lastTick(): number {
    return this.track.lastTick
  }

  get tick(): number {
    return this.track.tick
  }

  get playing(): boolean {
    return this.speed !== null
  }

  get failure(): ReplayFailure | null {
    return this.track.failure
  }

  get hash(): number {
    return this.track.hash()
  }

  seek(tick: number): void {
    checkFinite('The tick', tick, 'one from firstTick to lastTick')
    this.track.go(Math.round(tick))
    this.position = this.track.tick
    this.drawn.jump()
  }

  play(speed = 1): void {
    if (!(typeof speed === 'number' && speed >= MIN_SPEED && speed <= MAX_SPEED))
      throw new RangeError(
        `A replay plays at ${MIN_SPEED} to ${MAX_SPEED} times real time, not ${describeGiven(speed)}.`,
      )
    this.speed = speed
    this.drawnAt = null
  }

  pause(): void {
    this.speed = null
  }

  view(nowMs: number): View<G> {
    checkFinite('The time', nowMs, 'performance.now(), in ms')
    if (this.speed !== null) this.playTo(nowMs, this.speed)
    this.drawn.update(nowMs, this.position, this.position + 1)
    // The core works on plain records; the game's types were checked where they were defined.
    return this.drawn as unknown as View<G>
  }

  private playTo(nowMs: number, speed: number): void {
    const ms = Math.max(0, Math.min(MAX_FRAME_MS, nowMs - (this.drawnAt ?? nowMs)))
    this.drawnAt = nowMs
    this.position += (ms * speed * this.about.tickRate) / 1000
    while (this.track.tick < Math.min(Math.ceil(this.position), this.lastTick)) {
      this.track.go(this.track.tick + 1)
      this.tellEvents()
    }
    if (this.position < this.lastTick) return
    this.position = this.track.tick
    this.speed = null
  }

  private tellEvents(): void {
    const { tick, emitted } = this.track
    for (const { type, row } of emitted)
      for (const heard of this.listeners.get(type.name) ?? []) heard(plainValues(type.fields, row) as never, { tick })
  }

  on<Name extends keyof G['events'] & string>(
    event: Name,
    heard: (payload: ReadonlyValues<G['events'][Name]['fields']>, meta: { readonly tick: number }) => void,
  ): () => void {
    checkListener(event, heard)
    named('event', event, this.track.world.game.schema.eventsByName)
    const all = this.listeners.get(event) ?? new Set()
    this.listeners.set(event, all.add(heard))
    return () => all.delete(heard)
  }

  world(): WorldReport {
    return reportOf(this.track, this.about)
  }

  inputOf(player: PlayerId): ReadonlyValues<G['input']> | null {
    const row = this.track.inputOf(player)
    return row && (plainValues(this.track.world.game.schema.input, row) as ReadonlyValues<G['input']>)
  }

  check(): number | null {
    const { track } = this
    track.go(track.firstTick)
    let differs = false
    while (!differs && track.tick < track.lastTick) {
      track.go(track.tick + 1)
      const { recordedHash } = track
      differs = recordedHash !== null && (track.hash() & 0xff) !== recordedHash
    }
    this.seek(track.tick)
    return differs ? track.tick : null
  }
}

/** A replay steps everything and confirms nothing. */
function sourceOf(track: Track): Source {
  const states = new WeakMap<readonly RecordCopy[], { readonly records: ReadonlyMap<EntityId, RecordCopy> }>()
  return {
    world: track.world,
    get tick() {
      return track.tick
    },
    stateAt(tick) {
      const records = track.recordsAt(tick)
      if (!records) return null
      let state = states.get(records)
      if (!state) {
        const entities = records.filter(({ type }) => type.role === 'entity')
        state = { records: new Map(entities.map((record) => [record.id, record])) }
        states.set(records, state)
      }
      return state
    },
    steps: () => true,
    confirmed: { tick: 0, records: new Map() },
  }
}

/** A guest was not told what is private to others: those fields are left out. */
function reportOf(track: Track, { kind, me }: RecordingAbout): WorldReport {
  const { tick } = track
  let globals: WorldReport['globals'] = null
  const players: ReportedPlayer[] = []
  const entities: ReportedEntity[] = []
  for (const { type, id, owner, row } of track.recordsAt(tick) ?? []) {
    const shows = ({ audience }: CompiledField): boolean =>
      kind === 'host' || audience === 'all' || (audience !== 'nobody' && owner === me)
    const fields = plainValues(type, row, shows)
    if (id === GLOBALS_ID) globals = { tick, fields }
    else if (type.role === 'player') players.push({ id: id as number as PlayerId, tick, fields })
    else entities.push({ id, type: type.name, predicted: kind === 'host', tick, fields })
  }
  return { tick, globals, players, entities }
}

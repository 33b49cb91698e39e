/**
 * The world: all records of a match at one tick, and what the rules may do with them. One class serves the host and
 * the clients; a client's world differs in what it predicts, so in what it lets `step` write, spawn and emit.
 */
import { addressees, checkEmitOptions, place } from './audience.ts'
import { completeValues, type PlainValues } from './complete-values.ts'
import type { Emitted } from './emitted.ts'
import type { AnyGame } from './game.ts'
import { checkNoPromise, checkObject, named } from './given.ts'
import { checkId, checkPlayer, idOf, nameOf } from './given-ids.ts'
import {
  type EntityId,
  FIRST_REFEREE_ID,
  GLOBALS_ID,
  inputId,
  isEntityId,
  isPlayerId,
  MAX_RECORDS,
  type PlayerId,
} from './ids.ts'
import { type Inspect, inspectCustom, inspectedAs } from './inspect.ts'
import { Ordinals } from './ordinals.ts'
import type { PendingCommand, ReceivedCommand } from './pending-commands.ts'
import { hashToUnit, nextSecret } from './random.ts'
import { assignInit, GameRecord, type Holder, initialNumbers, initialObjects, plainValues, type Row } from './record.ts'
import { alive, RecordLists } from './record-lists.ts'
import type { Identity } from './record-types.ts'
import type { Rewind, RewoundWorld } from './rewind.ts'
import { roundRow } from './rounding.ts'
import type { EmitOptions } from './rules.ts'
import type { RecordType } from './schema.ts'

/** Which rule runs. `idle`: none, between ticks; then whoever holds the world may write everything. */
export type Phase = 'idle' | 'step' | 'referee'

export interface WorldOptions {
  readonly game: AnyGame
  /** The seed of `random`, shared by everybody. */
  readonly seed: number
  /** The seed of `secret`, four whole numbers below 2^32 that only the host knows. */
  readonly secret?: readonly number[]
  readonly options?: PlainValues
  /** As they were when the match began. */
  readonly settings?: PlainValues
  /** The player who predicts here; null on the host. */
  readonly predicting: PlayerId | null
  /** Called with a sentence when the rules write what they may not. Default: not called. */
  readonly refused?: (problem: string) => void
}

export class World implements Holder, RewoundWorld {
  readonly game: AnyGame
  readonly seed: number
  readonly dt: number
  readonly options: PlainValues
  readonly settings: PlainValues
  readonly predicting: PlayerId | null
  tick = 0
  phase: Phase = 'idle'
  players: readonly PlayerId[] = []
  joined: readonly PlayerId[] = []
  left: readonly PlayerId[] = []
  gone: readonly PlayerId[] = []
  returned: readonly PlayerId[] = []
  emitted: Emitted[] = []
  pending: PendingCommand[] = []
  /** Entities that were removed in this tick. */
  removed: GameRecord[] = []
  /** Spawns of this tick that exceeded the `max` of their type: they are not in the world. */
  readonly keptOut = new Map<RecordType, number>()
  nextRefereeId = FIRST_REFEREE_ID
  secretState: Uint32Array
  /** Gives the world as a player saw it; null: everybody sees the present. */
  rewind: Rewind | null = null
  readonly records: ReadonlyMap<EntityId, GameRecord>
  /** What the bots remember, by player. The rules do not see it. */
  readonly memories = new Map<PlayerId, GameRecord>()
  private readonly lists: RecordLists
  private readonly ordinals = new Ordinals()
  private readonly neutral: GameRecord
  private readonly absent: GameRecord
  private readonly refused: (problem: string) => void
  private readonly saidFull = new Set<RecordType>()

  constructor({ game, seed, secret, options, settings, predicting, refused }: WorldOptions) {
    this.game = game
    this.seed = seed
    this.dt = 1 / game.tickRate
    this.predicting = predicting
    this.refused = refused ?? (() => {})
    this.secretState = Uint32Array.from(secret ?? [1, 2, 3, 4].map((n) => hashToUnit(seed, 0, 0, n) * 2 ** 32))
    this.lists = new RecordLists(game.schema.types, (type, owner) => this.predicts(type, owner))
    this.records = this.lists.byId
    this.options = completeValues(game.schema.options, options ?? {}, this.refused)
    this.settings = completeValues(game.schema.settings, settings ?? {}, this.refused)
    this.neutral = this.frozen(game.schema.input)
    this.absent = this.frozen(game.schema.player)
    const globals = this.make(game.schema.globals, GLOBALS_ID as EntityId, null)
    // A client receives them from the host. A write by the page would stay visible in its view.
    globals.$writable = predicting === null
    this.insert(globals)
  }

  get refereeing(): boolean {
    return this.phase !== 'step'
  }

  exists(id: EntityId): boolean {
    return this.records.has(id)
  }

  refuse(problem: string): void {
    this.refused(problem)
  }

  get seesHidden(): boolean {
    return this.predicting === null
  }

  whyReadOnly(record: GameRecord): string | null {
    const { role } = record.$type
    if (record.$drawn || (this.predicting !== null && this.phase === 'idle'))
      return 'in a view, which is only read: inputs, commands and the rules change the game'
    if (role === 'input') return 'by the rules, but what a player does is only read'
    if (record === this.absent) return 'of a player who is not in the match: look in world.players first'
    // On a client, `step` may write to entities of others: the write is dropped without a word, so that the rules stay one file.
    if (this.records.get(record.id) === record)
      return role === 'entity' ? null : 'in step, but only referee may write it'
    return 'as somebody saw it: asSeenBy is only read. Change the entity itself: world.get(type, id)'
  }

  get globals(): GameRecord {
    return this.records.get(GLOBALS_ID as EntityId) ?? this.neutral
  }

  player(id: PlayerId): GameRecord {
    return this.records.get(checkPlayer('player', id) as number as EntityId) ?? this.absent
  }

  inputOf(id: PlayerId | null): GameRecord {
    if (id !== null) checkPlayer('inputOf', id)
    return (id !== null && this.records.get(inputId(id))) || this.neutral
  }

  all(name: string): Iterable<GameRecord> {
    return alive(this.list(this.entityType(name)))
  }

  /** @throws TypeError for a name that the game does not have. */
  entityType(name: string): RecordType {
    return named('entity type', name, this.game.schema.entities)
  }

  asSeenBy(player: PlayerId | null): RewoundWorld {
    if (player !== null) checkPlayer('asSeenBy', player)
    return (player !== null && this.rewind?.of(player)) || this
  }

  /** How many records of a type there are. */
  count(type: RecordType): number {
    return this.lists.count(type)
  }

  /** Every record of a type, in the order of ids. The array never changes: a loop that runs keeps its own. */
  list(type: RecordType): readonly GameRecord[] {
    return this.lists.list(type)
  }

  get(name: string, id: EntityId | null): GameRecord | null {
    const type = this.entityType(name)
    const record = id === null || id === undefined ? undefined : this.records.get(checkId(name, id))
    return record?.$type === type ? record : null
  }

  /** Whether `step` changes such a record on this machine. Always true on the host. */
  predicts(type: RecordType, owner: PlayerId | null): boolean {
    if (this.predicting === null) return true
    return type.predict === 'all' || (type.predict === 'owner' && owner === this.predicting)
  }

  spawn(name: string, init: Readonly<Record<string, unknown>>): GameRecord {
    const type = this.entityType(name)
    checkObject(`The ${name} was given`, init, ['owner', ...type.names])
    const owner = (init.owner ?? null) as PlayerId | null
    if (owner !== null && !isPlayerId(owner))
      throw new TypeError(
        `The owner of a new ${name} is ${String(owner)}, which is no player. Give a player's id, or null.`,
      )
    if (type.max === null && this.count(type) >= MAX_RECORDS)
      throw new RangeError(
        `There are ${MAX_RECORDS} of ${name} already, the most that a world can hold. Remove some, make one stand for many, or give the type a max.`,
      )
    const { owner: _, ...fields } = init
    const record = this.make(type, this.nextId(name, owner), owner)
    assignInit(record, fields)
    // This client does not predict it. `step` still gets an entity that it can write to, but it is not in the world.
    if (!this.predicts(type, owner)) return record
    // The id is used up either way: the next spawn has the same id on host and client, even if only one of them was full.
    if (this.isFull(type)) this.keepOut(type)
    else this.insert(record)
    return record
  }

  /**
   * A client counts only what it predicts. It knows too little of the rest, and would keep out what the host lets in.
   */
  private isFull(type: RecordType): boolean {
    return type.max !== null && this.lists.countPredicted(type) >= type.max
  }

  private keepOut(type: RecordType): void {
    this.keptOut.set(type, (this.keptOut.get(type) ?? 0) + 1)
    if (this.saidFull.has(type)) return
    this.saidFull.add(type)
    this.refuse(
      `There are ${type.max} of ${type.name}, its max, so one more that the rules spawned is kept out of the world. Remove some first, spawn fewer, or raise max in entity(…, { max })`,
    )
  }

  private nextId(name: string, owner: PlayerId | null): EntityId {
    if (this.phase !== 'step') return this.nextRefereeId++ as EntityId
    if (owner === null)
      throw new TypeError(
        `step spawns a ${name} without an owner. Give it one, or spawn it in referee: only then can clients know it.`,
      )
    return this.ordinals.nextSpawn(owner, this.tick)
  }

  /** Removing an entity twice is allowed: two shots may hit it in one tick. */
  remove(entity: Identity | EntityId): void {
    const id = idOf(entity)
    if (!isEntityId(id))
      throw new TypeError(`remove was given ${nameOf(entity)}, which is no entity. Give an entity, or its id.`)
    const record = this.records.get(id)
    if (!record?.$writable) return
    this.detach(record)
    this.removed.push(record)
  }

  emit(name: string, payload: Readonly<Record<string, unknown>>, options: EmitOptions<unknown> = {}): void {
    const type = named('event', name, this.game.schema.eventsByName)
    checkEmitOptions(options)
    const { owner = null } = options
    if (owner !== null && !isPlayerId(owner))
      throw new TypeError(
        `The owner of this ${name} is ${String(owner)}, which is no player. Give a player's id, or leave it out.`,
      )
    const to = addressees(this, name, owner, options)
    const at = place(options)
    if (this.predicting !== null && (owner !== this.predicting || type.timing !== 'predicted')) return
    // An event without fields needs no payload.
    const given = payload === undefined && type.fields.fields.length === 0 ? {} : payload
    const ordinal = this.ordinals.nextEvent(type.timing, owner, this.phase === 'step')
    // The host does not tell this player either. It is counted all the same, so that later events get the host's ordinals.
    if (this.predicting !== null && to !== null && !to.includes(this.predicting)) return
    this.emitted.push({ type, tick: this.tick, owner, ordinal, row: this.message(type.fields, given), to, at })
  }

  /** The payload of an event or a command as a row: in range and on the grid. */
  message(type: RecordType, payload: Readonly<Record<string, unknown>>): Row {
    const made = this.make(type, 0 as EntityId, null)
    const phase = this.phase
    this.phase = 'idle'
    assignInit(made, payload)
    this.phase = phase
    roundRow(type, made)
    return made
  }

  commands(name: string): Generator<ReceivedCommand> {
    named('command', name, this.game.schema.commandsByName)
    return this.pendingOf(name)
  }

  private *pendingOf(name: string): Generator<ReceivedCommand> {
    for (const command of this.pending) {
      if (command.type.name !== name) continue
      const { from, row, type } = command
      yield {
        from,
        payload: plainValues(type.fields, row),
        reply: (result) => {
          command.reply = this.message(type.result, { result })
        },
      }
    }
  }

  random(n: number, entity?: Identity | EntityId): number {
    if (typeof n !== 'number' || Number.isNaN(n))
      throw new TypeError(`random was given ${nameOf(n)}: give a number that tells this draw from others of the tick.`)
    const id = entity === undefined ? 0 : idOf(entity)
    if (!Number.isInteger(id))
      throw new TypeError(`random was given ${nameOf(entity)} as an entity. Give an entity, its id, or nothing.`)
    return hashToUnit(this.seed, this.tick, id as number, n)
  }

  secret(): number {
    return nextSecret(this.secretState)
  }

  /** The world as plain data. */
  toJSON(): Record<string, unknown> {
    const { tick, players, options, settings, globals } = this
    const entities = [...this.game.schema.entities.values()].flatMap((type) => this.list(type))
    return { tick, players: players.map((id) => ({ ...this.player(id), id })), options, settings, globals, entities }
  }

  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    return inspectedAs('world', this.toJSON(), options, inspect)
  }

  /** Starts a tick: resets the counters and forgets the events and removals of the last one. */
  begin(tick: number): void {
    this.tick = tick
    this.ordinals.clear()
    this.emitted = []
    this.removed = []
    this.keptOut.clear()
  }

  step(): void {
    this.phase = 'step'
    try {
      checkNoPromise('step', this.game.rules.step(this))
    } finally {
      this.phase = 'idle'
    }
  }

  referee(): void {
    this.phase = 'referee'
    try {
      checkNoPromise('referee', this.game.rules.referee?.(this))
    } finally {
      this.phase = 'idle'
    }
  }

  /** Rounds every record that this machine may write to the simulation's grid. */
  round(): void {
    for (const record of this.lists.all()) if (record.$writable) roundRow(record.$type, record)
  }

  /** A new record that is not in the world yet: see `insert`. */
  make(type: RecordType, id: EntityId, owner: PlayerId | null, row?: Row): GameRecord {
    return new GameRecord(type, this, id, owner, row)
  }

  private frozen(type: RecordType): GameRecord {
    const record = this.make(type, 0 as EntityId, null, {
      numbers: initialNumbers(type),
      objects: initialObjects(type),
    })
    record.$writable = false
    return record
  }

  insert(record: GameRecord): void {
    this.lists.insert(record)
  }

  /** Takes a record out of the world, without telling the rules. */
  detach(record: GameRecord): void {
    this.lists.remove(record)
  }

  /** Gives a player a seat in the world: its record, with what the player chose, and its input. */
  seat(id: PlayerId, choice: PlainValues = {}): void {
    if (this.players.includes(id)) return
    this.players = [...this.players, id].sort((a, b) => a - b)
    const record = this.make(this.game.schema.player, id as number as EntityId, id)
    assignInit(record, choice)
    this.insert(record)
    const input = this.make(this.game.schema.input, inputId(id), id)
    // Rules read inputs; whoever drives the tick sets them by their row.
    input.$writable = false
    this.insert(input)
  }

  /** What a bot remembers; at first the defaults. */
  memoryOf(player: PlayerId): GameRecord {
    let memory = this.memories.get(player)
    if (!memory) {
      memory = this.make(this.game.schema.memory, 0 as EntityId, player)
      this.memories.set(player, memory)
    }
    return memory
  }

  /** Frees a seat: the player's record, input and entities go. */
  unseat(id: PlayerId): void {
    this.memories.delete(id)
    for (const record of [...this.records.values()])
      if (record.owner === id && record.$type.role === 'entity') this.remove(record)
    this.players = this.players.filter((other) => other !== id)
    for (const recordId of [id as number as EntityId, inputId(id)]) {
      const record = this.records.get(recordId)
      if (record) this.detach(record)
    }
  }

  /** Forgets every record, for loading. */
  clear(): void {
    this.lists.clear()
    this.memories.clear()
    this.players = []
  }
}

/**
 * The world: all records of a match at one tick, and what the rules may do with them. One class serves the host and
 * the clients; a client's world differs in what it predicts, so in what it lets `step` write, spawn and emit.
 */
import { addressees, checkEmitOptions, place } from './audience.ts'
import type { AnyGame, CommandType, EventType } from './game.ts'
import { checkNoPromise, checkObject, named } from './given.ts'
import {
  type EntityId,
  FIRST_REFEREE_ID,
  FIRST_REFEREE_ORDINAL,
  GLOBALS_ID,
  inputId,
  isEntityId,
  isPlayerId,
  MAX_ORDINAL,
  MAX_RECORDS,
  type PlayerId,
  spawnedId,
} from './ids.ts'
import { type Inspect, inspectCustom, inspectedAs } from './inspect.ts'
import { hashToUnit } from './random.ts'
import { assignInit, GameRecord, type Holder, initialNumbers, initialObjects, plainValues, type Row } from './record.ts'
import type { Rewind, RewoundWorld } from './rewind.ts'
import { roundRow } from './rounding.ts'
import type { RecordType } from './schema.ts'
import type { EmitOptions, Identity } from './types.ts'

/** `idle` is between ticks: whoever holds the world may write everything. */
export type Phase = 'idle' | 'step' | 'referee'

export interface Emitted {
  readonly type: EventType
  readonly tick: number
  /** Whose doing it is, or null for the host's; with `ordinal` it is the event's identity within its tick. */
  readonly owner: PlayerId | null
  readonly ordinal: number
  readonly row: Row
  /** The players that it is for; null: for everybody. */
  readonly to: readonly PlayerId[] | null
  /** The entity that has to be seen to hear of it; null: none. */
  readonly at: EntityId | null
}

export interface PendingCommand {
  readonly type: CommandType
  readonly from: PlayerId
  readonly id: number
  readonly row: Row
  reply: Row | null
}

interface ReceivedCommand {
  readonly from: PlayerId
  readonly payload: Readonly<Record<string, unknown>>
  reply(result: unknown): void
}

/**
 * What was made for one player in this tick. A client emits only events of predicted types, and only by `step`, so those
 * are numbered apart.
 */
interface Ordinals {
  spawned: number
  predicted: number
  told: number
  refereed: number
}

export interface WorldOptions {
  readonly game: AnyGame
  /** The seed of `random`, shared by everybody. */
  readonly seed: number
  /** The seed of `secret`, four whole numbers below 2^32 that only the host knows. */
  readonly secret?: readonly number[]
  readonly options?: Readonly<Record<string, unknown>>
  /** The player who predicts here; null on the host. */
  readonly predicting: PlayerId | null
  /** Hears of writes that the rules do not allow. Default: nobody. */
  readonly refused?: (problem: string) => void
}

export class World implements Holder, RewoundWorld {
  readonly game: AnyGame
  readonly seed: number
  readonly dt: number
  readonly options: Readonly<Record<string, unknown>>
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
  /** Entities removed in this tick, for tombstones. */
  removed: GameRecord[] = []
  /** Spawns of this tick that were above the max of their type. */
  readonly keptOut = new Map<RecordType, number>()
  nextRefereeId = FIRST_REFEREE_ID
  secretState: Uint32Array
  /** Who knows what players saw; null: they see the present. */
  rewind: Rewind | null = null
  readonly records = new Map<EntityId, GameRecord>()
  /** By type index, in id order once somebody has looked, with what was removed since it was last looked at. */
  private lists: Listed[]
  private readonly ordinals = new Map<PlayerId | null, Ordinals>()
  private readonly neutral: GameRecord
  private readonly absent: GameRecord
  private readonly refused: (problem: string) => void
  private readonly saidFull = new Set<RecordType>()

  constructor({ game, seed, secret, options, predicting, refused }: WorldOptions) {
    this.game = game
    this.seed = seed
    this.dt = 1 / game.tickRate
    this.predicting = predicting
    this.refused = refused ?? (() => {})
    this.secretState = Uint32Array.from(secret ?? [1, 2, 3, 4].map((n) => hashToUnit(seed, 0, 0, n) * 2 ** 32))
    this.lists = game.schema.types.map(() => newList())
    const made = this.make(game.schema.options, 0 as EntityId, null)
    assignInit(made, options ?? {})
    roundRow(game.schema.options, made)
    this.options = Object.freeze(plainValues(game.schema.options, made))
    this.neutral = this.frozen(game.schema.input)
    this.absent = this.frozen(game.schema.player)
    const globals = this.make(game.schema.globals, GLOBALS_ID as EntityId, null)
    // A client has them from the host, as it has all players' records: a page's write would stick to its view.
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
    // What a client's step writes to the entities of others is dropped: the rules stay one file.
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

  /** Throws a TypeError for a name that the game does not have. */
  entityType(name: string): RecordType {
    return named('entity type', name, this.game.schema.entities)
  }

  asSeenBy(player: PlayerId | null): RewoundWorld {
    if (player !== null) checkPlayer('asSeenBy', player)
    return (player !== null && this.rewind?.of(player)) || this
  }

  /** How many records of a type there are. */
  count(type: RecordType): number {
    const list = this.lists[type.index]
    return list ? list.records.length - list.dead : 0
  }

  /** Every record of a type, in id order. It is never changed, so that a running loop keeps its own. */
  list(type: RecordType): readonly GameRecord[] {
    const list = this.lists[type.index]
    if (!list) return []
    if (list.dead > 0) {
      list.records = list.records.filter(({ $alive }) => $alive)
      list.dead = 0
    }
    if (!list.sorted) {
      list.records.sort((a, b) => a.id - b.id)
      list.sorted = true
    }
    list.lent = true
    return list.records
  }

  get(name: string, id: EntityId | null): GameRecord | null {
    const type = this.entityType(name)
    const record = id === null || id === undefined ? undefined : this.records.get(checkId(name, id))
    return record?.$type === type ? record : null
  }

  /** Whether this machine steps the record ahead of the host; on the host, always. */
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
    // What others spawn is not this client's to predict: `step` gets an entity to write to, and nobody sees it.
    if (!this.predicts(type, owner)) return record
    // It has used up its id, so that what is spawned next has the same one on host and client, whoever was full.
    if (this.isFull(type)) this.keepOut(type)
    else this.insert(record)
    return record
  }

  /**
   * On a client those count that it predicts: of the others it knows an old and incomplete number, which would keep out
   * what the host lets in.
   */
  private isFull({ index, max }: RecordType): boolean {
    return max !== null && (this.lists[index]?.predicted ?? 0) >= max
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
    const counts = this.countsOf(owner)
    if (counts.spawned > MAX_ORDINAL)
      throw new RangeError(`step spawned more than ${MAX_ORDINAL + 1} entities of one player in one tick.`)
    return spawnedId(owner, this.tick, counts.spawned++)
  }

  private countsOf(owner: PlayerId | null): Ordinals {
    let counts = this.ordinals.get(owner)
    if (!counts) {
      counts = { spawned: 0, predicted: 0, told: 0, refereed: FIRST_REFEREE_ORDINAL }
      this.ordinals.set(owner, counts)
    }
    return counts
  }

  /** One that is gone already is no fault: two shots may hit it in one tick. */
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
    const ordinal = this.eventOrdinal(type, owner)
    // The host does not tell it either: counted, so that what follows has the number that it has there.
    if (this.predicting !== null && to !== null && !to.includes(this.predicting)) return
    this.emitted.push({ type, tick: this.tick, owner, ordinal, row: this.message(type.fields, given), to, at })
  }

  private eventOrdinal({ timing }: EventType, owner: PlayerId | null): number {
    const counts = this.countsOf(owner)
    const predicted = timing === 'predicted'
    const refereed = predicted && owner !== null && this.phase !== 'step'
    const ordinal = refereed ? counts.refereed++ : predicted ? counts.predicted++ : counts.told++
    const max = predicted && !refereed && owner !== null ? FIRST_REFEREE_ORDINAL - 1 : MAX_ORDINAL
    if (ordinal <= max) return ordinal
    const most = refereed ? max - FIRST_REFEREE_ORDINAL + 1 : max + 1
    throw new RangeError(`More than ${most} events of one player in one tick: make one event stand for many.`)
  }

  /** The row of an event's or command's payload, in range and on the grid. */
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

  /** sfc32 (Chris Doty-Humphrey): small, fast, passes PractRand. */
  secret(): number {
    const s = this.secretState
    const [a = 0, b = 0, c = 0, counter = 0] = s
    const sum = (a + b + counter) | 0
    s[3] = counter + 1
    s[0] = b ^ (b >>> 9)
    s[1] = (c + (c << 3)) | 0
    s[2] = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 4294967296
  }

  /** What the rules see, as plain data. */
  toJSON(): Record<string, unknown> {
    const { tick, players, options, globals } = this
    const entities = [...this.game.schema.entities.values()].flatMap((type) => this.list(type))
    return { tick, players: players.map((id) => ({ ...this.player(id), id })), options, globals, entities }
  }

  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    return inspectedAs('world', this.toJSON(), options, inspect)
  }

  /** Starts a tick: ordinals count anew, the last tick's news is forgotten. */
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

  /** Puts everything that this machine steps on the simulation's grid. */
  round(): void {
    for (const { records } of this.lists)
      for (const record of records) if (record.$alive && record.$writable) roundRow(record.$type, record)
  }

  /** A record of this world that nobody sees yet. */
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
    const list = this.lists[record.$type.index]
    if (!list) return
    // One copy for all that is inserted until somebody looks again: a thousand spawns are not a million steps.
    if (list.lent) {
      list.records = list.records.slice()
      list.lent = false
    }
    // What a client puts back after a tick is older than the rest: to find each its place would be a search through all.
    if ((list.records.at(-1)?.id ?? 0) > record.id) list.sorted = false
    list.records.push(record)
    if (this.predicts(record.$type, record.owner)) list.predicted++
    this.records.set(record.id, record)
  }

  detach(record: GameRecord): void {
    record.$alive = false
    const list = this.lists[record.$type.index]
    if (list) {
      list.dead++
      if (this.predicts(record.$type, record.owner)) list.predicted--
    }
    this.records.delete(record.id)
  }

  /** Gives a player a seat in the world: its record and its input. */
  seat(id: PlayerId): void {
    if (this.players.includes(id)) return
    this.players = [...this.players, id].sort((a, b) => a - b)
    this.insert(this.make(this.game.schema.player, id as number as EntityId, id))
    const input = this.make(this.game.schema.input, inputId(id), id)
    // Rules read inputs; whoever drives the tick sets them by their row.
    input.$writable = false
    this.insert(input)
  }

  /** Frees a seat: the player's record, input and entities go. */
  unseat(id: PlayerId): void {
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
    for (const record of this.records.values()) record.$alive = false
    this.records.clear()
    this.lists = this.lists.map(() => newList())
    this.players = []
  }
}

/** Of an entity or of its id, whatever it may be. */
function idOf(entity: unknown): unknown {
  return typeof entity === 'object' ? (entity as Partial<Identity> | null)?.id : entity
}

/** For a sentence: what was given instead. */
function nameOf(given: unknown): string {
  if (typeof given === 'string') return `"${given}"`
  return typeof given === 'object' && given !== null ? 'an object' : String(given)
}

/** @throws TypeError for what can be no id: it would never be found. */
export function checkId(name: string, id: EntityId): EntityId {
  if (typeof id !== 'number')
    throw new TypeError(`get was given ${nameOf(id)} for a ${name}. Give an entity's id, or null.`)
  return id
}

function checkPlayer(what: string, id: PlayerId): PlayerId {
  if (!isPlayerId(id))
    throw new TypeError(
      `${what} was given ${nameOf(id)}, which is no player. Give one of world.players, or an entity's owner that is not null.`,
    )
  return id
}

/**
 * Records of a type. `lent`: somebody may hold the array. `sorted`: they stand in the order of their ids. `dead`: how many
 * of them are detached. `predicted`: how many of the others this machine predicts; on the host, all.
 */
interface Listed {
  records: GameRecord[]
  lent: boolean
  sorted: boolean
  dead: number
  predicted: number
}

const newList = (): Listed => ({ records: [], lent: false, sorted: true, dead: 0, predicted: 0 })

/** Skips what was removed since the loop began. */
function* alive(list: readonly GameRecord[]): Generator<GameRecord> {
  for (const record of list) if (record.$alive) yield record
}

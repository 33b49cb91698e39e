/**
 * A decoder of the packets of the state lane, written from WIRE.md alone: it shares nothing with the code that it is to
 * be held against. It is made to be compared with the page line by line, not to be fast: a client keeps whole copies of
 * its slots, and what is malformed is thrown inside and caught at the edge. Numbers come out in steps of their grid.
 */

import { readEnvelope } from './msgpack-mini.ts'

// The definition, as plain JSON.

export type Audience = 'everybody' | 'owner' | 'team' | 'nobody'

export interface FieldDefinition {
  name: string
  kind: string
  min?: number
  max?: number
  step?: number
  sim?: number
  steps?: number
  wrap?: boolean
  rate?: string
  to?: string
  default?: unknown
  values?: readonly string[]
  of?: Omit<FieldDefinition, 'name'>
}

export interface MessageDefinition {
  name: string
  fields: readonly FieldDefinition[]
}

export interface CommandDefinition extends MessageDefinition {
  result: Omit<FieldDefinition, 'name'>
}

export interface EntityDefinition extends MessageDefinition {
  predict?: 'owner' | 'all' | 'none'
}

export interface Definition {
  maxPlayers: number
  tickRate: number
  input: readonly FieldDefinition[]
  globals: readonly FieldDefinition[]
  player: readonly (FieldDefinition & { chosen?: boolean })[]
  memory: readonly FieldDefinition[]
  bots: readonly string[]
  entities: readonly EntityDefinition[]
  events: readonly MessageDefinition[]
  commands: readonly CommandDefinition[]
}

// What is decoded.

export type Value = number | string | number[]
export type Values = Record<string, Value>

export interface Command {
  id: number
  type: string
  fields: Values
}

export interface InputPacket {
  kind: 2
  epoch: number
  tick: number
  ack: { sequence: number; earlier: number; holdMs: number } | null
  presentationTick: number
  eventAck: number
  resultAck: number
  inputs: Values[]
  commands: Command[]
}

export interface SnapshotHead {
  sequence: number
  baselineAge: number | null
  complete: boolean
  packetIndex: number
  last: boolean
  inputAck: number | null
  holdMs: number
  margin: number
  starved: number
  commandAck: number
  interval: number
}

export interface GameEvent {
  number: number
  tick: number
  owner: number | null
  ordinal: number
  type: string
  fields: Values
}

export interface CommandResult {
  id: number
  type: string
  result: Value
}

export interface LineForm {
  tick: number
  values: Record<string, number>
  rates: Record<string, number>
}

export interface GoneForm {
  section: Section
  type: string
  slot: number
  how: 'gone'
  reason: 'destroyed' | 'out of view'
  goneAt: number
}

export interface RecordForm {
  section: Section
  type: string
  slot: number
  how: 'full' | 'delta'
  id: number
  owner: number | null
  team: boolean
  lines: LineForm[]
  rests: Values
  now: Record<string, number>
}

export type Change = GoneForm | RecordForm

export interface SnapshotPacket {
  kind: 1
  epoch: number
  tick: number
  head: SnapshotHead
  events: GameEvent[]
  results: CommandResult[]
  parameters: string[]
  changes: Change[]
}

export type Dropped = 'malformed' | 'epoch' | 'old' | 'missing'

export interface Received {
  taken: boolean
  packet?: SnapshotPacket
  dropped?: Dropped
}

// Numbers and bits.

export class Drop extends Error {
  constructor(readonly why: Dropped) {
    super(why)
  }
}

export function ensure(rule: boolean): void {
  if (!rule) throw new Drop('malformed')
}

export function round(x: number): number {
  return Math.floor(x + 0.5)
}

/** How many bits a whole number from 0 to m takes. */
export function width(m: number): number {
  let n = 0
  while (2 ** n <= m) n++
  return n
}

export class Bits {
  private at = 0

  constructor(private readonly bytes: Uint8Array) {}

  bits(n: number): number {
    ensure(this.at + n <= this.bytes.length * 8)
    let value = 0
    for (let i = 0; i < n; i++) {
      const byte = this.bytes[this.at >> 3] ?? 0
      value = value * 2 + ((byte >> (7 - (this.at & 7))) & 1)
      this.at++
    }
    return value
  }

  flag(): boolean {
    return this.bits(1) === 1
  }

  unsigned(): number {
    let value = 0
    for (let group = 1; ; group++) {
      const more = this.flag()
      value = value * 16 + this.bits(4)
      if (!more) return value
      ensure(group < 13)
    }
  }

  rice(p: number): number {
    let h = 0
    while (h < 12 && this.flag()) h++
    if (h < 12) return h * 2 ** p + this.bits(p)
    const n = this.bits(6)
    ensure(n <= 53)
    return this.bits(n)
  }

  signedRice(p: number): number {
    const v = this.rice(p)
    return v % 2 === 0 ? v / 2 : -(v + 1) / 2
  }

  bytesOf(n: number): Uint8Array {
    ensure(this.at + n * 8 <= this.bytes.length * 8)
    return Uint8Array.from({ length: n }, () => this.bits(8))
  }

  /** The body has to end here: less than a byte is left, all zeros. */
  end(): void {
    const left = this.bytes.length * 8 - this.at
    ensure(left < 8 && this.bits(left) === 0)
  }
}

// Identity.

export const maxTick = 2 ** 26 - 1

export interface Scope {
  bits: Bits
  tick: number
  maxPlayers: number
}

function isPlayer(id: number, maxPlayers: number): boolean {
  return id >= 64 && id < 2 ** 14 && id % 64 < maxPlayers
}

export function readPlayer({ bits, maxPlayers }: Scope): number {
  const seat = bits.bits(width(maxPlayers - 1))
  const generation = bits.flag() ? bits.bits(8) : 1
  const id = 64 * generation + seat
  ensure(isPlayer(id, maxPlayers))
  return id
}

export function readPlayerOrNone(scope: Scope): number {
  return scope.bits.flag() ? readPlayer(scope) : 0
}

function readEntity(scope: Scope, a: number, o: number): number {
  const { bits, tick, maxPlayers } = scope
  if (bits.flag()) {
    const player = readPlayer(scope)
    const spawned = tick - bits.rice(a)
    const ordinal = bits.rice(o)
    ensure(spawned >= 0 && ordinal <= 255)
    return 2 ** 34 * player + 2 ** 8 * spawned + ordinal
  }
  const id = bits.unsigned() + 2 ** 16
  ensure(id < 2 ** 34 || isPlayer(spawnerOf(id), maxPlayers))
  return id
}

function readEntityOrNone(scope: Scope, a: number, o: number): number {
  return scope.bits.flag() ? readEntity(scope, a, o) : 0
}

/** The player in the id of an entity that `step` spawned; 0 for one that `referee` did. */
function spawnerOf(id: number): number {
  return Math.floor(id / 2 ** 34)
}

// Fields and their grids.

type GridName = 'exact' | 'presented'
export type Section = GridName

export interface Grid {
  step: number
  min: number
  max: number
  around: number
}

type AnyField = Omit<FieldDefinition, 'name'>

/** The grid of a number field; nothing for the other kinds. */
function gridOf(field: AnyField, which: GridName): Grid | undefined {
  const { min = 0, max = 0, step = 1, wrap = false } = field
  switch (field.kind) {
    case 'int':
      return { step: 1, min, max: wrap ? max - 1 : max, around: wrap ? max - min : 0 }
    case 'fixed': {
      const sim = field.sim ?? Math.min(1 / 4096, step)
      const s = which === 'exact' ? sim : step
      const low = which === 'exact' ? Math.ceil(min / sim - 1e-6) : round(min / step)
      const high = which === 'exact' ? Math.floor(max / sim + 1e-6) : round(max / step)
      return { step: s, min: low + 0, max: (wrap ? high - 1 : high) + 0, around: wrap ? round((max - min) / s) : 0 }
    }
    case 'angle': {
      const steps = which === 'exact' ? 65536 : (field.steps ?? 1024)
      return { step: (2 * Math.PI) / steps, min: -steps / 2, max: steps / 2 - 1, around: steps }
    }
    case 'bool':
    case 'button':
      return { step: 1, min: 0, max: 1, around: 0 }
    case 'enum':
      return { step: 1, min: 0, max: (field.values ?? []).length - 1, around: 0 }
    case 'tick':
      return { step: 1, min: 0, max: maxTick, around: 0 }
    default:
      return undefined
  }
}

function putOn(grid: Grid, value: number): number {
  const steps = round(value / grid.step)
  if (steps > grid.max) return grid.around > 0 ? grid.min : grid.max
  return Math.max(steps, grid.min) + 0
}

function initialOf(field: AnyField, which: GridName): Value {
  if (field.kind === 'string') return ''
  if (field.kind === 'list') return []
  const exact = gridOf(field, 'exact')
  const grid = gridOf(field, which)
  const given = field.default
  if (!exact || !grid) return typeof given === 'number' ? given : 0
  const place = typeof given === 'string' ? Math.max((field.values ?? []).indexOf(given), 0) : Number(given ?? 0)
  return putOn(grid, putOn(exact, place) * exact.step)
}

function audienceOf(field: FieldDefinition): Audience {
  if (field.kind === 'opaque' || field.to === 'nobody') return 'nobody'
  return field.to === 'owner' || field.to === 'team' ? field.to : 'everybody'
}

function readString(bits: Bits, max: number): string {
  const n = bits.bits(8)
  ensure(n <= max)
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bits.bytesOf(n))
  let cut = ''
  let size = 0
  for (const character of text) {
    size += new TextEncoder().encode(character).length
    if (size > max) break
    cut += character
  }
  return cut
}

function readTick({ bits, tick }: Scope, p: number): number {
  const value = tick + bits.signedRice(p)
  ensure(value >= 0 && value <= maxTick)
  return value
}

function readSteps(bits: Bits, min: number, max: number): number {
  const value = min + bits.bits(width(max - min))
  ensure(value <= max)
  return value
}

// Messages.

/** What stands where the learned parameters do not: the entity's age and ordinal, and the tick's. */
export interface Rices {
  age: number
  ordinal: number
  own: number
}

export const messageRices: Rices = { age: 5, ordinal: 0, own: 5 }

/** A value of its own: as in a message, or, with a layout's grid and parameters, as in a full. */
export function readValue(scope: Scope, field: AnyField, grid: GridName, rices: Rices): Value {
  const { bits } = scope
  if (field.kind === 'string') return readString(bits, field.max ?? 255)
  if (field.kind !== 'list') return readNumber(scope, field, grid, rices)
  const n = bits.bits(8)
  ensure(n <= (field.max ?? 255) && field.of !== undefined)
  const items: number[] = []
  for (let i = 0; i < n; i++) items.push(readNumber(scope, field.of ?? field, grid, rices))
  return items
}

function readNumber(scope: Scope, field: AnyField, which: GridName, rices: Rices): number {
  if (field.kind === 'player') return readPlayerOrNone(scope)
  if (field.kind === 'entity') return readEntityOrNone(scope, rices.age, rices.ordinal)
  if (field.kind === 'tick') return readTick(scope, rices.own)
  const grid = gridOf(field, which)
  if (!grid) throw new Drop('malformed')
  return readSteps(scope.bits, grid.min, grid.max)
}

export function readMessage(scope: Scope, fields: readonly FieldDefinition[]): Values {
  const values: Values = {}
  for (const field of fields) {
    if (field.kind !== 'opaque') values[field.name] = readValue(scope, field, 'exact', messageRices)
  }
  return values
}

export function readType<T>(bits: Bits, types: readonly T[]): T {
  const type = types[bits.bits(width(types.length - 1))]
  if (type === undefined) throw new Drop('malformed')
  return type
}

// Kind 2: inputs.

/** The packet of kind 2 in these bytes, or nothing if they are none. */
export function decodeInputs(definition: Definition, bytes: Uint8Array): InputPacket | undefined {
  const envelope = readEnvelope(bytes)
  if (envelope?.kind !== 2) return undefined
  try {
    const { epoch, tick, body } = envelope
    const bits = new Bits(body)
    const packet: InputPacket = { kind: 2, epoch, tick, ...readInputs(definition, bits, tick) }
    bits.end()
    return packet
  } catch (error) {
    if (error instanceof Drop) return undefined
    throw error
  }
}

function readInputs(definition: Definition, bits: Bits, tick: number): Omit<InputPacket, 'kind' | 'epoch' | 'tick'> {
  const scope: Scope = { bits, tick, maxPlayers: definition.maxPlayers }
  let ack: InputPacket['ack'] = null
  if (bits.flag()) {
    const sequence = bits.bits(16)
    const earlier = bits.flag() ? bits.bits(32) : 2 ** 32 - 1
    ack = { sequence, earlier, holdMs: Math.min(bits.rice(4), 1000) }
  }
  const presentationTick = tick - bits.signedRice(11) / 256
  const eventAck = bits.unsigned()
  const resultAck = bits.unsigned()
  const n = bits.unsigned()
  ensure(n >= 1 && n <= 128 && n <= tick + 1)
  const inputs: Values[] = []
  for (let i = 0; i < n; i++) {
    const before = inputs[i - 1]
    inputs.push(before && bits.flag() ? { ...before } : readMessage(scope, definition.input))
  }
  const commands: Command[] = []
  while (bits.flag()) {
    ensure(commands.length < 32)
    const id = bits.unsigned()
    ensure(id >= 1)
    const type = readType(bits, definition.commands)
    commands.push({ id, type: type.name, fields: readMessage(scope, type.fields) })
  }
  return { ack, presentationTick, eventAck, resultAck, inputs, commands }
}

// Layouts.

export interface Axis {
  name: string
  grid: Grid
  hasRate: boolean
  rateMin: number
  rateMax: number
  perTick: number
  /** Number of its first parameter. */
  first: number
}

interface Rest {
  field: FieldDefinition
  to: Audience
  initial: Value
  parameter: number
}

interface Group {
  axes: Axis[]
  /** Number of the parameter of its line's age. */
  age: number
}

export interface Layout {
  section: Section
  type: string
  what: 'globals' | 'player' | 'input' | 'entity'
  grid: GridName
  groups: Group[]
  rests: Rest[]
  hasTeam: boolean
  parameters: number
}

function axisOf(
  fields: readonly FieldDefinition[],
  field: FieldDefinition,
  which: GridName,
  tickRate: number,
): Omit<Axis, 'first'> | undefined {
  const grid = gridOf(field, which)
  if (!grid || audienceOf(field) !== 'everybody') return undefined
  const { name } = field
  if (field.rate === undefined) {
    if (field.kind !== 'fixed' && field.kind !== 'angle') return undefined
    if (fields.some((other) => other.rate === name)) return undefined
    return { name, grid, hasRate: false, rateMin: -(2 ** 18), rateMax: 2 ** 18, perTick: 2 ** 24 }
  }
  const rate = fields.find((other) => other.name === field.rate)
  const rateGrid = rate && gridOf(rate, which)
  if (!rate || !rateGrid || audienceOf(rate) !== 'everybody') return undefined
  const perTick = round((rateGrid.step / (grid.step * tickRate)) * 2 ** 28)
  return { name, grid, hasRate: true, rateMin: rateGrid.min, rateMax: rateGrid.max, perTick }
}

export function layoutOf(
  tickRate: number,
  section: Section,
  what: Layout['what'],
  grid: GridName,
  { name: type, fields }: MessageDefinition,
): Layout {
  const axes: Omit<Axis, 'first'>[] = []
  const rates = new Set<string>()
  for (const field of what === 'entity' ? fields : []) {
    const axis = axisOf(fields, field, grid, tickRate)
    if (!axis) continue
    axes.push(axis)
    if (field.rate !== undefined) rates.add(field.rate)
  }
  const angles = new Set(fields.filter((field) => field.kind === 'angle').map((field) => field.name))
  let next = 5
  const groups: Group[] = []
  for (const turning of [false, true]) {
    const group: Axis[] = []
    for (const axis of axes) {
      if (angles.has(axis.name) !== turning) continue
      group.push({ ...axis, first: next })
      next += 3
    }
    if (group.length > 0) groups.push({ axes: group, age: 0 })
  }
  for (const group of groups) group.age = next++
  const taken = new Set([...axes.map((axis) => axis.name), ...rates])
  const rests: Rest[] = []
  for (const field of fields) {
    const to = audienceOf(field)
    if (to === 'nobody' || taken.has(field.name)) continue
    rests.push({ field, to, initial: initialOf(field, grid), parameter: next++ })
  }
  const hasTeam = fields.some((field) => audienceOf(field) === 'team')
  return { section, type, what, grid, groups, rests, hasTeam, parameters: next }
}

/** All layouts of a game, in the order of their numbers. */
export function layoutsOf(definition: Definition): Layout[] {
  const { tickRate, entities } = definition
  const layouts: Layout[] = []
  for (const type of entities) {
    if (type.predict === 'owner' || type.predict === 'all') {
      layouts.push(layoutOf(tickRate, 'exact', 'entity', 'exact', type))
    }
  }
  const system = (name: 'globals' | 'player' | 'input') =>
    layouts.push(layoutOf(tickRate, 'presented', name, 'exact', { name, fields: definition[name] }))
  system('globals')
  system('player')
  if (entities.some((type) => type.predict === 'all')) system('input')
  for (const type of entities) {
    if (type.predict !== 'all') layouts.push(layoutOf(tickRate, 'presented', 'entity', 'presented', type))
  }
  return layouts
}

// Lines.

export interface AxisLine {
  tick: number
  value: number
  rate: number
}

export function fold({ min, max, around }: Grid, v: number): number {
  if (around > 0) return v - Math.floor((v - min) / around) * around
  return Math.min(Math.max(v, min), max)
}

/** The axis at a whole tick, folded. */
export function along(axis: Axis, line: AxisLine, t: number): number {
  const travel = Math.floor((line.rate * axis.perTick * (t - line.tick) + 2 ** 27) / 2 ** 28)
  return fold(axis.grid, line.value + travel)
}

/** Where the axis would be at t had its line held until `since`, its rate changing evenly from then on; not folded. */
export function foresee(axis: Axis, line: AxisLine, nextRate: number, t: number, since: number): number {
  const u = Math.min(t, Math.max(line.tick, since))
  const straight = Math.floor((line.rate * axis.perTick * (u - line.tick) + 2 ** 27) / 2 ** 28)
  const bent = Math.floor(((line.rate + nextRate) * axis.perTick * (t - u) + 2 ** 28) / 2 ** 29)
  return line.value + straight + bent
}

// States.

interface Line {
  tick: number
  values: number[]
  rates: number[]
}

export interface State {
  id: number
  owner: number | null
  team: boolean
  lines: Line[]
  rests: Value[]
}

export type Slots = Map<number, State>

/** What a client held right after a snapshot. Its parts are never changed, only replaced. */
interface Held {
  slots: Slots[]
  parameters: number[][]
}

export interface SectionScope extends Scope {
  layout: Layout
  parameters: number[]
  since: number
  you: number
}

function parameter(scope: SectionScope, number: number): number {
  return scope.parameters[number] ?? 4
}

function ricesOf(scope: SectionScope, rest: Rest): Rices {
  return { age: parameter(scope, 2), ordinal: parameter(scope, 3), own: parameter(scope, rest.parameter) }
}

function isTold(rest: Rest, state: Pick<State, 'owner' | 'team'>, you: number): boolean {
  if (rest.to === 'owner') return state.owner === you
  return rest.to === 'team' ? state.team : true
}

function readFullHead(scope: SectionScope): Pick<State, 'id' | 'owner' | 'team'> {
  const { layout, bits } = scope
  const named = (): [number, number | null] => {
    if (layout.what === 'globals') return [0, null]
    if (layout.what !== 'entity') {
      const player = readPlayer(scope)
      return [layout.what === 'input' ? 2 ** 14 + player : player, player]
    }
    const id = readEntity(scope, parameter(scope, 2), parameter(scope, 3))
    return [id, spawnerOf(id) || readPlayerOrNone(scope) || null]
  }
  const [id, owner] = named()
  return { id, owner, team: layout.hasTeam && bits.flag() }
}

function readLineTick(scope: SectionScope, group: Group): number {
  const age = scope.bits.rice(parameter(scope, group.age))
  ensure(age <= 8192 && age <= scope.tick)
  return scope.tick - age
}

function readFull(scope: SectionScope): State {
  const { bits, layout, you } = scope
  const head = readFullHead(scope)
  const lines: Line[] = []
  for (const group of layout.groups) {
    const line: Line = { tick: readLineTick(scope, group), values: [], rates: [] }
    for (const axis of group.axes) {
      const rate = axis.hasRate
        ? readSteps(bits, axis.rateMin, axis.rateMax)
        : bits.signedRice(parameter(scope, axis.first + 2))
      ensure(rate >= axis.rateMin && rate <= axis.rateMax)
      line.rates.push(rate)
      line.values.push(readSteps(bits, axis.grid.min, axis.grid.max))
    }
    lines.push(line)
  }
  const rests = layout.rests.map((rest) => rest.initial)
  for (const own of [false, true]) {
    for (const [i, rest] of layout.rests.entries()) {
      if ((rest.to !== 'everybody') !== own || !isTold(rest, head, you)) continue
      if (bits.flag()) rests[i] = readValue(scope, rest.field, layout.grid, ricesOf(scope, rest))
    }
  }
  return { ...head, lines, rests }
}

function readDeltaLine(scope: SectionScope, group: Group, old: Line): Line {
  const { bits, since } = scope
  const tick = readLineTick(scope, group)
  ensure(tick >= old.tick)
  const line: Line = { tick, values: [], rates: [] }
  for (const [i, axis] of group.axes.entries()) {
    const was: AxisLine = { tick: old.tick, value: old.values[i] ?? 0, rate: old.rates[i] ?? 0 }
    const rate = was.rate + bits.signedRice(parameter(scope, axis.first + 1))
    ensure(rate >= axis.rateMin && rate <= axis.rateMax)
    const residual = bits.signedRice(parameter(scope, axis.first))
    const reached = foresee(axis, was, rate, tick, since) + residual
    const value = axis.grid.around > 0 ? fold(axis.grid, reached) : reached
    ensure(value >= axis.grid.min && value <= axis.grid.max)
    line.rates.push(rate)
    line.values.push(value + 0)
  }
  return line
}

function readDeltaRest(scope: SectionScope, rest: Rest, old: Value): Value {
  const grid = rest.field.kind === 'tick' ? undefined : gridOf(rest.field, scope.layout.grid)
  if (!grid || width(grid.max - grid.min) <= 8 || typeof old !== 'number') {
    return readValue(scope, rest.field, scope.layout.grid, ricesOf(scope, rest))
  }
  const value = old + scope.bits.signedRice(parameter(scope, rest.parameter))
  ensure(value >= grid.min && value <= grid.max)
  return value
}

function readDelta(scope: SectionScope, old: State): State {
  const { bits, layout, you } = scope
  const lines: Line[] = []
  for (const [i, group] of layout.groups.entries()) {
    const line = old.lines[i]
    if (!line) throw new Drop('malformed')
    lines.push(bits.flag() ? readDeltaLine(scope, group, line) : line)
  }
  const rests = [...old.rests]
  for (const own of [false, true]) {
    const told = [...layout.rests.entries()].filter(
      ([, rest]) => (rest.to !== 'everybody') === own && isTold(rest, old, you),
    )
    if (told.length === 0 || !bits.flag()) continue
    for (const [i, rest] of told) {
      if (bits.flag()) rests[i] = readDeltaRest(scope, rest, old.rests[i] ?? rest.initial)
    }
  }
  return { ...old, lines, rests }
}

export function formOf(layout: Layout, slot: number, how: 'full' | 'delta', state: State, tick: number): RecordForm {
  const { id, owner, team } = state
  const form: RecordForm = {
    section: layout.section,
    type: layout.type,
    slot,
    how,
    id,
    owner,
    team,
    lines: [],
    rests: {},
    now: {},
  }
  for (const [g, group] of layout.groups.entries()) {
    const line = state.lines[g]
    if (!line) continue
    const told: LineForm = { tick: line.tick, values: {}, rates: {} }
    for (const [i, { name }] of group.axes.entries()) {
      told.values[name] = line.values[i] ?? 0
      told.rates[name] = line.rates[i] ?? 0
    }
    for (const axis of group.axes) {
      const value = told.values[axis.name] ?? 0
      const rate = told.rates[axis.name] ?? 0
      form.now[axis.name] = along(axis, { tick: line.tick, value, rate }, tick)
    }
    form.lines.push(told)
  }
  for (const [i, rest] of layout.rests.entries()) {
    const value = state.rests[i] ?? rest.initial
    form.rests[rest.field.name] = Array.isArray(value) ? [...value] : value
  }
  return form
}

// Kind 1: snapshots.

/** Is sequence a newer than b? */
function isNewer(a: number, b: number): boolean {
  const ahead = (a - b + 2 ** 16) % 2 ** 16
  return ahead >= 1 && ahead <= 32767
}

function ageOf(newer: number, older: number): number {
  return (newer - older + 2 ** 16) % 2 ** 16
}

export function readLayout(
  scope: SectionScope,
  base: Slots,
  changes: Change[],
  put: (slot: number, state: State | undefined) => void,
): void {
  const { bits, layout, tick } = scope
  if (!bits.flag()) return
  const count = bits.rice(parameter(scope, 0)) + 1
  let slot = -1
  for (let i = 0; i < count; i++) {
    slot += 1 + bits.rice(parameter(scope, 1))
    ensure(slot <= 65535)
    const how = !bits.flag() ? 'delta' : !bits.flag() ? 'full' : 'gone'
    if (how === 'delta') {
      const old = base.get(slot)
      if (!old) throw new Drop('missing')
      const state = readDelta(scope, old)
      put(slot, state)
      changes.push(formOf(layout, slot, how, state, tick))
    } else if (how === 'full') {
      const state = readFull(scope)
      put(slot, state)
      changes.push(formOf(layout, slot, how, state, tick))
    } else {
      const reason = bits.flag() ? 'out of view' : 'destroyed'
      const goneAt = tick - bits.rice(parameter(scope, 4))
      ensure(goneAt >= 0)
      put(slot, undefined)
      changes.push({ section: layout.section, type: layout.type, slot, how, reason, goneAt })
    }
  }
}

/** One client, as far as snapshots go: what it holds in each slot, and what it held after each snapshot it may need. */
export class SpecClient {
  readonly layouts: readonly Layout[]
  private readonly history = new Map<number, Held>()
  private held: Held
  private newest: { sequence: number; tick: number } | undefined
  private newestBaseline: number | undefined

  /** The epoch is that of the first snapshot taken unless it is given. */
  constructor(
    private readonly definition: Definition,
    private readonly playerId: number,
    private epoch?: number,
  ) {
    this.layouts = layoutsOf(definition)
    this.held = this.nothing()
  }

  receive(bytes: Uint8Array): Received {
    try {
      return this.read(bytes)
    } catch (error) {
      if (error instanceof Drop) return { taken: false, dropped: error.why }
      throw error
    }
  }

  private nothing(): Held {
    return {
      slots: this.layouts.map(() => new Map()),
      parameters: this.layouts.map((layout) => Array.from({ length: layout.parameters }, () => 4)),
    }
  }

  private read(bytes: Uint8Array): Received {
    const envelope = readEnvelope(bytes)
    if (envelope?.kind !== 1) throw new Drop('malformed')
    const { epoch, tick } = envelope
    if (epoch !== (this.epoch ?? epoch)) throw new Drop('epoch')
    if (this.newest && tick <= this.newest.tick - this.definition.tickRate) throw new Drop('old')
    const bits = new Bits(envelope.body)
    const scope: Scope = { bits, tick, maxPlayers: this.definition.maxPlayers }
    const head = this.readHead(scope)
    const base = this.baselineOf(head)
    const events = this.readEvents(scope)
    const results = this.readResults(scope)
    const parameters = this.readParameters(bits, base)
    const changes: Change[] = []
    const after: [number, number, State | undefined][] = []
    const since = tick - (head.baselineAge ?? 0) * head.interval
    for (const [number, layout] of this.layouts.entries()) {
      const own: SectionScope = {
        ...scope,
        layout,
        since,
        parameters: parameters[number] ?? [],
        you: this.playerId,
      }
      readLayout(own, base.slots[number] ?? new Map(), changes, (slot, state) => after.push([number, slot, state]))
    }
    bits.end()
    const packet: SnapshotPacket = {
      kind: 1,
      epoch,
      tick,
      head,
      events,
      results,
      parameters: parameters.map((list) => list.join(' ')),
      changes,
    }
    if (this.newest && !isNewer(head.sequence, this.newest.sequence)) return { taken: false, packet }
    this.epoch = epoch
    this.take(head, tick, parameters, after)
    return { taken: true, packet }
  }

  private readHead({ bits, tick }: Scope): SnapshotHead {
    const complete = bits.flag()
    const last = bits.flag()
    const sequence = bits.bits(16)
    const baselineAge = bits.flag() ? bits.rice(2) + 1 : null
    ensure(baselineAge === null || baselineAge <= 255)
    const packetIndex = bits.flag() ? bits.bits(4) : 0
    let inputAck: number | null = null
    let holdMs = 0
    let margin = 0
    if (bits.flag()) {
      inputAck = tick + bits.signedRice(3)
      ensure(inputAck >= 0 && inputAck <= maxTick)
      holdMs = Math.min(bits.rice(4), 1000)
      margin = bits.signedRice(5)
    }
    const starved = bits.rice(0)
    ensure(starved <= 64)
    const commandAck = this.definition.commands.length > 0 ? bits.unsigned() : 0
    const usual = Math.max(1, round(this.definition.tickRate / 30))
    const interval = bits.flag() ? bits.bits(5) : usual
    ensure(interval >= 1)
    return {
      sequence,
      baselineAge,
      complete,
      packetIndex,
      last,
      inputAck,
      holdMs,
      margin,
      starved,
      commandAck,
      interval,
    }
  }

  private baselineOf({ sequence, baselineAge }: SnapshotHead): Held {
    if (baselineAge === null) return this.nothing()
    const base = this.history.get((sequence - baselineAge + 2 ** 16) % 2 ** 16)
    if (!base) throw new Drop('missing')
    return base
  }

  private readEvents(scope: Scope): GameEvent[] {
    const { bits, tick: now } = scope
    const events: GameEvent[] = []
    while (bits.flag()) {
      const number = bits.unsigned()
      const type = readType(bits, this.definition.events)
      const tick = now - bits.rice(2)
      const owner = readPlayerOrNone(scope) || null
      const ordinal = bits.rice(0)
      ensure(number >= 1 && tick >= 0 && ordinal <= 255)
      events.push({ number, tick, owner, ordinal, type: type.name, fields: readMessage(scope, type.fields) })
    }
    return events
  }

  private readResults(scope: Scope): CommandResult[] {
    const { bits } = scope
    const results: CommandResult[] = []
    while (bits.flag()) {
      const id = bits.unsigned()
      ensure(id >= 1)
      const type = readType(bits, this.definition.commands)
      results.push({ id, type: type.name, result: readValue(scope, type.result, 'exact', messageRices) })
    }
    return results
  }

  private readParameters(bits: Bits, base: Held): number[][] {
    if (!bits.flag()) return base.parameters
    const from = bits.flag() ? this.nothing().parameters : base.parameters
    return from.map((list) => (bits.flag() ? list.map((old) => (bits.flag() ? bits.bits(5) : old)) : list))
  }

  private take(
    { sequence, baselineAge }: SnapshotHead,
    tick: number,
    parameters: number[][],
    after: readonly [number, number, State | undefined][],
  ): void {
    const slots = this.held.slots.map((held) => new Map(held))
    for (const [layout, slot, state] of after) {
      if (state) slots[layout]?.set(slot, state)
      else slots[layout]?.delete(slot)
    }
    this.held = { slots, parameters }
    this.history.set(sequence, this.held)
    this.newest = { sequence, tick }
    if (baselineAge !== null) {
      const baseline = (sequence - baselineAge + 2 ** 16) % 2 ** 16
      if (this.newestBaseline === undefined || isNewer(baseline, this.newestBaseline)) this.newestBaseline = baseline
    }
    // One that is too far back to be named again says nothing any more.
    if (ageOf(sequence, this.newestBaseline ?? sequence) > 255) this.newestBaseline = undefined
    for (const kept of this.history.keys()) {
      const named = this.newestBaseline !== undefined && isNewer(this.newestBaseline, kept)
      if (named || ageOf(sequence, kept) > 255) this.history.delete(kept)
    }
  }
}

/**
 * @colyseus/schema 5 with dead reckoning written by hand: an entity's anchor, rate and tick are assigned only when what
 * the client extrapolates is off by more than one wire step; every patch delivered.
 */
import { assigner, bringUp, encodePatch, type Instance, type IntField, roomTypes } from './colyseus-state.ts'
import { ADDED_RATE_RANGE, apart, type Motion, motionsOf, rateNow, reckon } from './reckoning.ts'
import type { DecodedEntity, Rival } from './rival.ts'
import type { WireEntity, WireType } from './snapshots.ts'

/** Ticks travel as 16 bits: 18 minutes at 60 a second. */
const TICKS = 0x10000

interface ReckonedType extends WireType {
  readonly motions: readonly Motion[]
  /** Indices of the fields that neither move nor are a rate. */
  readonly plain: readonly number[]
}

export const colyseusReckoning: Rival = {
  name: 'colyseus dead reckoning',
  reliable: true,
  joins: true,
  open(wireTypes, tickRate) {
    const types = wireTypes.map(reckoned)
    const declared = roomTypes(types.map((type) => ({ name: type.name, fields: declaredFields(type) })))
    const room = declared.openServer()
    const client = declared.openClient()
    const assignPlain = types.map(({ fields, plain }) => assigner(fields, plain))
    const sent: (SentMotion[] | undefined)[] = []
    return {
      encode(snapshot) {
        const { tick } = snapshot
        for (const { key } of snapshot.gone) sent[key] = undefined
        const make = (entity: WireEntity, instance: Instance): void => {
          const type = types[entity.type]
          if (!type) return
          instance.owner = entity.owner
          assignPlain[entity.type]?.(instance, entity.exact)
          sent[entity.key] = type.motions.map((motion) => anchor(type, motion, entity, instance, tick))
        }
        const update = (entity: WireEntity, instance: Instance): void => {
          const type = types[entity.type]
          const motions = sent[entity.key]
          if (!type || !motions) return
          assignPlain[entity.type]?.(instance, entity.exact)
          for (let i = 0; i < motions.length; i++) {
            const [motion, last] = [type.motions[i], motions[i]]
            if (motion && last && isOff(motion, entity, last, (tick - last.tick) / tickRate))
              motions[i] = anchor(type, motion, entity, instance, tick)
          }
        }
        bringUp(room, snapshot, make, update)
        return encodePatch(room)
      },
      decode: client.decode,
      slack(typeIndex, field) {
        const type = types[typeIndex]
        if (!type || type.plain.includes(field)) return 0
        // A rate is what it was at the anchor.
        return type.motions.some(({ parts }) => parts.some((part) => part.field === field))
          ? 1
          : Number.POSITIVE_INFINITY
      },
      *entities(tick) {
        for (const [index, map] of client.maps.entries())
          for (const [text, instance] of map.entries()) {
            const type = types[index]
            if (type) yield evaluate(type, index, Number(text), instance, tick, tickRate)
          }
      },
    }
  },
}

function reckoned(type: WireType): ReckonedType {
  const motions = motionsOf(type)
  const parts = motions.flatMap((motion) => motion.parts)
  const moves = new Set(parts.flatMap(({ field, rateField }) => [field, rateField]))
  return { ...type, motions, plain: type.fields.map((_, i) => i).filter((i) => !moves.has(i)) }
}

function declaredFields({ fields, motions }: ReckonedType): IntField[] {
  return [
    ...fields.map(({ name, wireMin, wireMax }) => ({ name, min: wireMin, max: wireMax })),
    { name: 'owner', min: 0, max: 255 },
    ...motions.map(({ stamp }) => ({ name: stamp, min: 0, max: TICKS - 1 })),
    ...motions
      .flatMap(({ parts }) => parts)
      .filter(({ rateField }) => rateField < 0)
      .map(({ rate }) => ({ name: rate, ...ADDED_RATE_RANGE })),
  ]
}

/** What the server knows that the client extrapolates from; arrays go with `Motion.parts`. */
interface SentMotion {
  readonly tick: number
  readonly anchors: readonly number[]
  readonly rates: readonly number[]
}

function anchor(
  { fields }: WireType,
  { stamp, parts }: Motion,
  entity: WireEntity,
  to: Instance,
  tick: number,
): SentMotion {
  const anchors = parts.map(({ field }) => entity.steps[field] ?? 0)
  const rates = parts.map((part) => rateNow(part, entity))
  to[stamp] = tick % TICKS
  for (const [i, { field, rate }] of parts.entries()) {
    to[fields[field]?.name ?? ''] = anchors[i] ?? 0
    to[rate] = rates[i] ?? 0
  }
  return { tick, anchors, rates }
}

function isOff({ parts }: Motion, { exact }: WireEntity, { anchors, rates }: SentMotion, seconds: number): boolean {
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]
    if (!part) continue
    const at = reckon(part, anchors[i] ?? 0, rates[i] ?? 0, seconds)
    if (Math.abs(apart(part, at, exact[part.field] ?? 0)) > 1) return true
  }
  return false
}

function evaluate(
  { fields, motions }: ReckonedType,
  type: number,
  key: number,
  instance: Instance,
  tick: number,
  tickRate: number,
): DecodedEntity {
  const steps = fields.map(({ name }) => instance[name] ?? 0)
  for (const { stamp, parts } of motions) {
    const seconds = secondsSince(instance[stamp], tick, tickRate)
    for (const part of parts)
      steps[part.field] = reckon(part, steps[part.field] ?? 0, instance[part.rate] ?? 0, seconds)
  }
  return { key, type, owner: instance.owner ?? 0, steps }
}

function secondsSince(stamp: number | undefined, tick: number, tickRate: number): number {
  return ((tick - (stamp ?? 0) + TICKS) % TICKS) / tickRate
}

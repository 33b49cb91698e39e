/** A whole snapshot as plain objects with names, as JSON and MessagePack maps send it. */
import type { NumberField } from '../../../net/world/schema.ts'
import type { DecodedEntity } from './rival.ts'
import type { Snapshot, WireType } from './snapshots.ts'

type FullEntity = { id: number; type: number; owner: number } & Record<string, number>

interface FullSnapshot {
  readonly tick: number
  readonly entities: readonly FullEntity[]
}

export function toFull(types: readonly WireType[], { tick, entities }: Snapshot): FullSnapshot {
  return {
    tick,
    entities: entities.map(({ key, type, owner, steps }) => {
      const entity: FullEntity = { id: key, type, owner }
      for (const [i, field] of (types[type]?.fields ?? []).entries()) entity[field.name] = inUnits(field, steps[i] ?? 0)
      return entity
    }),
  }
}

export function* fromFull(types: readonly WireType[], received: unknown): Generator<DecodedEntity> {
  for (const entity of (received as FullSnapshot).entities) {
    const { id, type, owner } = entity
    const fields = types[type]?.fields ?? []
    const steps = fields.map((field) => Math.round((entity[field.name] ?? 0) / field.wireStep))
    yield { key: id, type, owner, steps }
  }
}

/** Angles in four decimals of a radian, far below their step: all digits of a radian would only make it look worse. */
function inUnits(field: NumberField, steps: number): number {
  return field.kind === 'angle' ? Math.round(steps * field.wireStep * 1e4) / 1e4 : steps * field.wireStep
}

/** msgpackr, full: every entity in every snapshot, as maps with names, or as bare arrays of whole wire steps. */
import { Packr } from 'msgpackr/index-no-eval'
import { fromFull, toFull } from './full.ts'
import type { DecodedEntity, Rival } from './rival.ts'

// Shared record structures break on a lossy link, so both spell everything out.
const packr = new Packr({ useRecords: false })

export const msgpackMaps: Rival = {
  name: 'msgpackr full maps',
  reliable: false,
  joins: false,
  open(types) {
    let received: unknown = null
    return {
      encode: (snapshot) => packr.pack(toFull(types, snapshot)),
      decode(bytes) {
        received = packr.unpack(bytes)
      },
      entities: () => fromFull(types, received),
      slack: () => 0,
    }
  },
}

type PackedEntity = readonly [key: number, type: number, owner: number, ...steps: number[]]

export const msgpackArrays: Rival = {
  name: 'msgpackr quantized arrays',
  reliable: false,
  joins: false,
  open() {
    let received: unknown = null
    return {
      encode: ({ tick, entities }) =>
        packr.pack([
          tick,
          entities.map(({ key, type, owner, steps }): PackedEntity => [key, type, owner, ...Array.from(steps)]),
        ]),
      decode(bytes) {
        received = packr.unpack(bytes)
      },
      entities: () => unpackEntities(received),
      slack: () => 0,
    }
  },
}

function* unpackEntities(received: unknown): Generator<DecodedEntity> {
  const [, entities] = received as [number, PackedEntity[]]
  for (const [key, type, owner, ...steps] of entities) yield { key, type, owner, steps }
}

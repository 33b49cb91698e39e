/** JSON, full: every entity in every snapshot, as objects with names and values in the game's units. */
import { fromFull, toFull } from './full.ts'
import type { Rival } from './rival.ts'

export const json: Rival = {
  name: 'JSON full',
  reliable: false,
  joins: false,
  open(types) {
    const encoder = new TextEncoder()
    const decoder = new TextDecoder()
    let received: unknown = null
    return {
      encode: (snapshot) => encoder.encode(JSON.stringify(toFull(types, snapshot))),
      decode(bytes) {
        received = JSON.parse(decoder.decode(bytes))
      },
      entities: () => fromFull(types, received),
      slack: () => 0,
    }
  },
}

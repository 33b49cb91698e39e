/** @colyseus/schema 5 with quantized integers: changed fields of changed entities, every patch delivered. */
import { assigner, bringUp, encodePatch, roomTypes } from './colyseus-state.ts'
import type { Rival } from './rival.ts'

export const colyseusQuantized: Rival = {
  name: 'colyseus quantized',
  reliable: true,
  joins: true,
  open(types) {
    const declared = roomTypes(
      types.map(({ name, fields }) => ({
        name,
        fields: [
          ...fields.map((field) => ({ name: field.name, min: field.wireMin, max: field.wireMax })),
          { name: 'owner', min: 0, max: 255 },
        ],
      })),
    )
    const room = declared.openServer()
    const client = declared.openClient()
    const assign = types.map(({ fields }) => assigner(fields))
    return {
      encode(snapshot) {
        bringUp(
          room,
          snapshot,
          ({ type, exact, owner }, instance) => {
            assign[type]?.(instance, exact)
            instance.owner = owner
          },
          ({ type, exact }, instance) => assign[type]?.(instance, exact),
        )
        return encodePatch(room)
      },
      decode: client.decode,
      slack: () => 0,
      *entities() {
        for (const [type, map] of client.maps.entries())
          for (const [text, instance] of map.entries()) {
            const steps = (types[type]?.fields ?? []).map(({ name }) => instance[name] ?? 0)
            yield { key: Number(text), type, owner: instance.owner ?? 0, steps }
          }
      },
    }
  },
}

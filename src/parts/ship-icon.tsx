/** A pilot's ship, small and from above: the hull and the colour in which it flies. */
import { hulls, pathOf } from '../../game/looks/hulls.ts'
import { liveryOf } from '../../game/looks/palette.ts'
import type { HullName } from '../../game/rules/balance.ts'

export function ShipIcon({ color, hull: name }: { color: number; hull: HullName }) {
  const livery = liveryOf(color)
  const hull = hulls[name]
  return (
    <svg class="ship-icon" viewBox="-31 -31 62 62" style={{ color: livery.color }} aria-hidden="true">
      <g transform="rotate(-90)">
        <path d={pathOf(hull.wings)} />
        <path class="body" d={pathOf(hull.body)} />
      </g>
    </svg>
  )
}

/** A pilot's ship, small and from above: the hull and the colour in which it flies. */
import { hulls, pathOf } from '../game/looks/hulls.ts'
import { liveryOf } from '../game/looks/palette.ts'

export function ShipIcon({ color }: { color: number }) {
  const livery = liveryOf(color)
  const hull = hulls[livery.hull]
  if (!hull) return null
  return (
    <svg class="ship-icon" viewBox="-31 -31 62 62" style={{ color: livery.color }} aria-hidden="true">
      <g transform="rotate(-90)">
        <path d={pathOf(hull.wings)} />
        <path class="body" d={pathOf(hull.body)} />
      </g>
    </svg>
  )
}

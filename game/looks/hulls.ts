/** The shapes of the hulls, as numbers: ships.ts paints them for the arena, and the page draws them in the lobby. */

import type { HullName } from '../rules/balance.ts'

export type Half = readonly (readonly [number, number])[]

export interface HullDrawing {
  /** Half outlines in units from the centre, nose to the right; the other half is their mirror. */
  readonly wings: Half
  readonly body: Half
  readonly stripe: Half
  readonly cockpit: readonly [x: number, length: number, width: number]
  /** Where the engines are; mirrored unless on the axis. */
  readonly engines: Half
  readonly guns: Half
}

export const hulls: Readonly<Record<HullName, HullDrawing>> = {
  whippet: {
    wings: [
      [8, 3],
      [-4, 15],
      [-14, 25],
      [-21, 26],
      [-18, 14],
      [-20, 4],
    ],
    body: [
      [29, 0],
      [20, 4],
      [4, 7],
      [-12, 8.5],
      [-20, 6],
      [-20, 0],
    ],
    stripe: [
      [24, 0],
      [12, 2.6],
      [-6, 3],
      [-6, 0],
    ],
    cockpit: [7, 11, 4],
    engines: [[-20, 4.5]],
    guns: [[-9, 22.5]],
  },
  husky: {
    wings: [
      [6, 6],
      [2, 18],
      [8, 25],
      [-6, 24],
      [-19, 15],
      [-15, 6],
    ],
    body: [
      [27, 0],
      [27, 2.2],
      [16, 5.4],
      [6, 10],
      [-8, 11],
      [-20, 7],
      [-20, 0],
    ],
    stripe: [
      [21, 1.6],
      [13, 4],
      [13, 0],
      [21, 0],
    ],
    cockpit: [3, 10, 5],
    engines: [[-20, 5]],
    guns: [[7, 24.5]],
  },
  mastiff: {
    wings: [
      [10, 5],
      [-2, 10],
      [-10, 23],
      [-4, 27],
      [-18, 24],
      [-24, 12],
      [-18, 5],
    ],
    body: [
      [30, 0],
      [26, 2.4],
      [10, 5.6],
      [-6, 11],
      [-19, 9],
      [-23, 3],
      [-23, 0],
    ],
    stripe: [
      [2, 6.4],
      [-13, 9],
      [-16, 4],
      [-6, 3.4],
    ],
    cockpit: [9, 13, 3.6],
    engines: [
      [-22, 0],
      [-18.5, 8],
    ],
    guns: [[-5, 26]],
  },
}

/** A half outline and its mirror, as the `d` of an SVG path. */
export function pathOf(half: Half): string {
  const points = [...half, ...half.toReversed().map(([x, y]) => [x, -y] as const)]
  return `M${points.map(([x, y]) => `${x} ${y}`).join('L')}Z`
}

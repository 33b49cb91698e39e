/**
 * Sine, cosine and arc tangent that are equal to the bit on every engine. `Math.sin` is not: the standard leaves its
 * last bits to the implementation, and prediction compares bits. These use only + − × ÷ and floor, which are exact
 * by IEEE 754, on Taylor polynomials. The error stays below 1e-12 up to a thousand radians, and below 1e-9 up to a
 * million.
 */

const HALF_PI = Math.PI / 2
const QUARTER_PI = Math.PI / 4

/** Taylor to x^13 on [−π/4, π/4]: next term 5e-12. */
function sinCore(x: number): number {
  const s = x * x
  return (
    x * (1 + s * (-1 / 6 + s * (1 / 120 + s * (-1 / 5040 + s * (1 / 362880 + s * (-1 / 39916800 + s / 6227020800))))))
  )
}

function cosCore(x: number): number {
  const s = x * x
  return 1 + s * (-1 / 2 + s * (1 / 24 + s * (-1 / 720 + s * (1 / 40320 + s * (-1 / 3628800 + s / 479001600)))))
}

/** Sine of an angle in radians; the same bits on every engine. Not finite gives NaN. */
export function sin(radians: number): number {
  const quadrant = Math.floor(radians / HALF_PI + 0.5)
  const x = radians - quadrant * HALF_PI
  switch (((quadrant % 4) + 4) % 4) {
    case 0:
      return sinCore(x)
    case 1:
      return cosCore(x)
    case 2:
      return -sinCore(x)
    case 3:
      return -cosCore(x)
    default:
      return Number.NaN
  }
}

/** Cosine of an angle in radians; the same bits on every engine. Not finite gives NaN. */
export function cos(radians: number): number {
  return sin(radians + HALF_PI)
}

/** Arc tangent of 0..1 by two reductions and a Taylor series to z^15 on |z| ≤ 0.21: next term 2e-13. */
function atanUnit(ratio: number): number {
  const folded = ratio > 0.41421356237309503
  const y = folded ? (ratio - 1) / (ratio + 1) : ratio
  // One half-angle step: atan(y) = 2·atan(y / (1 + √(1 + y²))); the square root is exact by IEEE 754.
  const z = y / (1 + Math.sqrt(1 + y * y))
  const s = z * z
  const a =
    2 * z * (1 + s * (-1 / 3 + s * (1 / 5 + s * (-1 / 7 + s * (1 / 9 + s * (-1 / 11 + s * (1 / 13 - s / 15)))))))
  return folded ? QUARTER_PI + a : a
}

/** The angle of (x, y) in radians, −π to π, as `Math.atan2(y, x)`; the same bits on every engine. (0, 0) gives 0. */
export function atan2(y: number, x: number): number {
  const ax = Math.abs(x)
  const ay = Math.abs(y)
  if (ax === 0 && ay === 0) return 0
  const small = ay <= ax ? atanUnit(ay / ax) : HALF_PI - atanUnit(ax / ay)
  const upper = x < 0 ? Math.PI - small : small
  return y < 0 ? -upper : upper
}

import type { Axis } from '../../../net/wire/layout.ts'

/** A state's lines, as far as one axis goes. */
export function segmentsOf(
  { beginIndex, valueIndex }: Axis,
  { tick, value, rate }: { readonly tick: number; readonly value: number; readonly rate: number },
): number[] {
  const lines: number[] = []
  lines[beginIndex] = tick
  lines[valueIndex] = value
  lines[valueIndex + 1] = rate
  return lines
}

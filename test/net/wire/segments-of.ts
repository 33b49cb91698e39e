import type { Axis } from '../../../net/wire/layout.ts'

/** A state's lines, as far as one axis goes. */
export function segmentsOf(
  { begin, at }: Axis,
  { tick, value, rate }: { readonly tick: number; readonly value: number; readonly rate: number },
): number[] {
  const lines: number[] = []
  lines[begin] = tick
  lines[at] = value
  lines[at + 1] = rate
  return lines
}

/** A case of many packets: each with a number from 0 to 255 beside it, which says when it comes or by which way. */
import { Draw } from './draw.ts'

export interface Step {
  readonly when: number
  readonly bytes: Uint8Array
}

const MOST_STEPS = 48
const LONGEST = 0xffff

/** A number, a length of two bytes, the bytes; and so on. */
export function packSteps(steps: readonly Step[]): Uint8Array {
  const bytes = new Uint8Array(steps.reduce((sum, step) => sum + 3 + step.bytes.length, 0))
  let at = 0
  for (const step of steps) {
    bytes.set([step.when & 0xff, step.bytes.length >> 8, step.bytes.length & 0xff], at)
    bytes.set(step.bytes, at + 3)
    at += 3 + step.bytes.length
  }
  return bytes
}

export function unpackSteps(bytes: Uint8Array): Step[] {
  const steps: Step[] = []
  for (let at = 0; at + 3 <= bytes.length; ) {
    const length = ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    steps.push({ when: bytes[at] ?? 0, bytes: bytes.subarray(at + 3, at + 3 + length) })
    at += 3 + length
  }
  return steps
}

/** Some packets mutated by `mutateOne`, put in, left out, doubled, swapped, or given another time. */
export function mutateSteps(
  bytes: Uint8Array,
  corpus: readonly Uint8Array[],
  random: () => number,
  mutateOne: (bytes: Uint8Array, others: readonly Uint8Array[]) => Uint8Array,
): Uint8Array {
  const draw = new Draw(random)
  const steps = unpackSteps(bytes)
  const others = corpus.length > 0 ? unpackSteps(draw.pick(corpus)) : steps
  const lent = others.map((step) => step.bytes)
  const fallback: Step = { when: 16, bytes: new Uint8Array(1) }
  for (let count = 1 + Math.floor(draw.random() ** 2 * 6); count > 0; count--) {
    const at = draw.int(steps.length + 1)
    const here = steps[at] ?? steps[steps.length - 1] ?? fallback
    const mutant = (): Step => ({ ...here, bytes: mutateOne(here.bytes, lent).subarray(0, LONGEST) })
    switch (draw.int(10)) {
      case 0:
        steps.splice(at, 1)
        break
      case 1:
        steps.splice(at, 0, here)
        break
      case 2:
        steps.splice(at, 0, others.length > 0 ? draw.pick(others) : here)
        break
      case 3:
        steps.splice(at, 1, { ...here, when: draw.pick([0, 1, 16, 17, 33, 100, 255, draw.int(256)]) })
        break
      case 4:
        steps.splice(at, 1)
        steps.splice(draw.int(steps.length + 1), 0, here)
        break
      case 5:
      case 6:
        steps.splice(at, 0, mutant())
        break
      default:
        steps.splice(at, 1, mutant())
    }
  }
  return packSteps(steps.slice(-MOST_STEPS))
}

/** The case with ever smaller parts of it left out. */
export function* shorterSteps(bytes: Uint8Array): Generator<Uint8Array> {
  const steps = unpackSteps(bytes)
  for (let size = steps.length >> 1; size >= 1; size >>= 1)
    for (let from = 0; from < steps.length; from += size)
      yield packSteps([...steps.slice(0, from), ...steps.slice(from + size)])
}

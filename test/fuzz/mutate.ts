/** Packets that nobody would send: real ones, broken in the ways that reach deep into a decoder. */

const pick = <T>(list: readonly T[], random: () => number): T | undefined => list[Math.floor(random() * list.length)]

/** A mutant of `bytes`; `corpus` lends parts of other packets. */
export function mutate(bytes: Uint8Array, corpus: readonly Uint8Array[], random: () => number): Uint8Array {
  const kind = random()
  if (kind < 0.05) return noise(Math.floor(random() * 1200), random)
  if (kind < 0.15) return bytes.slice(0, Math.floor(random() * bytes.length))
  if (kind < 0.3) return spliced(bytes, pick(corpus, random) ?? bytes, random)
  if (kind < 0.4) return lengthened(bytes, random)
  return flipped(bytes, random)
}

function noise(length: number, random: () => number): Uint8Array {
  return Uint8Array.from({ length }, () => Math.floor(random() * 256))
}

/** Some bits turned over, mostly behind the envelope, so that the body is read. */
function flipped(bytes: Uint8Array, random: () => number): Uint8Array {
  const mutant = bytes.slice()
  for (let flips = 1 + Math.floor(random() ** 3 * 16); flips > 0; flips--) {
    const at = random() < 0.9 ? 8 + Math.floor(random() * (mutant.length - 8)) : Math.floor(random() * mutant.length)
    mutant[at] = (mutant[at] ?? 0) ^ (1 << Math.floor(random() * 8))
  }
  return mutant
}

/** The head of one packet with the tail of another, in a body of the right length. */
function spliced(a: Uint8Array, b: Uint8Array, random: () => number): Uint8Array {
  const mutant = a.slice()
  const from = 8 + Math.floor(random() * Math.max(1, mutant.length - 8))
  for (let i = from; i < mutant.length; i++) mutant[i] = b[i % b.length] ?? 0
  return mutant
}

/** A body longer than it says, or one that says so. */
function lengthened(bytes: Uint8Array, random: () => number): Uint8Array {
  const more = noise(1 + Math.floor(random() * 64), random)
  const mutant = new Uint8Array(bytes.length + more.length)
  mutant.set(bytes)
  mutant.set(more, bytes.length)
  // The length of a bin 8 stands behind array, kind, epoch and a tick of up to three bytes.
  const at = mutant.indexOf(0xc4, 3)
  if (at > 0 && at < 10) mutant[at + 1] = Math.min(255, (mutant[at + 1] ?? 0) + more.length)
  return mutant
}

/** Sequence numbers of 16 bits, which wrap around (Fiedler, "Reliability and congestion avoidance over UDP"). */

export function nextSequence(sequence: number): number {
  return (sequence + 1) & 0xffff
}

export function advanceSequence(sequence: number, packets: number): number {
  return (sequence + packets) & 0xffff
}

export function previousSequence(sequence: number): number {
  return (sequence - 1) & 0xffff
}

/** How far `a` is ahead of `b`, −32768 to 32767. */
export function sequenceDistance(a: number, b: number): number {
  return ((a - b) << 16) >> 16
}

/**
 * How old the state is that a relayed page shows after its path stood still for 2 s: in virtual time, over many seeds. What sits in TCP's
 * buffers cannot be called back, so it comes first; the credit of the state lane keeps it short.
 */
import { SimulatedNetwork } from '../../../net/testing.ts'
import { measured, type Row } from '../bench.ts'

const SEEDS = 20
/** Two homes of one town, of one continent, and of two. */
const ONE_WAYS_MS = [20, 40, 80]
const STALL_MS = 2000
const EVERY_MS = 16
/** A snapshot of an average match. */
const BYTES = 400

export function stallRow(): Row {
  const ages = ONE_WAYS_MS.flatMap((ms) => Array.from({ length: SEEDS }, (_, seed) => ageAfterStall(seed + 1, ms)))
  const name = 'age of the newest state a round trip + 50 ms after it, beyond one way'
  return measured(name, 'relay, 2 s stall', Math.max(...ages), 'ms', 'lower', 50)
}

/** ms beyond one way, a round trip and 50 ms after the path carries again. */
function ageAfterStall(seed: number, oneWayMs: number): number {
  const network = new SimulatedNetwork(seed)
  const path = { latencyMs: oneWayMs, jitterMs: 4 }
  const [from, to] = network.pair(path, path, { route: 'relay' })
  let newest = 0
  let heardAt = 0
  let returnedAt: number | null = null
  to.listen({
    message: (_lane, bytes) => {
      if (network.now - heardAt > STALL_MS / 2 && heardAt > 0) returnedAt ??= network.now
      heardAt = network.now
      newest = Math.max(newest, new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0))
    },
    closed: () => {},
  })
  const step = (): void => {
    const bytes = new Uint8Array(BYTES)
    new DataView(bytes.buffer).setFloat64(0, network.now)
    from.send('state', bytes)
    network.advanceTo(network.now + EVERY_MS)
  }
  while (network.now < 1000 + seed) step()
  // One packet is held up, and all behind it: they come together. Were each held up by itself, the path would stall a second time.
  from.setConditions({ ...path, stall: { share: 1, ms: STALL_MS } })
  for (const { sentMessages } = from.stats().state; from.stats().state.sentMessages === sentMessages; ) step()
  from.setConditions(path)
  while (returnedAt === null) step()
  const look = returnedAt + 2 * oneWayMs + 50
  while (network.now + EVERY_MS <= look) step()
  network.advanceTo(look)
  return look - newest - oneWayMs
}

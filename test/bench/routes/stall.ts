/**
 * How old the state is that a relayed page shows after its path stood still for 2 s: in virtual time, over many seeds. What sits in TCP's
 * buffers cannot be called back, so it comes first; the credit of the state lane keeps it short.
 *
 * Two cases with one target. The path stands still once, and what it held comes together. Or each packet of a tenth of a second is held for 2 s of
 * its own: the first of them is back while the second is still held, and nothing newer may pass it. This second stall takes up to half of the time
 * that the target gives. A third packet under way would meet the target, and the credit allows two; so would a wider space between the
 * two, which costs one packet in seven at a round trip of 80 ms.
 */
import { SimulatedNetwork } from '../../../net/testing.ts'
import { measured, type Row } from '../bench.ts'

const SEEDS = 20
const STALL_MS = 2000
const EVERY_MS = 16
/** A snapshot of an average match. */
const BYTES = 400

/** How the path holds packets up. */
interface Stall {
  readonly case: string
  /** For so long, ms, each packet that sets out is held up by itself; null: one is, and all behind it. */
  readonly eachForMs: number | null
  readonly oneWaysMs: readonly number[]
}

const stalls: readonly Stall[] = [
  // Two homes of one town, of one continent, and of two.
  { case: 'relay, 2 s stall', eachForMs: null, oneWaysMs: [20, 40, 80] },
  // At 20 ms TCP's own probe is held, too, and the path still stands when the state is looked at.
  { case: 'relay, each packet of 100 ms held 2 s', eachForMs: 100, oneWaysMs: [40] },
]

export function stallRows(): Row[] {
  return stalls.flatMap((stall) => {
    const after = stall.oneWaysMs.flatMap((ms) =>
      Array.from({ length: SEEDS }, (_, seed) => afterStall(stall, seed + 1, ms)),
    )
    const oldest = Math.max(...after.map(({ ageMs }) => ageMs))
    const latest = Math.max(...after.map(({ freshMs }) => freshMs))
    return [
      measured(
        'age of the newest state a round trip + 50 ms after it, beyond one way',
        stall.case,
        oldest,
        'ms',
        'lower',
        50,
      ),
      measured(
        'until a state no older than one way + 50 ms is there, beyond a round trip',
        stall.case,
        latest,
        'ms',
        'lower',
      ),
    ]
  })
}

interface AfterStall {
  /** Of the newest state, a round trip and 50 ms after the first packet is back; ms beyond one way. */
  readonly ageMs: number
  /** From the first packet that is back to the first that is no older than one way + 50 ms, less a round trip. */
  readonly freshMs: number
}

function afterStall({ eachForMs }: Stall, seed: number, oneWayMs: number): AfterStall {
  const network = new SimulatedNetwork(seed)
  const path = { latencyMs: oneWayMs, jitterMs: 4 }
  const [from, to] = network.pair(path, path, { route: 'relay' })
  let newest = 0
  let heardAt = 0
  let returnedAt: number | null = null
  let freshAt: number | null = null
  to.listen({
    message: (_lane, bytes) => {
      if (network.now - heardAt > STALL_MS / 2 && heardAt > 0) returnedAt ??= network.now
      heardAt = network.now
      newest = Math.max(newest, new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0))
      if (returnedAt !== null && network.now - newest <= oneWayMs + 50) freshAt ??= network.now
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
  const { now } = network
  const { sentMessages } = from.stats().state
  from.setConditions({ ...path, stall: { share: 1, ms: STALL_MS } })
  if (eachForMs === null) while (from.stats().state.sentMessages === sentMessages) step()
  else while (network.now < now + eachForMs) step()
  from.setConditions(path)
  while (returnedAt === null) step()
  const look = returnedAt + 2 * oneWayMs + 50
  while (network.now + EVERY_MS <= look) step()
  network.advanceTo(look)
  const ageMs = look - newest - oneWayMs
  while (freshAt === null) step()
  return { ageMs, freshMs: freshAt - returnedAt - 2 * oneWayMs }
}

/**
 * How long state is under way over the relay, beside TURN over TCP in the same run: two real pages in the lab. One host tells the time to
 * two links of one guest.
 */
import type { Lab } from '../../lab/peers.ts'
import { measured, median, quantile, type Row } from '../bench.ts'

/**
 * Snapshots a second of a match with up to 8 clients, over lines of so many ms: two hosts are four times as far from each other, there and
 * back. Two packets under way are 50 a second at 40 ms, and 25 at 80 ms.
 */
const RATE = 30
const LINES_MS = [10, 20]
/** A p99 is told by the worst hundredth: of 900 packets nine, so that one pause of a busy machine does not make it. */
const SECONDS = 30

export async function lagRows(lab: Lab): Promise<Row[]> {
  const hosting = await lab.browser(lab.addHost('port-restricted'))
  const guesting = await lab.browser(lab.addHost('port-restricted'))
  try {
    const rows: Row[] = []
    for (const lineMs of LINES_MS) {
      lab.setDelay(lineMs)
      const host = await hosting.open()
      const guest = await guesting.open()
      const { code, iceServers } = await host.evaluate((n) => window.lab.tellTime(n), RATE)
      const { turn, relayed } = await guest.evaluate(
        ([code, servers, seconds]) => window.lab.lags(code, servers, seconds),
        [code, iceServers, SECONDS] as const,
      )
      const [overTurn, overRelay] = [quantile(turn, 0.99), quantile(relayed, 0.99)]
      const where = `${4 * lineMs} ms there and back`
      // A cost of the route itself would show here, too.
      rows.push(measured('one way p50: relay ÷ TURN over TCP', where, median(relayed) / median(turn), '×', 'lower'))
      rows.push(measured('one way p99, TURN over TCP', where, overTurn, 'ms', 'lower'))
      rows.push(measured('one way p99, relay', where, overRelay, 'ms', 'lower'))
      rows.push(measured('one way p99: relay ÷ TURN over TCP', where, overRelay / overTurn, '×', 'lower', 1.2))
      rows.push(
        measured('packets that came by the relay ÷ by TURN', where, relayed.length / turn.length, '×', 'higher'),
      )
      await host.evaluate(() => window.lab.leave())
      await Promise.all([host.close(), guest.close()])
    }
    return rows
  } finally {
    await Promise.all([hosting.close(), guesting.close()])
  }
}

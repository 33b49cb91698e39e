/** How long a player waits from asking to join a running match until they see it, on one machine. */
import { type Bench, measured, median } from './bench.ts'
import { benchPages } from './pages.ts'

const JOINS = 10

export const join: Bench = {
  summary: `joinLobby to the first frame with an entity, ${JOINS} fresh pages into a running match on this machine`,
  async run({ full }) {
    await using pages = await benchPages()
    const host = await pages.open()
    const code = await host.page.evaluate(() => window.bench.host())
    const joins: { lobbyMs: number; sessionMs: number; drawnMs: number }[] = []
    for (let i = 0; i < (full ? 3 * JOINS : JOINS); i++) {
      const guest = await pages.open()
      joins.push(await guest.page.evaluate((code) => window.bench.join(code), code))
      await guest.page.evaluate(() => window.bench.leave())
      await guest.page.close()
    }
    pages.assertQuiet()
    const drawn = joins.map(({ drawnMs }) => drawnMs)
    return [
      measured('join to first entity drawn, median', 'loopback', median(drawn), 'ms', 'lower', 1000),
      measured('join to first entity drawn, longest', 'loopback', Math.max(...drawn), 'ms', 'lower'),
      measured('join to lobby, median', 'loopback', median(joins.map(({ lobbyMs }) => lobbyMs)), 'ms', 'lower'),
      measured('join to session, median', 'loopback', median(joins.map(({ sessionMs }) => sessionMs)), 'ms', 'lower'),
    ]
  },
}

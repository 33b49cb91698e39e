/** Joins between places of the lab, and how they are shown. */
import type { Joined } from './joining.ts'
import type { Lab } from './peers.ts'
import { places } from './places.ts'

/** One join: a guest at one place, a host at another one or at another of the same kind. */
export interface Cell extends Joined {
  readonly host: string
  readonly guest: string
}

/** So many guests join a host at the same time: more would wait for the machine, and not for the network. */
const AT_ONCE = 2

export async function pair(lab: Lab, host: string, guest: string): Promise<Cell> {
  const [cell] = await row(lab, host, [guest])
  return cell as Cell
}

/** Every place as guest of a host at every place, or at one. */
export async function matrix(lab: Lab, only?: string): Promise<Cell[]> {
  const names = places.map(({ name }) => name)
  const cells: Cell[] = []
  for (const host of only === undefined ? names : [only]) cells.push(...(await row(lab, host, names)))
  return cells
}

async function row(lab: Lab, host: string, guests: readonly string[]): Promise<Cell[]> {
  const hosting = await lab.host(lab.addHost(host))
  const cells: Cell[] = []
  const queue = guests.map((guest, at) => ({ guest, at }))
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { guest, at } = next
      cells[at] = { host, guest, ...(await lab.join(lab.addHost(guest), hosting.code)) }
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    return cells
  } finally {
    hosting.stop()
  }
}

/** A join by a route, or a typed reason with a report, within the deadline of joins. */
export function isAnswered({ reason, route, detail, ms }: Cell): boolean {
  return ms <= 15_500 && (reason === 'joined' ? route !== null : detail !== '')
}

export function table(cells: readonly Cell[]): string {
  const lines = cells.map(({ host, guest, reason, route, lobbyMs, ms, detail }) => [
    host,
    guest,
    reason,
    route ?? '',
    reason === 'joined' ? String(lobbyMs) : '',
    String(ms),
    detail,
  ])
  return columns([['host', 'guest', 'result', 'route', 'in the lobby, ms', 'first frame, ms', 'report'], ...lines])
}

/** Lines of cells, with each column as wide as its widest cell. */
export function columns(all: readonly (readonly string[])[]): string {
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? []
  return all
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A pilot of few skills at the keys of a real page. Carried into the page as text, so it uses nothing but what the page has. */

declare global {
  interface Window {
    /** What this page's pilot votes for after a round, and how: by its key, or on the table. Absent: they do not vote. */
    wish?: { readonly key: string; readonly name: string; readonly onTable: boolean }
  }
}

/** Flies as soon as there is a match and a ship: to the beacon or to the nearest foe, and fires. Votes as the page's wish says. */
export function flyByKeys(): void {
  const DECIDES_MS = 120
  /** They look at the table for so long before they vote. */
  const READS_MS = 2500
  let overSince = Number.POSITIVE_INFINITY
  const held = new Set<string>()
  const hold = (code: string, down: boolean): void => {
    if (held.has(code) === down) return
    if (down) held.add(code)
    else held.delete(code)
    window.dispatchEvent(new KeyboardEvent(down ? 'keydown' : 'keyup', { code, cancelable: true }))
  }
  const turnTo = (dx: number, dy: number, angle: number): number => {
    const off = Math.atan2(dy, dx) - angle
    return off - Math.round(off / (2 * Math.PI)) * 2 * Math.PI
  }
  const vote = (): void => {
    const { wish } = window
    if (!wish || performance.now() - overSince < READS_MS) return
    const buttons = [...document.querySelectorAll<HTMLButtonElement>('.ballot button')]
    const button = buttons.find(({ textContent }) => textContent?.includes(wish.name))
    if (button?.getAttribute('aria-pressed') === 'true') return
    if (!wish.onTable) hold(wish.key, !held.has(wish.key))
    // Not before it can be seen: the highlight of the round comes first.
    else if (button?.checkVisibility()) button.click()
  }
  const decide = (): void => {
    const world = window.starwire?.world() ?? null
    const { me } = (window as unknown as { starwire?: { session: { me: number } | null } }).starwire?.session ?? {}
    const isOver = world?.globals?.fields.phase === 'over'
    overSince = isOver ? Math.min(overSince, performance.now()) : Number.POSITIVE_INFINITY
    if (isOver) return vote()
    const ships = (world?.entities ?? [])
      .filter(({ type }) => type === 'ship')
      .map(({ id, fields }) => {
        const pilot = world?.players.find((player) => player.fields.ship === id)
        // Not by what the page predicts: to a host's page all is exact.
        const mine = pilot !== undefined && pilot.id === me
        return { mine, team: pilot?.fields.team, ...(fields as Record<'x' | 'y' | 'angle', number>) }
      })
    const own = ships.find(({ mine }) => mine)
    const flies = own !== undefined && world?.globals?.fields.phase === 'playing'
    if (!flies) {
      for (const code of [...held]) hold(code, false)
      return
    }
    const { mode, beaconX, beaconY } = world.globals.fields as { mode: string; beaconX: number; beaconY: number }
    const far = ({ x, y }: { x: number; y: number }): number => Math.hypot(x - own.x, y - own.y)
    const foes = ships
      .filter(({ mine, team }) => !mine && (team === 'none' || team !== own.team))
      .sort((a, b) => far(a) - far(b))
    const beacon = { x: beaconX, y: beaconY }
    const goal = mode === 'beacon' && far(beacon) > 120 ? beacon : (foes[0] ?? { x: 1500, y: 1000 })
    const off = turnTo(goal.x - own.x, goal.y - own.y, own.angle)
    hold('KeyA', off < -0.15)
    hold('KeyD', off > 0.15)
    hold('KeyW', far(goal) > 220 && Math.abs(off) < 1)
    hold('Space', Math.abs(off) < 0.4)
  }
  setInterval(decide, DECIDES_MS)
}

/** Writes down in a real page what it sees of each round. Carried into the page as text, so it uses nothing but what the page has. */

/** How a pilot stands. */
export interface Standing {
  readonly id: number
  readonly team: string
  readonly score: number
  readonly kills: number
  readonly deaths: number
  readonly lives: number
}

/** How a round ended: the same on all pages. */
export interface Outcome {
  readonly winner: number | null
  readonly winningTeam: string
  readonly teamScores: readonly [sirius: number, procyon: number]
  /** In the order of their ids. */
  readonly standings: readonly Standing[]
}

/** What a page saw of one round. */
export interface Seen {
  readonly mode: string
  /** Whether the own ship was there, and how many ships at a time. */
  flew: boolean
  ships: number
  /** Teams that had the beacon. */
  holders: string[]
  /** How often the page looked while its pilot had no ship left, and whether they were shown the others then. */
  out: number
  watched: boolean
  /** Null while the round is on. */
  outcome: Outcome | null
  /** When the page first saw it over, ms. */
  overAt: number
}

declare global {
  interface Window {
    /** By the round's number: what this page has seen of it. */
    rounds?: Record<number, Seen>
    /** Each banner about hosts and each sentence about a lost connection that this page has shown, in order. */
    told?: string[]
  }
}

export function watchRounds(): void {
  const LOOKS_MS = 100
  /**
   * Records come one by one: so long after the end all have come, and nobody votes before (page-pilot.ts). Later some may be of the next round
   * already.
   */
  const SETTLES_MS = 2000
  const rounds: Record<number, Seen> = {}
  const told: string[] = []
  Object.assign(window, { rounds, told })
  setInterval(() => {
    // They fade after some seconds: whoever looks for them later finds them here.
    for (const shown of document.querySelectorAll('.host-news, .lost .sentence')) {
      const text = shown.textContent ?? ''
      if (text !== '' && told.at(-1) !== text) told.push(text)
    }
    const world = window.starwire?.world()
    const globals = world?.globals?.fields as Record<string, number | string | null> | undefined
    if (!world || !globals || globals.round === 0) return
    const number = globals.round as number
    const round = rounds[number] ?? {
      ...{
        mode: String(globals.mode),
        flew: false,
        ships: 0,
        holders: [],
        out: 0,
        watched: false,
        outcome: null,
        overAt: 0,
      },
    }
    rounds[number] = round
    const ships = world.entities.filter(({ type }) => type === 'ship')
    round.flew ||= ships.some(({ predicted }) => predicted)
    round.ships = Math.max(round.ships, ships.length)
    const holder = String(globals.beaconTeam)
    if (globals.mode === 'beacon' && holder !== 'none' && !round.holders.includes(holder)) round.holders.push(holder)
    const { me } = (window as unknown as { starwire: { session: { me: number } } }).starwire.session
    const own = world.players.find(({ id }) => id === me)
    if (globals.phase === 'playing' && globals.mode === 'last' && own?.fields.lives === 0) {
      round.out++
      round.watched ||= document.querySelector('.dogstar .watch')?.checkVisibility() ?? false
    }
    if (globals.phase !== 'over') return
    round.overAt ||= performance.now()
    if (performance.now() - round.overAt > SETTLES_MS) return
    round.outcome = {
      winner: globals.winner as number | null,
      winningTeam: String(globals.winningTeam),
      teamScores: [Number(globals.siriusScore), Number(globals.procyonScore)],
      standings: world.players
        .map(({ id, fields }) => ({ id, ...(fields as unknown as Omit<Standing, 'id'>) }))
        .map(({ id, team, score, kills, deaths, lives }) => ({ id, team, score, kills, deaths, lives }))
        .sort((a, b) => a.id - b.id),
    }
  }, LOOKS_MS)
}

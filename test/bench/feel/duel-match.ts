/**
 * One duel under measurement: everybody shoots at what their own screen shows. A hit is seen when the shot is drawn well
 * inside a ship on the shooter's screen; it is confirmed when the host deals the damage for that shot.
 */
import { type SimulatedClient, simulate } from '../../../net/testing.ts'
import { spawnerOf } from '../../../net/world/ids.ts'
import { SHIP_REACH } from '../worlds/arena.ts'
import { type DuelShape, duelAt, inSight, struckByBeam, struckByBullet } from '../worlds/duel.ts'
import { HitLedger, type HitTally } from './hits.ts'
import { type ProfileName, profiles } from './profiles.ts'
import { framesOf } from './run-frames.ts'
import { FRAME_MS, PLAYERS, pageClocks, WARM_UP_MS } from './setting.ts'
import { type SightedShip, shooter } from './shooter.ts'

/** A hit that only grazes is seen or not by chance of the frame: what is drawn this deep inside counts, px. */
const SEEN_MARGIN = 4
/** Three seconds, longer than any shot is on its way. */
const KEPT_FRAMES = 180
/** Long enough for the host's answer to the last shot. */
const AFTERMATH_MS = 1500

export interface DuelOptions {
  readonly profile: ProfileName
  readonly seed: number
  /** Ends after so many seen hits, */
  readonly hits: number
  /** or after this time. */
  readonly seconds: number
  readonly tickRate: number
}

interface Point {
  readonly x: number
  readonly y: number
}

/** Names a beam. */
function muzzleKey(by: number, shot: number): string {
  return `${by}:${shot}`
}

interface Heard {
  readonly x: number
  readonly y: number
  readonly heading: number
  readonly tick: number
}

type Client = SimulatedClient<DuelShape>

export function duelMatch({ profile, seed, hits, seconds, tickRate }: DuelOptions): HitTally {
  const match = simulate(duelAt(tickRate), {
    players: PLAYERS,
    network: profiles[profile].network,
    seed,
    clocks: pageClocks(seed),
  })
  const ledger = new HitLedger()
  const muzzles = new Map<string, Point>()
  const screens = new Map(
    match.clients.map((client, seat) => [
      client,
      new DuelScreen({ client, ledger, muzzles, seed, seat, now: () => match.now }),
    ]),
  )
  const { world } = match.host.session
  const round = world.round.bind(world)
  world.round = () => {
    round()
    for (const { type, row } of world.emitted) {
      if (type.name !== 'hit') continue
      const value = (name: string): number =>
        row.numbers[type.fields.numbers.find((f) => f.name === name)?.column ?? 0] ?? 0
      const weapon = value('weapon') === 0 ? 'beam' : 'bullet'
      if (weapon === 'beam')
        for (const ship of world.all('ship') as Iterable<unknown> as Iterable<SightedShip>)
          if (ship.owner === value('by')) muzzles.set(muzzleKey(value('by'), value('shot')), { x: ship.x, y: ship.y })
      ledger.decide({ by: value('by'), whom: value('whom'), weapon, shot: value('shot') })
    }
  }
  const eachFrame = (client: Client, now: number): void => screens.get(client)?.frame(now)
  const run = framesOf(match, tickRate)
  while (ledger.seenCount < hits && match.now < seconds * 1000) run(500, { eachFrame })
  for (const screen of screens.values()) screen.ceaseFire = true
  run(AFTERMATH_MS, { eachFrame })
  ledger.finish()
  return ledger.tally
}

interface DuelScreenOptions {
  readonly client: Client
  readonly ledger: HitLedger
  /** Where each beam that hit was fired, as the host had it. */
  readonly muzzles: ReadonlyMap<string, Point>
  readonly seed: number
  readonly seat: number
  readonly now: () => number
}

/** One player and their screen. The host's own player shoots too, but they have no network to measure. */
class DuelScreen {
  ceaseFire = false
  private readonly client: Client
  private readonly ledger: HitLedger
  private readonly measured: boolean
  private readonly decide: ReturnType<typeof shooter>
  private readonly beams: Heard[] = []
  /** Bullets that were seen in a ship, by id. */
  private readonly spent = new Set<number>()
  /** The own ship as it was drawn lately, newest last. */
  private readonly ownPlaces: (Point & { readonly atMs: number })[] = []

  constructor({ client, ledger, muzzles, seed, seat, now }: DuelScreenOptions) {
    this.client = client
    this.ledger = ledger
    this.measured = seat > 0
    this.decide = shooter(seed, seat)
    client.session.on('beam', ({ x, y, heading }, { mine, tick }) => {
      if (mine) this.beams.push({ x, y, heading, tick })
    })
    client.session.on('hit', ({ by, whom, weapon, shot }) => {
      if (!this.measured || whom !== client.me || weapon !== 'beam') return
      const muzzle = muzzles.get(muzzleKey(by ?? 0, shot))
      const exposedAt = muzzle && this.ownPlaces.findLast((place) => exposed(muzzle, place))?.atMs
      // The newest frame is one frame old when the event comes.
      if (exposedAt !== undefined) ledger.hurt(Math.max(0, now() - exposedAt - FRAME_MS - 1e-6))
    })
  }

  frame(now: number): void {
    const client = this.client
    const view = client.session.view(client.localTime(now))
    const ships = [...view.all('ship')]
    const own = ships.find(({ mine }) => mine) ?? null
    const others = ships.filter(({ mine }) => !mine)
    const input = this.decide(own, this.ceaseFire ? [] : others)
    client.input(input)
    if (own) this.ownPlaces.push({ x: own.x, y: own.y, atMs: now })
    if (this.ownPlaces.length > KEPT_FRAMES) this.ownPlaces.shift()
    const beams = this.beams.splice(0)
    if (!this.measured || this.ceaseFire || now < WARM_UP_MS) return
    for (const { x, y, heading, tick } of beams) {
      const struck = struckByBeam({ x, y }, heading, client.me, others, SEEN_MARGIN)
      if (struck?.owner) this.ledger.see({ by: client.me, whom: struck.owner, weapon: 'beam', shot: tick })
    }
    for (const bullet of view.all('bullet')) {
      if (!bullet.mine || this.spent.has(bullet.id)) continue
      const struck = struckByBullet(bullet, others, SEEN_MARGIN)
      if (!struck?.owner) continue
      this.spent.add(bullet.id)
      const { tick } = spawnerOf(bullet.id)
      this.ledger.see({ by: client.me, whom: struck.owner, weapon: 'bullet', shot: tick })
    }
  }
}

/** Whether a beam from a point could strike a ship: its middle, or all but the edge on either side. */
function exposed(from: Point, to: Point): boolean {
  return inSight(from, to) || inSight(from, to, SHIP_REACH - 1) || inSight(from, to, 1 - SHIP_REACH)
}

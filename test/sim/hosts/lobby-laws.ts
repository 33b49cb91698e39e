/** What holds in a lobby whose hosts change, whatever happens. Each law returns the faults that it finds. */
import type { LobbyObject } from '../../../net/lobby/lobby.ts'
import type { HostSession } from '../../../net/session/host.ts'
import { nextSecret } from '../../../net/world/random.ts'
import { type Player, rosterText, type Yard } from '../lobbies/player.ts'
import type { LobbyWorld } from '../lobbies/world.ts'
import { DrawnTime } from './drawn-time.ts'
import { GONG_TICKS, moor } from './moor.ts'

/**
 * Two pages of one lobby may run at once, each with followers, for so long, ms: until the host that was voted out hears too few, and all have
 * noticed who follow it still.
 */
const MAX_BOTH_MS = 3000
/** Events of the last moment may be on their way still, in seconds. */
const LAST_SECONDS = 2
/** Secret streams are remembered for so many ticks: longer than an heir is behind. */
const KEEP_TICKS = 200
const TICK_MS = 1000 / moor.tickRate
/** A host decides at most so many ticks anew when it goes on: 1.5 s. */
const MAX_TICKS_ANEW = 90
/** A host may have run so many ticks since it went on, when it is looked at. */
const TICKS_SINCE = Math.ceil(200 / TICK_MS)

/** What is private in a page's lobby. */
interface Inside extends Pick<LobbyObject<Yard>, 'epoch' | 'match'> {
  readonly role: {
    readonly handOvers?: { readonly mayRun: boolean } | null
    readonly options?: { readonly taken?: { readonly parted: object | null } }
    /** Of a page that hosted, and sits at no host yet. */
    readonly back?: object
  }
}
const inside = ({ lobby }: Player): Inside | null => lobby as unknown as Inside | null

/** Whether a page runs the lobby: it hosts, is awake, and its players have not left it alone. */
export function runs(player: Player): boolean {
  if (!player.isIn || player.site.page.state === 'frozen') return false
  return player.lobby?.hosting === true && (inside(player)?.role.handOvers?.mayRun ?? true)
}

/** Whether its player chose to play on without the others: it waits for no votes, and ends when it meets the host of the others. */
export function isFork(player: Player): boolean {
  return player.lobby?.hosting === true && (inside(player)?.role.options?.taken?.parted ?? null) !== null
}

/** A host in Node sits nowhere in its lobby. */
const hasSeat = ({ lobby }: Player): boolean => lobby !== null && lobby.me !== null

/** Whether anybody but the host itself takes it for the host. One that nobody hears may go on for itself, until it hears of another. */
function isFollowed({ name, lobby }: Player, players: readonly Player[]): boolean {
  return players.some((player) => player.lobby !== lobby && hostFor(player) === name)
}

/** A player in a match, whichever of their pages plays it and whoever hosts. */
export const inMatch = (player: Player): string => `${player.name} ${inside(player)?.match?.start.epoch}`

/** How the host without a player is called here, which has no name in the roster. */
export const HALL = 'Hall'

/** Whom a guest takes for the host; null: it hosts itself, or has none at the moment. */
function hostFor(player: Player): string | null {
  const { isIn, lobby, site } = player
  if (!isIn || !lobby || lobby.hosting || lobby.state === 'reconnecting' || site.page.state === 'frozen') return null
  if (inside(player)?.role.back) return null
  return lobby.roster.find(({ host }) => host)?.name.replace(/ \d+$/, '') ?? HALL
}

export const epochOf = (player: Player): number => inside(player)?.epoch ?? 0

/** Watches while a story goes on: hosts and their epochs, events, commands, and what one host takes over from another. */
export class HostsWatch {
  private readonly world: LobbyWorld
  private readonly faults: string[]
  private readonly hosts = new Map<number, string>()
  private bothSince: number | null = null
  private wasDouble = false
  /** How often two pages or more ran the lobby at once for a moment, followed or not. Declared forks do not count. */
  doubles = 0
  /** The same of hosts with followers each: those that somebody may notice. */
  followedDoubles = 0
  /** By match and heir: the tick from which that page could have gone on at the last look. */
  private readonly safe = new Map<number, ReadonlyMap<number, number>>()
  private readonly sessions = new Map<object, Heard>()
  private readonly drawn = new Map<object, DrawnTime>()
  /** How many changes of host were looked at on a page whose drawn time had to go on evenly. */
  judgedTimes = 0
  /** The epoch in which the match of each host's session began. */
  private readonly matches = new Map<HostSession, number>()
  /** The secret stream after each tick of a match, as each host that ran it had it. */
  private readonly secrets = new Map<string, Set<string>>()

  constructor(world: LobbyWorld, faults: string[]) {
    this.world = world
    this.faults = faults
  }

  /** At the end, so that nothing of a lobby is kept here. */
  forget(): void {
    this.sessions.clear()
    this.drawn.clear()
    this.matches.clear()
  }

  look(players: readonly Player[]): void {
    const running = players.filter(runs)
    for (const player of running) this.noteHost(player.name, epochOf(player))
    for (const player of players) {
      const host = hostFor(player)
      if (host !== null) this.noteHost(host, epochOf(player))
    }
    const { now } = this.world.time
    const undeclared = running.filter((host) => !isFork(host))
    const isDouble = undeclared.length > 1
    if (isDouble && !this.wasDouble) this.doubles++
    this.wasDouble = isDouble
    const followed = undeclared.filter((host) => isFollowed(host, players))
    if (followed.length < 2) this.bothSince = null
    else {
      if (this.bothSince === null) this.followedDoubles++
      this.bothSince ??= now
      if (now - this.bothSince > MAX_BOTH_MS && Number.isFinite(this.bothSince)) {
        this.faults.push(`${followed.map(({ name }) => name).join(' and ')} both run the lobby since ${this.bothSince}`)
        this.bothSince = Number.POSITIVE_INFINITY
      }
    }
    for (const player of players) this.listen(player)
    for (const player of running) this.noteAway(player, players)
    for (const player of players) this.lookAtTime(player)
  }

  /** Drawn time goes on evenly across a change of host, for who keeps their links. */
  private lookAtTime(player: Player): void {
    const { session, name, lobby, site } = player
    if (!session || !hasSeat(player)) return
    const drawn = this.drawn.get(session) ?? new DrawnTime(name, moor.tickRate)
    this.drawn.set(session, drawn)
    const client = inside(player)?.match?.client?.session
    if (!client || lobby?.state !== 'playing' || site.page.state !== 'shown') return drawn.interrupt()
    const judged = drawn.judged
    const { tick } = session.view(site.page.now())
    const fault = drawn.look({
      now: this.world.time.now,
      epoch: epochOf(player),
      tick,
      confirmed: client.confirmedTick,
    })
    if (fault) this.faults.push(fault)
    this.judgedTimes += drawn.judged - judged
  }

  /** An epoch has one host, for itself and for all who follow one. */
  private noteHost(name: string, epoch: number): void {
    const before = this.hosts.get(epoch) ?? name
    this.hosts.set(epoch, before)
    if (before !== name) this.faults.push(`${before} and ${name} both host epoch ${epoch}`)
  }

  private listen(player: Player): void {
    const match = inside(player)?.match
    const host = match?.host?.session
    if (host && !this.matches.has(host)) this.follow(player, host, match.start.epoch)
    if (host && runs(player)) this.noteAges(player, match.start.epoch)
    const { session, name } = player
    if (!session || !hasSeat(player)) return
    const heard = this.sessions.get(session) ?? this.begin(session, name)
    if (player.lobby?.state === 'reconnecting') heard.isWhole = false
  }

  /** A host goes on from what another had at that tick, secrets included. */
  private follow({ name, lobby }: Player, host: HostSession, match: number): void {
    const safe = this.safe.get(match)?.get(lobby?.me ?? -1)
    if (safe !== undefined && host.world.tick < safe)
      this.faults.push(`the match went back to ${host.world.tick} with ${name}, whose world was at least of ${safe}`)
    // It may have run some ticks since it took over: those it decides anew.
    host.onTick(({ tick, run: { joined } }) => {
      this.noteSecret(host, match, tick - 1)
      for (const seat of joined ?? []) this.noteJoined(name, seat, { match, epoch: host.epoch, tick })
    })
    this.cuts.push({ match, epoch: host.epoch, tick: host.world.tick - TICKS_SINCE })
    // The last tick of a host is not followed by another one that would note it.
    for (const [session, of] of this.matches) if (of === match) this.noteSecret(session, match, session.world.tick)
    this.matches.set(host, match)
    if (!this.isStreamKnown(host, match))
      this.faults.push(`the secret stream of ${name} at tick ${host.world.tick} is not that of the host before`)
  }

  /**
   * Whether the host has the stream that another one had at that tick, or that comes of one it had before, by the ticks since. An heir whose
   * world was old has decided those anew when it is looked at, and may draw for somebody who had left the host before by then.
   */
  private isStreamKnown(host: HostSession, match: number): boolean {
    const { tick } = host.world
    const type = moor.schema.entities.get('token')
    const draws = type ? [...host.world.list(type)].length : 0
    const before = Array.from({ length: MAX_TICKS_ANEW + 1 }, (_, ticks) => ({
      ticks,
      streams: this.secrets.get(`${match} ${tick - ticks}`) ?? new Set<string>(),
    }))
    const stream = streamOf(host)
    const isSame = ({ ticks, streams }: (typeof before)[number]): boolean =>
      [...streams].some((known) => streamAfter(known, ticks * draws) === stream)
    return (before[0]?.streams.size ?? 0) === 0 || before.some(isSame)
  }

  /** What `stats().migration` of the host says of the ages of its heirs' worlds. */
  private noteAges(player: Player, match: number): void {
    const runner = inside(player)?.match?.host
    const report = runner?.migrationReport(player.site.page.now())
    if (!runner || !report) return
    const { tick } = runner.session.world
    const safe = report.heirs.flatMap(({ heir, ageMs }): [number, number][] =>
      ageMs === null ? [] : [[heir, Math.floor(tick - ageMs / TICK_MS) - 1]],
    )
    this.safe.set(match, new Map(safe))
  }

  private noteSecret(host: HostSession, match: number, tick: number): void {
    const key = `${match} ${tick}`
    this.secrets.set(key, (this.secrets.get(key) ?? new Set()).add(streamOf(host)))
    this.secrets.delete(`${match} ${tick - KEEP_TICKS}`)
  }

  private readonly joins: (Moment & { readonly seat: number })[] = []
  /** Where each host went on. */
  private readonly cuts: Moment[] = []

  /** A seat is given once: whoever hosts later knows who sits there, but for those who came in ticks that they decide anew. */
  private noteJoined(name: string, seat: number, now: Moment): void {
    const isUndone = ({ match, epoch, tick }: Moment): boolean =>
      this.cuts.some((cut) => cut.match === match && cut.epoch > epoch && cut.epoch <= now.epoch && cut.tick < tick)
    const before = this.joins.filter((join) => join.match === now.match && join.seat === seat && !isUndone(join))
    if (before.length === 1) this.faults.push(`the seat of ${seat} is given anew by ${name}`)
    this.joins.push({ ...now, seat })
  }

  /**
   * For whom the host told the rules that they left was not here all the time, also where their page does not know yet, as one that sleeps
   * through a change of host for longer than the next one waits.
   */
  private noteAway(host: Player, players: readonly Player[]): void {
    const clients = inside(host)?.match?.host?.session.clients
    for (const { lobby, session } of players) {
      const heard = session ? this.sessions.get(session) : undefined
      if (heard && lobby && clients?.get(lobby.me)?.connected === false) heard.isWhole = false
    }
  }

  private begin(session: NonNullable<Player['session']>, name: string): Heard {
    const heard: Heard = { name, times: new Map(), isWhole: true }
    this.sessions.set(session, heard)
    const count = (by: number) => (payload: unknown) => {
      const { number } = payload as { readonly number: number }
      const times = (heard.times.get(number) ?? 0) + by
      heard.times.set(number, times)
      if (times > 1) this.faults.push(`${name} was told gong ${number} ${times} times`)
    }
    ;(session as unknown as GongSession).on('gong', count(1), count(-1))
    return heard
  }

  /** At rest: who was here all the time has heard every gong between their first and the last ones. */
  atRest(players: readonly Player[], host: Player): string[] {
    const tick = inside(host)?.match?.host?.session.world.tick
    if (tick === undefined) return []
    const last = Math.floor(tick / GONG_TICKS) - LAST_SECONDS
    return players.flatMap(({ session, name }) => {
      const heard = session && this.sessions.get(session)
      if (!heard?.isWhole) return []
      const first = Math.min(...heard.times.keys())
      const missing = []
      for (let number = first; number <= last; number++) if (heard.times.get(number) !== 1) missing.push(number)
      return missing.length > 0 ? [`${name} was not told the gongs ${missing}`] : []
    })
  }
}

const streamOf = (host: HostSession): string => [...host.world.secretState].join()

/** The stream after so many draws. */
function streamAfter(stream: string, draws: number): string {
  const state = Uint32Array.from(stream.split(','), Number)
  for (let draw = 0; draw < draws; draw++) nextSecret(state)
  return [...state].join()
}

/** A tick of a match, at the host of this epoch. */
interface Moment {
  readonly match: number
  readonly epoch: number
  readonly tick: number
}

interface Heard {
  readonly name: string
  /** How often each gong was told, less how often it was denied. */
  readonly times: Map<number, number>
  /** Whether the page never dialled: events of a time without a link are not told. */
  isWhole: boolean
}

interface GongSession {
  on(event: 'gong', heard: (payload: unknown) => void, denied: (payload: unknown) => void): () => void
}

/** Commands run once at most. */
export function commandFaults(host: Player, asked: ReadonlyMap<string, number>, players: readonly Player[]): string[] {
  const world = inside(host)?.match?.host?.session.world
  if (!world) return []
  return players.flatMap((player) => {
    const { name, lobby } = player
    if (!lobby || !hasSeat(player) || !world.players.includes(lobby.me)) return []
    const { score } = world.player(lobby.me) as unknown as { readonly score: number }
    const most = asked.get(inMatch(player)) ?? 0
    return score > most ? [`${most} commands of ${name} ran ${score} times`] : []
  })
}

/** At rest every page draws what the host has: what was predicted is what was confirmed. */
export function worldFaults(players: readonly Player[], host: Player): string[] {
  const placesOf = ({ session, site }: Player): string | null =>
    session &&
    [...session.view(site.page.now()).all('token')]
      .map(({ owner, x }) => `${owner}:${x.toFixed(2)}`)
      .sort()
      .join(' ')
  if (host.lobby?.state !== 'playing') return []
  const seated = players.filter(hasSeat)
  const [first] = hasSeat(host) ? [host] : seated
  const right = first && placesOf(first)
  return seated.flatMap((player) => {
    const places = placesOf(player)
    return places === right ? [] : [`${player.name} draws ${places}, and ${first?.name} ${right}`]
  })
}

/** In the end all who are in the lobby have one host, one epoch and one roster, in which they are. */
export function unityFaults(players: readonly Player[]): string[] {
  const here = players.filter(({ isIn }) => isIn)
  const hosts = here.filter(runs)
  if (hosts.length !== 1)
    return [
      `${hosts.map(({ name }) => name).join(' and ') || 'nobody'} hosts for ${here.map(({ name, lobby }) => `${name} ${lobby?.state}`)}`,
    ]
  const [host] = hosts as [Player]
  const faults: string[] = []
  const right = rosterText(host.lobby?.roster ?? [])
  for (const player of here) {
    const { name, lobby } = player
    if (lobby?.state !== host.lobby?.state)
      faults.push(`${name} is ${lobby?.state}, and ${host.name} ${host.lobby?.state}`)
    else if (epochOf(player) !== epochOf(host))
      faults.push(`${name} plays epoch ${epochOf(player)}, and ${host.name} hosts ${epochOf(host)}`)
    else if (rosterText(lobby?.roster ?? []) !== right)
      faults.push(`${name} sees ${rosterText(lobby?.roster ?? [])}, not ${right}`)
    const own = lobby?.roster.find(({ mine }) => mine)
    if (hasSeat(player) && own?.name.replace(/ \d+$/, '') !== name)
      faults.push(`${name} sits in the seat of ${own?.name}`)
  }
  return faults
}

/** Nothing that is hidden is in what a page shows or holds of the match it plays, an heir's page neither. */
export function secretFaults(players: readonly Player[]): string[] {
  return players.filter(hasSeat).flatMap(({ session, site, isIn, name, lobby }) => {
    if (!session || !isIn || lobby?.state !== 'playing') return []
    const tokens = [...session.view(site.page.now()).all('token')] as unknown as { readonly card?: number }[]
    return tokens.some(({ card }) => card !== undefined && card !== 0) ? [`${name} sees hidden cards`] : []
  })
}

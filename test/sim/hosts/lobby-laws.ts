/** What holds in a lobby whose hosts change, whatever happens. Each law returns the faults that it finds. */
import type { LobbyObject } from '../../../net/lobby/lobby.ts'
import type { HostSession } from '../../../net/session/host.ts'
import { type Player, rosterText, type Yard } from '../lobbies/player.ts'
import type { LobbyWorld } from '../lobbies/world.ts'
import { GONG_TICKS } from './moor.ts'

/**
 * Two pages of one lobby may run at once, each with followers, for so long, ms: until the host that was voted out hears too few, and all have
 * noticed who follow it still.
 */
const MAX_BOTH_MS = 3000
/** Events of the last moment may be on their way still, in seconds. */
const LAST_SECONDS = 2
/** Secret streams are remembered for so many ticks: longer than an heir is behind. */
const KEEP_TICKS = 200

/** What is private in a page's lobby. */
interface Inside extends Pick<LobbyObject<Yard>, 'epoch' | 'match'> {
  readonly role: { readonly handOvers?: { readonly mayRun: boolean } | null }
}
const inside = ({ lobby }: Player): Inside | null => lobby as unknown as Inside | null

/** Whether a page runs the lobby: it hosts, is awake, and its players have not left it alone. */
export function runs(player: Player): boolean {
  if (!player.isIn || player.site.page.state === 'frozen') return false
  return player.lobby?.hosting === true && (inside(player)?.role.handOvers?.mayRun ?? true)
}

/** Whether anybody but the host itself takes it for the host. One that nobody hears may go on for itself, until it hears of another. */
function isFollowed({ name, lobby }: Player, players: readonly Player[]): boolean {
  return players.some(
    ({ isIn, site, lobby: other }) =>
      isIn &&
      other !== lobby &&
      other?.state !== 'reconnecting' &&
      site.page.state !== 'frozen' &&
      other?.hosting === false &&
      other.roster.find(({ host }) => host)?.name.replace(/ \d+$/, '') === name,
  )
}

export const epochOf = (player: Player): number => inside(player)?.epoch ?? 0

/** Watches while a story goes on: hosts and their epochs, events, commands, and what one host takes over from another. */
export class HostsWatch {
  private readonly world: LobbyWorld
  private readonly faults: string[]
  private readonly hosts = new Map<number, string>()
  private bothSince: number | null = null
  private readonly sessions = new Map<object, Heard>()
  private readonly hosted = new WeakSet<HostSession>()
  /** The secret stream after each tick of a match, as each host that ran it had it. */
  private readonly secrets = new Map<string, Set<string>>()

  constructor(world: LobbyWorld, faults: string[]) {
    this.world = world
    this.faults = faults
  }

  look(players: readonly Player[]): void {
    const running = players.filter(runs)
    for (const player of running) {
      const epoch = epochOf(player)
      const before = this.hosts.get(epoch) ?? player.name
      this.hosts.set(epoch, before)
      if (before !== player.name) this.faults.push(`${before} and ${player.name} both host epoch ${epoch}`)
    }
    const { now } = this.world.time
    const followed = running.filter((host) => isFollowed(host, players))
    if (followed.length < 2) this.bothSince = null
    else {
      this.bothSince ??= now
      if (now - this.bothSince > MAX_BOTH_MS && Number.isFinite(this.bothSince)) {
        this.faults.push(`${followed.map(({ name }) => name).join(' and ')} both run the lobby since ${this.bothSince}`)
        this.bothSince = Number.POSITIVE_INFINITY
      }
    }
    for (const player of players) this.listen(player)
  }

  private listen(player: Player): void {
    const match = inside(player)?.match
    const host = match?.host?.session
    if (host && !this.hosted.has(host)) this.follow(player.name, host, match.start.epoch)
    const { session, name } = player
    if (!session) return
    const heard = this.sessions.get(session) ?? this.begin(session, name)
    if (player.lobby?.state === 'reconnecting') heard.isWhole = false
  }

  /** A host goes on from what another had at that tick, secrets included. */
  private follow(name: string, host: HostSession, match: number): void {
    this.hosted.add(host)
    // It may have run some ticks since it took over: those it decides anew.
    host.onTick(({ tick, run: { joined } }) => {
      this.noteSecret(host, match, tick - 1)
      this.noteJoined(name, match, joined)
    })
    const known = this.secrets.get(`${match} ${host.world.tick}`)
    if (known && !known.has(streamOf(host)))
      this.faults.push(`the secret stream of ${name} at tick ${host.world.tick} is not that of the host before`)
  }

  private noteSecret(host: HostSession, match: number, tick: number): void {
    const key = `${match} ${tick}`
    this.secrets.set(key, (this.secrets.get(key) ?? new Set()).add(streamOf(host)))
    this.secrets.delete(`${match} ${tick - KEEP_TICKS}`)
  }

  private readonly joined = new Map<string, number>()

  /** A seat is given once: whoever hosts later knows who sits there. */
  private noteJoined(name: string, match: number, joined: readonly number[] | undefined): void {
    for (const player of joined ?? []) {
      const key = `${match} ${player}`
      const times = (this.joined.get(key) ?? 0) + 1
      this.joined.set(key, times)
      if (times === 2) this.faults.push(`the seat of ${player} is given anew by ${name}`)
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
  return players.flatMap(({ name, lobby, isIn }) => {
    if (!isIn || !lobby || !world.players.includes(lobby.me)) return []
    const { score } = world.player(lobby.me) as unknown as { readonly score: number }
    const most = asked.get(name) ?? 0
    return score > most ? [`${most} commands of ${name} ran ${score} times`] : []
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
    if (own?.name.replace(/ \d+$/, '') !== name) faults.push(`${name} sits in the seat of ${own?.name}`)
  }
  return faults
}

/** Nothing that is hidden is in what a page shows or holds of the match it plays, an heir's page neither. */
export function secretFaults(players: readonly Player[]): string[] {
  return players.flatMap(({ session, site, isIn, name, lobby }) => {
    if (!session || !isIn || lobby?.state !== 'playing') return []
    const tokens = [...session.view(site.page.now()).all('token')] as unknown as { readonly card?: number }[]
    return tokens.some(({ card }) => card !== undefined && card !== 0) ? [`${name} sees hidden cards`] : []
  })
}

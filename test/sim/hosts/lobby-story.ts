/**
 * The life of a lobby whose hosts change, drawn from a seed: 2 to 16 pages on the real lobby, session and signalling code in virtual time.
 * Hosts and guests are killed, closed, reloaded, frozen, put to sleep, cut off and parted, clocks are set, hosts hand over and leave, matches begin and end, the
 * signalling server goes away and comes back, at any moment. In some lobbies the first host and some guests are processes of Node, and in some the players who
 * are asked play on without the others. As long as an heir reaches most of the voters (`survivors.ts`), the lobby goes on. In the end all trouble stops, and all who are left are in one lobby. Returns what broke a law (`lobby-laws.ts`), a trace, and counts. The same seed gives the same story.
 */
import { seededStream } from '../../../net/platform/seeded-chance.ts'
import { releaseFaults } from '../lobbies/laws.ts'
import { memoryFaults } from '../lobbies/memory.ts'
import { Player } from '../lobbies/player.ts'
import type { Outcome } from '../lobbies/story.ts'
import { LobbyWorld, type Site } from '../lobbies/world.ts'
import {
  commandFaults,
  epochOf,
  HALL,
  HostsWatch,
  inMatch,
  isFork,
  runs,
  secretFaults,
  unityFaults,
  worldFaults,
} from './lobby-laws.ts'
import { moorAsYard } from './moor.ts'
import { heirFaults, Survivors } from './survivors.ts'

/** The stream of chance that decides on hosts in Node and on who plays on. With this one, seeds of earlier findings play as before. */
const LUCK_STREAM = 2869

const NAMES = [
  'Ann',
  'Bea',
  'Cid',
  'Dan',
  'Eve',
  'Fay',
  'Gus',
  'Hal',
  'Ida',
  'Jon',
  'Kit',
  'Lea',
  'Max',
  'Nan',
  'Oda',
  'Pia',
]

/** How long everybody has to come, and the heirs to be ready, ms. */
const BEGIN_MS = 8_000
const TROUBLES = 8
/** Time between two troubles, ms: at most so much. */
const PAUSE_MS = 4_000
/** A clock is set ahead or back by so much at most, ms. */
const MAX_CLOCK_MS = 24 * 3_600_000
/** A page that is hurt counts as out of the lobby for so long after it is well again, ms. */
const HURT_MS = 6_000
/** Who is well, and reaches most of the others, plays again within so long after the last trouble, ms: more than any election takes. */
const WELL_WITHIN_MS = 15_000
/** Where nothing happens for so long, nothing does any more, ms: heirs are missed, ranked and dialled anew in less. */
const CALM_MS = 5_000
/** After the last trouble, ms: longer than a seat is kept. */
const REST_MS = 80_000
/** At rest heirs have links to all within so long, ms: the longest wait between two dials, and a dial. */
const HEIRS_WITHIN_MS = 45_000
const LOOK_MS = 200
/** A guest whom no goodbye reached dials for a minute. */
const END_MS = 90_000

export async function playLobbyStory(seed: number): Promise<Outcome> {
  const story = new Story(seed)
  try {
    await story.play()
  } catch (error) {
    story.faults.push(String(error))
  }
  return { faults: story.faults, trace: story.world.trace, counts: story.counts }
}

class Story {
  readonly world: LobbyWorld
  readonly faults: string[] = []
  readonly counts: Record<string, number> = { kills: 0, partitions: 0, migrations: 0, doubles: 0, forks: 0 }
  readonly #players: Player[]
  readonly #watch: HostsWatch
  readonly #survivors: Survivors
  readonly #luck: () => number
  /** The lobby begins with a host without a player. */
  readonly #hasHall: boolean
  /** Who may play on without the others sometimes does. */
  readonly #playsOn: boolean
  /** Until when a page is hurt. */
  readonly #hurt = new Map<Player, number>()
  /** Until when one way between a guest and a host of theirs is cut, and the guest may be on the way back. */
  readonly #halfCut = new Map<Player, number>()
  readonly #unanswered = new Set<{ readonly player: Player; readonly site: Site }>()
  /** How many commands each page asked for in each match. */
  readonly #asked = new Map<string, number>()
  #code = ''
  /** Since when the lobby server has not been away. */
  #serverSince = 0
  #host: Player | null = null
  /** Nobody presses keys any more. */
  #isResting = false
  /** Until when some way or page is cut off or asleep. */
  #troubledUntil = 0

  constructor(seed: number) {
    this.world = new LobbyWorld(seed)
    const { random } = this.world
    // Most lobbies are small.
    const count = random() < 0.85 ? 2 + Math.floor(random() * 5) : 7 + Math.floor(random() * 10)
    // A stream of its own, so that all else is drawn as without them.
    this.#luck = seededStream(seed, LUCK_STREAM)
    this.#hasHall = this.#luck() < 0.2
    this.#playsOn = this.#luck() < 0.4
    this.#players = NAMES.slice(0, count).map((name, i) => {
      const isHall = this.#hasHall && i === 0
      const isHeadless = isHall || (this.#hasHall && this.#luck() < 0.3)
      return new Player(this.world, isHall ? HALL : name, moorAsYard, isHeadless)
    })
    this.#watch = new HostsWatch(this.world, this.faults)
    this.#survivors = new Survivors(this.world)
  }

  async play(): Promise<void> {
    const { world } = this
    const [first, ...guests] = this.#players as [Player, ...Player[]]
    void (this.#hasHall ? first.createWithoutPlayer() : first.create({}))
    await this.#pass(1000)
    this.#code = first.lobby?.code ?? ''
    for (const guest of guests) world.time.at(world.time.now + this.#within(2000), () => this.#come(guest))
    await this.#pass(BEGIN_MS)
    if (world.random() < 0.8) this.#start()
    for (let trouble = 0; trouble < TROUBLES; trouble++) {
      await this.#pass(this.#within(PAUSE_MS))
      await this.#trouble()
    }
    await this.#rest()
    await this.#end()
  }

  #within(ms: number): number {
    return this.world.random() * ms
  }

  #pick<T>(of: readonly T[]): T | undefined {
    return of[Math.floor(this.world.random() * of.length)]
  }

  #count(what: string, whom = ''): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
    this.world.note(`- ${what} ${whom}`)
  }

  async #pass(ms: number): Promise<void> {
    const { time } = this.world
    for (const end = time.now + ms; time.now < end; ) {
      await time.runTo(Math.min(end, time.now + LOOK_MS))
      this.#look()
    }
  }

  #look(): void {
    this.#watch.look(this.#players)
    this.#survivors.look(this.#players)
    this.faults.push(...secretFaults(this.#players).slice(0, 1))
    this.counts.doubles = this.#watch.doubles
    this.counts['doubles with followers'] = this.#watch.followedDoubles
    this.counts['drawn times judged'] = this.#watch.judgedTimes
    const host = this.#runningHost
    if (host && host !== this.#host) {
      if (this.#host) this.#count('migrations', `to ${host.name}`)
      this.#host = host
    }
    for (const player of this.#players) {
      this.#play(player)
      this.#playOn(player)
    }
  }

  /** The host of the lobby. Whoever plays on alone is it only where there is nobody else. */
  get #runningHost(): Player | null {
    const running = this.#players.filter(runs)
    return running.find((player) => !isFork(player)) ?? running[0] ?? null
  }

  /** Who is asked whether to go on alone sometimes does. */
  #playOn({ name, lobby, site }: Player): void {
    if (!this.#playsOn || site.page.state === 'frozen' || lobby?.reconnecting?.mayPlayOn !== true) return
    if (this.#luck() < 0.1 && lobby.playOn() === null) this.#count('forks', name)
  }

  /** Whoever plays presses keys, and buys now and then. */
  #play(player: Player): void {
    const { session, site, isIn, lobby } = player
    if (!session || !isIn || lobby?.state !== 'playing' || lobby.me === null || site.page.state === 'frozen') return
    if (this.#isResting) return session.input({ x: 0 })
    const { random } = this.world
    if (random() < 0.2) session.input({ x: Math.floor(random() * 3) - 1 })
    if (random() > 0.1) return
    this.#asked.set(inMatch(player), (this.#asked.get(inMatch(player)) ?? 0) + 1)
    const { command } = session as unknown as { command(name: 'buy', payload: { price: number }): Promise<number> }
    const asked = { player, site }
    this.#unanswered.add(asked)
    const settled = (how: string) => () => {
      this.#unanswered.delete(asked)
      this.#tally(how)
    }
    command.call(session, 'buy', { price: 1 }).then(settled('commands answered'), settled('commands rejected'))
  }

  /** Each command is answered or rejected, but for those of pages that are gone. */
  #judgeCommands(): void {
    const open = [...this.#unanswered].filter(({ site }) => site.page.state !== 'gone')
    for (const { name } of new Set(open.map(({ player }) => player)))
      this.faults.push(`commands of ${name} were neither answered nor rejected`)
    this.#unanswered.clear()
  }

  #tally(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }

  #come(player: Player): void {
    if (!player.isIn && !player.isJoining && player.site.page.state !== 'gone') void player.join(this.#code)
  }

  /** Those who are in the lobby and well. */
  get #well(): Player[] {
    const { now } = this.world.time
    return this.#players.filter((player) => player.isIn && (this.#hurt.get(player) ?? 0) <= now)
  }

  /** Whether so many more may be hurt: most who are in the lobby, as its last host counts them, stay well. */
  #mayHurt(more: number): boolean {
    const { now } = this.world.time
    const hurt = this.#players.filter((player) => (this.#hurt.get(player) ?? 0) > now).length
    const cutOff = this.#well.filter((player) => this.#isCutOff(player)).length
    const voters = this.#well.length + hurt
    // Of two, one goes on with the lobby server's vote: it has to know the lobby and the heir.
    const isKnown = now - this.#serverSince > HURT_MS
    return (hurt + cutOff + more) * 2 < voters || (voters === 2 && hurt === 0 && more === 1 && isKnown)
  }

  /** Whom one cut way keeps from the host has no link to an heir either. */
  #isCutOff(player: Player): boolean {
    return (this.#halfCut.get(player) ?? 0) > this.world.time.now && player.lobby?.state === 'reconnecting'
  }

  #troubledFor(ms: number): void {
    this.#troubledUntil = Math.max(this.#troubledUntil, this.world.time.now + ms)
  }

  #hurtFor(player: Player, ms: number): void {
    this.#troubledFor(ms)
    this.#hurt.set(player, this.world.time.now + ms + HURT_MS)
  }

  async #trouble(): Promise<void> {
    const host = this.#runningHost
    const guest = this.#pick(this.#well.filter((player) => player !== host))
    if (!host || !guest) return
    const anybody = this.#pick([host, guest]) ?? host
    const troubles: (() => unknown)[] = [
      () => this.#kill(host),
      () => this.#kill(host),
      () => this.#kill(guest),
      () => this.#close(host),
      () => this.#reload(host),
      () => this.#reload(guest),
      () => this.#freeze(host),
      () => this.#freeze(guest),
      () => this.#sleep(anybody),
      () => this.#setClock(anybody),
      () => this.#cut(host),
      () => this.#cut(guest),
      () => this.#oneWay(host, guest),
      () => this.#oneWay(guest, host),
      () => this.#part(),
      () => this.#handOver(host, guest),
      () => this.#handOver(host, guest),
      () => this.#leave(host),
      () => this.#leave(guest),
      () => this.#drop(anybody),
      () => this.#start(),
      () => this.#finish(host),
      () => this.#restart(),
      () => this.#stopServer(),
      () => this.#newcomer(),
    ]
    await this.#pick(troubles)?.()
  }

  #backSoon(player: Player): void {
    const { time } = this.world
    time.at(time.now + 500 + this.#within(6000), () => this.#come(player))
  }

  #kill(player: Player): void {
    if (!this.#mayHurt(1)) return
    this.#count('kills', player.name)
    this.#hurtFor(player, 0)
    player.reload('kill')
    if (this.world.random() < 0.5) this.#backSoon(player)
  }

  #close(player: Player): void {
    if (!this.#mayHurt(1)) return
    this.#count('closed tabs', player.name)
    this.#hurtFor(player, 0)
    player.reload('close')
  }

  #reload(player: Player): void {
    if (!this.#mayHurt(1)) return
    this.#count('reloads', player.name)
    this.#hurtFor(player, 0)
    player.reload('close')
    const { time } = this.world
    time.at(time.now + this.#within(1500), () => this.#come(player))
  }

  #freeze(player: Player): void {
    const { page } = player.site
    if (page.state !== 'shown' || !this.#mayHurt(1)) return
    const ms = this.#within(this.world.random() < 0.5 ? 2000 : 12_000)
    this.#count('freezes', `${player.name} ${ms.toFixed(0)}`)
    this.#hurtFor(player, ms)
    page.freeze()
    this.world.time.at(this.world.time.now + ms, () => page.show())
  }

  /** The lid is closed, and the device's network gone with it. */
  #sleep(player: Player): void {
    const { page } = player.site
    if (page.state !== 'shown' || !this.#mayHurt(1)) return
    const ms = this.#within(15_000)
    this.#count('sleeps', `${player.name} ${ms.toFixed(0)}`)
    this.#hurtFor(player, ms)
    page.sleep()
    this.world.cut(player.site, ms)
    this.world.time.at(this.world.time.now + ms, () => page.show())
  }

  #setClock(player: Player): void {
    const ms = Math.round((this.world.random() - 0.5) * 2 * MAX_CLOCK_MS)
    this.#count('clock jumps', `${player.name} ${ms}`)
    player.setClock(ms)
  }

  #cut(player: Player): void {
    if (!this.#mayHurt(1)) return
    const ms = this.#within(this.world.random() < 0.5 ? 3000 : 12_000)
    this.#count('cuts', `${player.name} ${ms.toFixed(0)}`)
    this.#hurtFor(player, ms)
    this.world.cut(player.site, ms)
  }

  #oneWay(from: Player, to: Player): void {
    const ms = this.#within(10_000)
    this.#count('one-way cuts', `${from.name} to ${to.name} ${ms.toFixed(0)}`)
    this.#troubledFor(ms)
    for (const player of [from, to]) this.#halfCut.set(player, this.world.time.now + ms + HURT_MS)
    this.world.cutWay(from.site, to.site, ms)
  }

  /** The smaller part hears nothing of the others, nor of signalling. */
  #part(): void {
    const well = this.#well
    const size = 1 + Math.floor(this.world.random() * ((well.length - 1) / 2))
    if (well.length < 3 || !this.#mayHurt(size)) return
    const ms = this.#within(12_000)
    const part = [...well].sort(() => this.world.random() - 0.5).slice(0, size)
    this.#count('partitions', `${part.map(({ name }) => name)} ${ms.toFixed(0)}`)
    const others = this.#players.filter((player) => !part.includes(player))
    for (const player of part) this.#hurtFor(player, ms)
    this.world.part(
      ms,
      part.map(({ site }) => site),
      others.map(({ site }) => site),
    )
    for (const { site } of part) {
      this.world.internet.cut(site.page)
      this.world.time.at(this.world.time.now + ms, () => this.world.internet.mend(site.page))
    }
  }

  #handOver(host: Player, guest: Player): void {
    const refusal = host.lobby?.handOver(guest.lobby!.me)
    if (refusal === null) this.#count('hand-overs', `${host.name} to ${guest.name}`)
  }

  #leave(player: Player): void {
    if (!this.#mayHurt(1)) return
    this.#count('leaves', player.name)
    this.#hurtFor(player, 0)
    player.lobby?.leave()
    this.#backSoon(player)
  }

  #drop({ name, site }: Player): void {
    this.#count('dropped sockets', name)
    this.world.internet.drop(site.page)
  }

  #start(): void {
    const host = this.#runningHost
    if (host?.lobby?.start() === null) this.#count('starts', host.name)
  }

  #finish({ name, lobby }: Player): void {
    if (lobby?.finish() === null) this.#count('finishes', name)
  }

  async #restart(): Promise<void> {
    this.#count('signalling restarts')
    await this.#serverAway(this.#within(3000))
  }

  async #stopServer(): Promise<void> {
    const ms = this.#within(10_000)
    this.#count('signalling outages', ms.toFixed(0))
    const back = this.#serverAway(ms)
    // Something else happens meanwhile.
    await this.#pass(Math.min(ms, 1500))
    const host = this.#runningHost
    if (host && this.world.random() < 0.5) this.#kill(host)
    await back
  }

  async #serverAway(ms: number): Promise<void> {
    this.#serverSince = Number.POSITIVE_INFINITY
    await this.world.restartServer('a secret', ms)
    this.#serverSince = this.world.time.now
  }

  #newcomer(): void {
    const player = this.#players.find(({ isIn, isJoining, site }) => !isIn && !isJoining && site.page.state !== 'gone')
    if (!player) return
    this.#count('joins', player.name)
    this.#come(player)
  }

  /** All trouble ends, and everybody gets the time to come together again. Who is out by then was told why, and comes anew. */
  async #rest(): Promise<void> {
    const { world } = this
    const { time } = world
    for (const { site } of this.#players) if (site.page.state === 'frozen') site.page.show()
    world.note('- rest')
    await this.#pass(Math.max(0, this.#troubledUntil - time.now))
    const end = time.now + REST_MS
    const well = this.#well
    await this.#untilCalm(well)
    // Nobody reached a majority of the voters since the last host was gone: the lobby is over.
    if (this.#isHostless && !this.#survivors.couldGoOn) return this.#count('lobbies that nobody could go on with')
    for (const player of well) this.#judgeWell(player)
    let faults: string[] = []
    do {
      await this.#pass(1000)
      faults = unityFaults(this.#players)
    } while (faults.length > 0 && time.now < end)
    this.#tally(faults.length > 0 ? 'torn lobbies' : 'whole lobbies')
    this.faults.push(...faults)
    if (faults.length > 0) return
    this.#isResting = true
    await this.#pass(3000)
    this.#judge()
    await this.#judgeHeirs()
  }

  get #isHostless(): boolean {
    return !this.#players.some(({ isIn, lobby }) => isIn && lobby?.hosting)
  }

  /** A page dials another at most so seldom. */
  async #judgeHeirs(): Promise<void> {
    const { time } = this.world
    const faults = (): string[] => {
      const host = this.#runningHost
      return host ? heirFaults(this.#players, host) : []
    }
    for (const end = time.now + HEIRS_WITHIN_MS; faults().length > 0 && time.now < end; ) await this.#pass(1000)
    this.faults.push(...faults())
  }

  /** Until those who are well play, all are in one lobby, and it has stayed so for a while; at most as long as it may take. */
  async #untilCalm(well: readonly Player[]): Promise<void> {
    const { time } = this.world
    const end = time.now + WELL_WITHIN_MS
    for (let calmSince = time.now; time.now < end && time.now - calmSince < CALM_MS; ) {
      await this.#pass(1000)
      const isCalm = well.every((player) => this.#plays(player)) && unityFaults(this.#players).length === 0
      if (!isCalm) calmSince = time.now
    }
  }

  /** With the host, or gone. */
  #plays(player: Player): boolean {
    const host = this.#runningHost
    if (!player.isIn || player === host) return true
    return player.lobby?.state !== 'reconnecting' && host !== null && epochOf(player) === epochOf(host)
  }

  /** A host that the lobby server never knew as an heir has lost the code: who has no link then cannot come back. */
  #judgeWell(player: Player): void {
    if (this.#plays(player)) return
    if (player.lobby?.state === 'reconnecting' && this.#runningHost?.lobby?.codeState === 'lost')
      this.#count('stranded by a lost code', player.name)
    else this.faults.push(`${player.name} is ${player.lobby?.state} ${WELL_WITHIN_MS} ms after the last trouble`)
  }

  #judge(): void {
    const host = this.#runningHost
    if (!host) return
    const here = this.#players.filter(({ isIn }) => isIn)
    this.faults.push(...this.#watch.atRest(here, host))
    this.faults.push(...commandFaults(host, this.#asked, here), ...worldFaults(here, host))
  }

  /** The host leaves last: one that leaves before is followed by another. */
  #leaveAll(): void {
    for (const { lobby } of [...this.#players].sort((a, b) => Number(runs(a)) - Number(runs(b)))) lobby?.leave()
  }

  async #end(): Promise<void> {
    const { world } = this
    const { time } = world
    this.#leaveAll()
    await time.runTo(time.now + END_MS)
    const stopped = world.server.stop()
    await time.runTo(time.now + 15_000)
    await stopped
    this.faults.push(...releaseFaults(world))
    this.#judgeCommands()
    this.#watch.forget()
    for (const player of this.#players) player.forget()
    this.faults.push(...(await memoryFaults(this.#players)))
  }
}

/**
 * A lobby's life drawn from a seed: somebody opens it, others come with right and wrong codes, and then pages reload,
 * sleep, hide and lose their network, players watch and play again, bots come and go, the host locks, asks for a password, kicks and
 * bans, the signalling server restarts with and without its secret. In
 * the end all trouble stops, everybody gets time to come back, and the host closes the lobby. Returns what broke a law.
 */
import { type FoundLobbies, findLobbies, type Lobby } from 'starwire'
import { joinFaults, listFaults, matchFaults, reasonFaults, releaseFaults, rosterFaults, seatFaults } from './laws.ts'
import { Player, type Yard, yard } from './player.ts'
import { AdmissionWatch, inputFaults } from './watch.ts'
import { LobbyWorld } from './world.ts'

const NAMES = ['Ann', 'Bea', 'Cid', 'Dan', 'Eve', 'Fay'] as const

/** How long the trouble lasts, and how long everybody has to come back after it: longer than a seat is kept. */
const TROUBLE_MS = 30_000
const TROUBLE_ENDS_MS = 20_000
const REST_MS = 75_000
/** Between two looks at what is well by then: also a look at the public list, with its measurements. */
const LOOK_MS = 2_000
/**
 * After the host closed the lobby. A guest whom the goodbye did not reach dials for a minute before it gives up, and a
 * server cuts silent sockets after twelve seconds.
 */
const END_MS = 90_000

export interface Outcome {
  readonly faults: readonly string[]
  readonly trace: readonly string[]
  /** How often each thing happened. */
  readonly counts: Readonly<Record<string, number>>
}

export interface StoryOptions {
  /** No packet passes from page to page. Default false. */
  readonly relayed?: boolean
  /** Where a planted fault gets in. */
  readonly prepare?: (world: LobbyWorld) => void
}

export async function playStory(seed: number, options: StoryOptions = {}): Promise<Outcome> {
  const story = new Story(seed, options.relayed)
  options.prepare?.(story.world)
  return story.play()
}

class Story {
  readonly world: LobbyWorld
  readonly #players: Player[]
  readonly #host: Player
  readonly #guests: Player[]
  readonly #slept = new Set<unknown>()
  readonly #counts: Record<string, number> = {}
  readonly #faults: string[] = []
  readonly #admission: AdmissionWatch
  /** As the host set it last; null: none. */
  #password: string | null = null
  #secret = 'a secret'

  constructor(seed: number, relayed = false) {
    this.world = new LobbyWorld(seed, { secret: this.#secret, relayed })
    const count = 2 + Math.floor(this.world.random() * (NAMES.length - 1))
    this.#players = NAMES.slice(0, count).map((name) => new Player(this.world, name))
    const [host, ...guests] = this.#players
    if (!host) throw new Error('a lobby has a host')
    this.#host = host
    this.#guests = guests
    this.#admission = new AdmissionWatch(this.world, guests, this.#faults)
    inputFaults(this.world, this.#players, this.#faults)
  }

  async play(): Promise<Outcome> {
    const { time } = this.world
    void this.#host.create()
    await time.runUntil(() => this.#host.isIn, 1000)
    if (this.#host.lobby) this.#admission.follow(this.#host.lobby)
    if (this.world.random() < 0.25) this.#setPassword()
    for (const guest of this.#guests) time.at(time.now + this.#within(5_000), () => this.#come(guest))
    const end = time.now + TROUBLE_MS
    while (time.now < end) {
      await time.runTo(time.now + this.#within(4_000))
      await this.#trouble()
      this.#faults.push(...seatFaults(this.#players, this.#host))
    }
    await this.#rest()
    for (const { joins } of this.#players)
      for (const { outcome } of joins) this.#tally(`join: ${outcome ?? 'page gone'}`)
    for (const { ended } of this.#players) if (ended !== null) this.#tally(`ended: ${ended}`)
    await this.#close()
    return { faults: this.#faults, trace: this.world.trace, counts: this.#counts }
  }

  #within(ms: number): number {
    return this.world.random() * ms
  }

  #pick<T>(of: readonly T[]): T | undefined {
    return of[Math.floor(this.world.random() * of.length)]
  }

  #tally(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1
  }

  #count(what: string): void {
    this.#tally(what)
    this.world.note(`- ${what}`)
  }

  #comeSoon(guest: Player): void {
    const { time } = this.world
    time.at(time.now + this.#within(8_000), () => this.#come(guest))
  }

  /** A guest types the code, rightly as a rule. */
  #come(guest: Player): void {
    if (guest.isIn || guest.isJoining) return
    const code = this.#host.lobby?.code ?? 'CCCCC'
    const typed = this.world.random() < 0.1 ? 'CCC2F' : code
    if (typed !== code) this.#count('wrong code')
    const password = this.#password === null || this.world.random() < 0.3 ? 'wrong' : this.#password
    void guest.join(typed, { password, spectate: this.world.random() < 0.2 })
  }

  /** What the host's page can be asked now; null: it sleeps, or is in no lobby. */
  get #hosting(): Lobby<Yard> | null {
    const { isIn, lobby, site } = this.#host
    return isIn && site.page.state !== 'frozen' ? lobby : null
  }

  async #trouble(): Promise<void> {
    const guest = this.#pick(this.#guests)
    const anybody = this.#pick(this.#players)
    if (!guest || !anybody) return
    const troubles: (() => void | Promise<void>)[] = [
      () => this.#reload(guest),
      () => this.#reload(guest),
      () => this.#openOtherTab(guest),
      () => this.#sleep(anybody),
      () => this.#sleep(guest),
      () => this.#cut(anybody),
      () => this.#cut(guest),
      () => this.#drop(anybody),
      () => this.#hide(anybody),
      () => this.#kick(guest),
      () => this.#ban(guest),
      () => this.#unban(),
      () => this.#lock(),
      () => this.#setPassword(),
      () => this.#spectate(anybody),
      () => this.#spectate(guest),
      () => this.#addBot(),
      () => this.#removeBot(),
      () => this.#come(guest),
      () => this.#leave(guest),
      () => this.#start(),
      () => this.#rematch(),
      () => this.#choose(anybody),
      () => this.#restart(this.#secret, 'signalling restarts'),
      () => this.#restart(`secret ${this.world.time.now}`, 'signalling forgets'),
    ]
    await this.#pick(troubles)?.()
  }

  #reload(guest: Player): void {
    if (guest.site.page.state === 'gone') return
    this.#count('reload')
    guest.reload(this.world.random() < 0.7 ? 'close' : 'kill')
    this.#comeSoon(guest)
  }

  #openOtherTab(guest: Player): void {
    if (!guest.isIn || guest.lobby?.resumeToken == null) return
    this.#count('other tab')
    guest.openOtherTab()
    this.#come(guest)
  }

  #sleep({ name, site }: Player): void {
    const { page } = site
    if (page.state !== 'shown') return
    this.#count('sleep')
    this.#slept.add(page)
    this.world.note(`${name} sleeps`)
    page.freeze()
    this.world.time.at(this.world.time.now + this.#within(20_000), () => {
      this.world.note(`${name} wakes`)
      page.show()
    })
  }

  #cut({ name, site }: Player): void {
    if (site.cutUntil > this.world.time.now) return
    this.#count('cut')
    this.world.note(`${name} is cut off`)
    // What waits for the network of a page waits as if it slept.
    this.#slept.add(site.page)
    this.world.cut(site, this.#within(20_000))
  }

  #drop({ name, site }: Player): void {
    this.#count('drop')
    this.world.note(`${name} changes networks`)
    this.world.internet.drop(site.page)
  }

  #hide({ site }: Player): void {
    if (site.page.state !== 'shown') return
    this.#count('hide')
    site.page.hide()
    this.world.time.at(this.world.time.now + this.#within(15_000), () => {
      if (site.page.state === 'hidden') site.page.show()
    })
  }

  #kick(guest: Player): void {
    const { lobby } = guest
    if (!guest.isIn || !lobby || this.#hosting?.kick(lobby.me) !== null) return
    this.#count('kick')
    this.#admission.kicked(guest)
    this.#comeSoon(guest)
  }

  #ban(guest: Player): void {
    const { lobby } = guest
    if (!guest.isIn || !lobby || this.#hosting?.ban(lobby.me, 'Bye') !== null) return
    this.#count('ban')
    this.#admission.banned(guest, this.#hosting.bans.at(-1)?.id ?? 0)
    this.#comeSoon(guest)
  }

  #unban(): void {
    const ban = this.#pick(this.#hosting?.bans ?? [])
    if (!ban || this.#hosting?.unban(ban.id) !== null) return
    this.#count('unban')
    this.#admission.unbanned(ban.id)
  }

  #lock(): void {
    const { locked = false } = this.#hosting ?? {}
    if (this.#hosting?.lock(!locked) === null) this.#count(locked ? 'unlock' : 'lock')
  }

  #setPassword(): void {
    if (!this.#hosting) return
    this.#count(this.#password === null ? 'password' : 'no password')
    this.#password = this.#password === null ? `password ${Math.floor(this.#within(100))}` : null
    this.#admission.password(this.#password)
    void this.#hosting.setPassword(this.#password)
  }

  #spectate(who: Player): void {
    const { member, site } = who
    if (!member || site.page.state === 'frozen') return
    this.#count(member.spectator ? 'play again' : 'watch')
    who.spectate(!member.spectator)
  }

  #addBot(): void {
    if (this.#hosting?.addBot('ace') === null) this.#count('bot')
  }

  #removeBot(): void {
    const bot = this.#pick(this.#hosting?.roster.filter((member) => member.bot) ?? [])
    if (bot && this.#hosting?.kick(bot.id) === null) this.#count('bot goes')
  }

  #leave(guest: Player): void {
    if (!guest.isIn || guest.site.page.state === 'frozen') return
    this.#count('leave')
    guest.lobby?.leave()
    this.#comeSoon(guest)
  }

  #start(): void {
    if (this.#host.isIn && this.#host.site.page.state !== 'frozen' && this.#host.lobby?.start() === null)
      this.#count('start')
  }

  /** The host ends the match, changes the settings and starts another in one moment, while guests may be on their way. */
  #rematch(): void {
    const lobby = this.#hosting
    const botsOf = (): string =>
      String(lobby?.roster.flatMap(({ bot, id, spectator }) => (bot ? [`${id} ${bot.kind} ${spectator}`] : [])))
    const bots = botsOf()
    if (lobby?.finish() !== null) return
    this.#count('rematch')
    lobby.changeSettings({ laps: 1 + Math.floor(this.#within(9)) })
    if (this.world.random() < 0.7) lobby.start()
    if (botsOf() !== bots) this.#faults.push(`the bots ${bots} are ${botsOf()} after a rematch`)
  }

  /** Somebody chooses a team and says something of themselves; whether the host allows it depends on the moment. */
  #choose({ name, lobby, isIn, site }: Player): void {
    if (!lobby || !isIn || site.page.state === 'frozen') return
    this.#count('choose')
    lobby.setMyData(Math.floor(this.#within(100)))
    const team = Math.floor(this.#within(4))
    void lobby.choose({ team }).then((refusal) => this.world.note(`${name} chooses ${team}: ${refusal}`))
  }

  async #restart(secret: string, what: string): Promise<void> {
    this.#count(what)
    this.#secret = secret
    await this.world.restartServer(secret, this.#within(5_000))
  }

  /** All trouble ends, and whoever may come back has the time to: at most `REST_MS`, less when all is well before. */
  async #rest(): Promise<void> {
    const { time } = this.world
    await time.runTo(time.now + TROUBLE_ENDS_MS)
    if (this.#host.lobby?.codeState === 'lost') {
      this.#count('renew code')
      void this.#host.lobby.renewCode().catch(() => {})
    }
    const end = time.now + REST_MS
    const { platform, signaling, WebSocket } = this.world.newSite().options
    let faults: string[] = []
    do {
      let found: FoundLobbies | null = null
      const looking = findLobbies({ game: yard, platform, signaling, WebSocket })
      looking.then(
        (page) => {
          found = page
        },
        () => {},
      )
      await time.runTo(time.now + LOOK_MS)
      faults = [
        ...this.#players.flatMap(({ name, joins }) => (joins.at(-1)?.outcome === null ? [`${name} still joins`] : [])),
        ...this.#players.flatMap(({ name, openWishes }) =>
          openWishes > 0 ? [`${name} still waits to watch or play`] : [],
        ),
        ...rosterFaults(this.#players, this.#host),
        ...matchFaults(this.#players, this.#host),
        ...listFaults(found, this.#host),
      ]
    } while (faults.length > 0 && time.now < end)
    this.#faults.push(...faults)
    this.#faults.push(...joinFaults(this.world, this.#players, this.#slept), ...reasonFaults(this.#players))
  }

  async #close(): Promise<void> {
    const { time, server } = this.world
    const how = this.#pick(['leaves', 'closes the page', 'crashes']) ?? 'leaves'
    this.#count(`host ${how}`)
    if (how === 'leaves') this.#host.lobby?.leave()
    else this.#host.site.page[how === 'crashes' ? 'kill' : 'close']()
    await time.runTo(time.now + END_MS)
    for (const { otherTabs } of this.#players) for (const other of otherTabs) other.leave()
    for (const { name, isIn, lobby } of this.#players)
      if (isIn) this.#faults.push(`${name} is ${lobby?.state} in a lobby whose host is gone`)
    const stopped = server.stop()
    await time.runTo(time.now + END_MS)
    await stopped
    this.#faults.push(...releaseFaults(this.world))
  }
}

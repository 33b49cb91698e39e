/** One player of a simulated lobby: a page, what it asked for and when, and the lobby that it is in. */
import { defineGame, entity, type Game, type ShapeOf, t } from 'starwire'
import type { StarwireError } from '../../../net/errors/starwire-error.ts'
import { createLobby } from '../../../net/lobby/create.ts'
import { joinLobby } from '../../../net/lobby/join.ts'
import type { CreateOptions } from '../../../net/lobby/option-types.ts'
import type { Lobby } from '../../../net/lobby/types.ts'
import { virtualStorage } from '../../../net/platform/virtual-page.ts'
import type { Session } from '../../../net/session/types.ts'
import type { LobbyWorld, Site } from './world.ts'

/** Small, and at 20 ticks a second: what is looked at is the lobby. */
export const yard = defineGame({
  id: 'yard',
  version: 1,
  maxPlayers: 6,
  tickRate: 20,
  rulesHash: 'yard',
  settings: { laps: t.int(1, 9) },
  player: { team: t.int(0, 3, { chosen: true }) },
  input: { x: t.int(-1, 1) },
  bots: { ace: () => ({ x: 1 }) },
  entities: { token: entity({ x: t.fixed({ min: 0, max: 1000, step: 1 / 16 }) }) },
  step(world) {
    for (const token of world.all('token')) token.x += world.inputOf(token.owner).x
  },
  referee(world) {
    for (const player of world.joined) world.spawn('token', { owner: player, x: 500 })
    for (const token of world.all('token'))
      if (token.owner !== null && !world.players.includes(token.owner)) world.remove(token)
  },
})
export type Yard = ShapeOf<typeof yard>

/** A join that is under way or over. */
export interface Join {
  readonly by: string
  readonly site: Site
  readonly startedAt: number
  readonly returning: boolean
  /** What the player typed; null: nothing. */
  readonly password: string | null
  /** How it ended: `in`, or a reason; null while it is under way. */
  outcome: string | null
  endedAt: number
}

/** How a guest comes. */
export interface Coming {
  readonly password?: string | null
  readonly spectate?: boolean
}

type Asking = Partial<Pick<Join, 'returning' | 'password'>>

export class Player {
  readonly name: string
  readonly joins: Join[] = []
  lobby: Lobby<Yard> | null = null
  site: Site
  /** How the last lobby of this player ended, and null while it goes on. */
  ended: string | null = null
  /** The match that this player's page plays. */
  session: Session<Yard> | null = null
  /** Lobbies in tabs that this player left open when they went on in another one. */
  readonly otherTabs: Lobby<Yard>[] = []
  /** All lobbies that this player's pages were in, held by nothing here. */
  readonly lobbies: { readonly site: Site; readonly lobby: WeakRef<Lobby<Yard>> }[] = []
  #kept: string | null = null
  /** By how much the clock of this player's device is ahead, ms. */
  #clockAheadMs = 0
  /** Of this player's browser: it outlives their pages. */
  readonly #storage = virtualStorage()
  readonly #world: LobbyWorld
  /** Wishes to watch or to play again that have no answer yet. */
  openWishes = 0

  readonly #game: Game<Yard>
  readonly #isHeadless: boolean

  /** `game`: another one than the yard, of which the stories know at least as much. `isHeadless`: in processes of Node, not in pages. */
  constructor(world: LobbyWorld, name: string, game: Game<Yard> = yard, isHeadless = false) {
    this.#world = world
    this.#game = game
    this.#isHeadless = isHeadless
    this.name = name
    this.site = this.#openSite()
  }

  /** Holds no lobby any more. */
  forget(): void {
    this.lobby = this.session = null
    this.otherTabs.length = 0
  }

  /** In a lobby that goes on, with a page that lives. */
  get isIn(): boolean {
    return this.lobby !== null && this.lobby.state !== 'ended' && this.site.page.state !== 'gone'
  }

  /** Whether a join of the present page is under way. */
  get isJoining(): boolean {
    const last = this.joins.at(-1)
    return last !== undefined && last.site === this.site && last.outcome === null
  }

  /** The laws of most stories know one host: `migration: 'off'`. */
  create(more: Partial<CreateOptions<Yard>> = { migration: 'off' }): Promise<void> {
    const { maxPlayers } = this.#game
    const options = { ...this.site.options, name: this.name, maxPlayers, listed: { title: this.name }, ...more }
    return this.#ask(createLobby(this.#game, options))
  }

  /** Opens a lobby as a host without a player of its own. */
  createWithoutPlayer(): Promise<void> {
    const { maxPlayers } = this.#game
    const options = { ...this.site.options, player: false, maxPlayers, listed: { title: this.name } } as const
    return this.#ask(createLobby(this.#game, options) as unknown as Promise<Lobby<Yard>>)
  }

  /** As whom they come, where they have no seat yet. */
  join(code: string, { password = null, spectate = false }: Coming = {}): Promise<void> {
    const resume = this.#kept
    const options = { ...this.site.options, name: this.name, resume, password, spectate }
    return this.#ask(joinLobby(this.#game, code, options), { returning: resume !== null, password })
  }

  /** This player's own member in the roster of their page; null: they are in no lobby. */
  get member(): Lobby<Yard>['roster'][number] | null {
    return (this.isIn && this.lobby?.roster.find(({ mine }) => mine)) || null
  }

  /** Goes to watch, or plays again. */
  spectate(spectates: boolean): void {
    this.openWishes++
    const { site } = this
    void this.lobby?.spectate(spectates).then((refusal) => {
      this.#world.note(`${this.name} ${spectates ? 'watches' : 'plays again'}: ${refusal}`)
      if (site === this.site) this.openWishes--
    })
  }

  /** The tab is closed and opened again: what it stored is still there. */
  reload(how: 'close' | 'kill'): void {
    this.#kept = this.lobby?.resumeToken ?? this.#kept
    this.site.page[how]()
    this.lobby = null
    this.#world.note(`${this.name} reloads (${how})`)
    this.openWishes = 0
    this.#newSite()
  }

  /** Another tab is opened and leads back to the same seat; the first stays open. */
  openOtherTab(): void {
    if (!this.lobby) return
    this.#kept = this.lobby.resumeToken ?? this.#kept
    this.otherTabs.push(this.lobby)
    this.lobby = null
    this.#world.note(`${this.name} opens another tab`)
    this.openWishes = 0
    this.#newSite()
  }

  #newSite(): void {
    this.site = this.#openSite()
    this.site.page.setClock(this.#clockAheadMs)
  }

  #openSite(): Site {
    const site = this.#world.newSite({}, this.#storage)
    site.page.isHeadless = this.#isHeadless
    return site
  }

  /** The clock of this player's device is set, for its page and those that follow. */
  setClock(aheadMs: number): void {
    this.#clockAheadMs = aheadMs
    this.site.page.setClock(aheadMs)
    this.#world.note(`${this.name}'s clock is ${aheadMs} ms ahead`)
  }

  async #ask(asking: Promise<Lobby<Yard>>, { returning = false, password = null } = {} as Asking): Promise<void> {
    const { site } = this
    const world = this.#world
    const join: Join = {
      ...{ by: this.name, site, startedAt: world.time.now, returning, password },
      ...{ outcome: null, endedAt: 0 },
    }
    this.joins.push(join)
    const end = (outcome: string): void => {
      join.outcome = outcome
      join.endedAt = world.time.now
      world.note(`${this.name} ${outcome}`)
    }
    try {
      const lobby = await asking
      end('in')
      // A page that is gone runs no code; what a simulation cannot stop may still come here.
      if (site.page.state === 'gone') return
      if (site === this.site) this.#enter(lobby)
      else lobby.leave()
    } catch (error) {
      end((error as StarwireError).reason ?? String(error))
    }
  }

  #enter(lobby: Lobby<Yard>): void {
    const world = this.#world
    this.lobby = lobby
    this.lobbies.push({ site: this.site, lobby: new WeakRef(lobby) })
    this.session = null
    this.ended = null
    const note = (what: string): void => world.note(`${this.name} ${what}`)
    // Each match has a session of its own.
    const awaitSession = (): void => {
      this.session = null
      lobby.session().then(
        (session) => {
          if (this.lobby === lobby) this.session = session
          note('plays')
        },
        () => {},
      )
    }
    lobby.on('state', (state) => {
      note(`state ${state}`)
      if (state === 'lobby') awaitSession()
    })
    lobby.on('settings', ({ laps }) => note(`settings ${laps}`))
    lobby.on('roster', (roster) => note(`sees ${rosterText(roster)}`))
    lobby.on('code', ({ code, state }) => note(`code ${code} ${state}`))
    lobby.on('ended', (reason) => {
      if (this.lobby === lobby) this.ended = reason ?? 'left'
      note(`ended ${reason}`)
    })
    awaitSession()
  }
}

export function rosterText(roster: Lobby<Yard>['roster']): string {
  return roster
    .map(({ id, name, presence, choice, data, spectator }) => {
      const where = (presence === 'here' ? '' : `(${presence})`) + (spectator ? ' watching' : '')
      return `${id}:${name}${where}/${choice.team}/${data}`
    })
    .join(' ')
}

/** A lobby without a network: links inside this process, a clock moved by hand, a small game whose rules can be broken. */
import { command, defineGame, entity, event, type Game, type GameShape, type ShapeOf, t } from 'starwire'
import { StarwireError } from '../../../net/errors/starwire-error.ts'
import type { AdmissionState } from '../../../net/lobby/admission/admission.ts'
import { enterLobby } from '../../../net/lobby/guest/enter.ts'
import type { DialWatch } from '../../../net/lobby/guest/redial.ts'
import { HostRole, type HostRoleOptions } from '../../../net/lobby/host/host-role.ts'
import { newHostState } from '../../../net/lobby/host/host-state.ts'
import { joinNote } from '../../../net/lobby/join-note.ts'
import { LobbyObject } from '../../../net/lobby/lobby.ts'
import { decodeHostMessage, encodeMessage, type GuestMessage, type HostMessage } from '../../../net/lobby/messages.ts'
import type { MediaWays } from '../../../net/media/media-context.ts'
import { type Cancel, type Platform, thisPage } from '../../../net/platform/platform.ts'
import type { Session } from '../../../net/session/types.ts'
import type { Link, LinkCloseReason } from '../../../net/transport/link.ts'
import { loopbackPair } from '../../../net/transport/loopback.ts'
import type { Reason } from '../../../net/wire/reasons.ts'
import type { PlayerId } from '../../../net/world/ids.ts'

/** Breaks the rules for the host's world (`'host'`) or for the world that one player predicts; set it back after. */
export const broken: { world: 'host' | PlayerId | null } = { world: null }

export const yard = defineGame({
  id: 'yard',
  version: 1,
  maxPlayers: 4,
  options: { pace: t.int(1, 5, { default: 2 }), title: t.string(20), marks: t.list(t.int(0, 9), 3) },
  input: { x: t.int(-1, 1) },
  entities: { token: entity({ x: t.fixed({ min: 0, max: 1000, step: 1 / 16 }) }) },
  events: { rung: event({ by: t.player() }, { timing: 'now' }) },
  commands: { ring: command({ times: t.int(0, 100) }, { result: t.int(0, 200) }) },
  step(world) {
    const { predicting } = world as unknown as { predicting: PlayerId | null }
    if (broken.world === (predicting ?? 'host')) throw new Error('the rules broke')
    for (const token of world.all('token')) token.x += world.inputOf(token.owner).x * world.options.pace
  },
  referee(world) {
    for (const player of world.joined) world.spawn('token', { owner: player, x: 500 })
    for (const token of world.all('token'))
      if (token.owner !== null && !world.players.includes(token.owner)) world.remove(token)
    for (const { from, payload, reply } of world.commands('ring')) {
      world.emit('rung', { by: from })
      reply(payload.times * 2)
    }
  },
})
export type Yard = ShapeOf<typeof yard>

/** Lets everything happen that waits in microtasks. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

interface Waiting {
  at: number
  readonly run: () => void
}

/** Time that moves when told to: clocks, timers and what a page hears of itself. */
export class HandClock {
  now = 1000
  /** Whether the page is without a network. */
  offline = false
  /** Timers stand still, as on a page that is asleep; clocks run. */
  timersSleep = false
  private readonly ticks = new Set<(now: number) => void>()
  private readonly timers = new Set<Waiting>()

  readonly platform: Platform = {
    ...thisPage,
    now: () => this.now,
    after: (ms, run) => this.after(ms, run),
    startClock: (_hz, onTick) => {
      this.ticks.add(onTick)
      return { kind: 'timer', stop: () => void this.ticks.delete(onTick) }
    },
    onPulse: () => () => {},
    onPageGone: () => () => {},
    onFreeze: () => () => {},
    onWake: () => () => {},
    isOffline: () => this.offline,
  }

  /** Clocks that run. */
  get running(): number {
    return this.ticks.size
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.timers.size
  }

  private after(ms: number, run: () => void): Cancel {
    const waiting = { at: this.now + ms, run }
    this.timers.add(waiting)
    return () => void this.timers.delete(waiting)
  }

  /** Lets `ms` pass for timers alone: clocks stand still. */
  skip(ms: number): void {
    this.now += ms
    if (this.timersSleep) return
    for (const waiting of [...this.timers].sort((a, b) => a.at - b.at)) {
      if (waiting.at > this.now || !this.timers.delete(waiting)) continue
      waiting.run()
    }
  }

  /** The machine sleeps for `ms`: time goes on, and timers do not count it. */
  sleep(ms: number): void {
    this.now += ms
    for (const waiting of this.timers) waiting.at += ms
  }

  /** `count` ticks of a sixtieth of a second, with everything said in between heard. */
  async tick(count = 1): Promise<void> {
    for (let i = 0; i < count; i++) {
      this.skip(1000 / 60)
      for (const onTick of [...this.ticks]) onTick(this.now)
      await settle()
    }
  }
}

/** A guest's bare end of a link, for saying what no honest guest says. */
export interface Stranger {
  readonly link: Link
  readonly heard: HostMessage[]
  readonly snapshots: number
  closed: LinkCloseReason | null
  say(message: GuestMessage): void
}

/** The way to the host, for guests who dial it again. */
export interface Way {
  /** Why a dial fails; null: it does not. */
  fault: Reason | null
  dials: number
  /** What a dial waits for. */
  gate: Promise<void>
  /** Both ends of each connection so far, the host's first. */
  readonly pairs: (readonly [Link, Link])[]
  /** The newest connection is lost, on both sides. */
  lose(): void
}

/** What a guest of the table may have besides a name. */
export interface Coming {
  /** How their page connects for voice and video. */
  readonly ways?: MediaWays
  readonly choice?: Readonly<Record<string, unknown>>
  readonly resume?: string | null
  /** Whether they dial again when their link is lost. Default false. */
  readonly dials?: boolean
  /** Whether he comes to watch. Default false. */
  readonly spectate?: boolean
  /** Another way to dial than the table's own. */
  readonly dial?: (watch: DialWatch) => Promise<Link>
}

export interface Table<G extends GameShape = Yard> {
  readonly way: Way
  readonly clock: HandClock
  readonly lobby: LobbyObject<G>
  readonly role: HostRole<G>
  readonly warnings: string[]
  /** With what the star was told to close. */
  readonly closings: LinkCloseReason[]
  join(name?: string, game?: Game<G>, coming?: Coming): Promise<LobbyObject<G>>
  stranger(): Stranger
}

export interface TableOptions<G extends GameShape = Yard> extends Partial<HostRoleOptions<G>> {
  /** Of a host before. */
  readonly admission?: AdmissionState
  /** How the host's page connects for voice and video. */
  readonly ways?: (platform: Platform) => MediaWays
  /** Whether the host has a player of its own. */
  readonly player?: boolean
  readonly code?: string
  readonly name?: string
  readonly maxPlayers?: number
  /** Default 2. */
  readonly maxSpectators?: number
}

/** The lobby of a host whose name is Ann unless said otherwise, with four seats. */
export function newHostLobby<G extends GameShape = Yard>(
  platform: Platform,
  {
    player = true,
    code = 'K7QX2',
    name = 'Ann',
    maxPlayers = 4,
    maxSpectators = 2,
    admission,
    ways,
    ...options
  }: TableOptions<G> = {},
): { lobby: LobbyObject<G>; role: HostRole<G> } {
  const game = options.game ?? (yard as unknown as Game<G>)
  const { state, me } = newHostState(game, { maxPlayers, maxSpectators, player: player ? { name } : null })
  let role: HostRole<G> | undefined
  const newRole = (newLobby: LobbyObject<G>): HostRole<G> => {
    role = newHostRole<G>(newLobby, platform, {
      ...{ game, me, state: { ...state, ...(admission && { admission }) } },
      ...options,
    })
    return role
  }
  const lobby = new LobbyObject<G>(game, code, newRole, ways?.(platform))
  return { lobby, role: role as unknown as HostRole<G> }
}

/** A host's role with nothing around it. */
export function newHostRole<G extends GameShape>(
  lobby: LobbyObject<G>,
  platform: Platform,
  options: Pick<HostRoleOptions<G>, 'game' | 'state' | 'me'> & Partial<HostRoleOptions<G>>,
): HostRole<G> {
  return new HostRole<G>(lobby, {
    ...{ resumeSeconds: 60, gameOptions: {}, development: false },
    warn: () => {},
    closed: () => {},
    takeCode: async () => lobby.code,
    list: async () => 'unreachable',
    platform,
    ...options,
  })
}

/** A host's lobby; guests come with `join` or, misbehaving, with `stranger`. */
export function openTable(options: TableOptions = {}): Table {
  return openTableOf<Yard>(yard, options)
}

/** The same for another game. */
export function openTableOf<G extends GameShape>(tableGame: Game<G>, options: TableOptions<G> = {}): Table<G> {
  const clock = new HandClock()
  const warnings: string[] = []
  const closings: LinkCloseReason[] = []
  const { lobby, role } = newHostLobby<G>(clock.platform, {
    game: tableGame,
    warn: (problem) => warnings.push(problem),
    closed: (reason) => closings.push(reason),
    ...options,
  })
  const way: Way = {
    fault: null,
    dials: 0,
    gate: Promise.resolve(),
    pairs: [],
    lose: () => way.pairs.at(-1)?.[0].close('lost'),
  }
  const connect = (): Link => {
    const pair = loopbackPair()
    way.pairs.push(pair)
    role.arrive(pair[0])
    return pair[1]
  }
  const dial = async (): Promise<Link> => {
    way.dials++
    await way.gate
    const refusal = way.fault ?? role.accept(joinNote(tableGame, 'returner'))
    if (refusal !== null) throw new StarwireError(refusal)
    return connect()
  }
  return {
    way,
    clock,
    lobby,
    role,
    warnings,
    closings,
    join: (
      name = 'Bea',
      game = tableGame,
      { resume = null, dials = false, spectate = false, dial: otherDial = dial, ways, choice } = {},
    ) =>
      enterLobby<G>({
        game,
        code: 'K7QX2',
        link: connect(),
        name,
        resume,
        ...(ways && { ways }),
        spectate,
        ...(choice && { choice }),
        dial: dials ? otherDial : null,
        warn: (problem) => warnings.push(problem),
        platform: clock.platform,
      }),
    stranger() {
      const link = connect()
      const stranger = {
        link,
        heard: [] as HostMessage[],
        snapshots: 0,
        closed: null as LinkCloseReason | null,
        say: (message: GuestMessage) => void link.send('bulk', encodeMessage(message)),
      }
      link.listen({
        message: (lane, bytes) => {
          const message = lane === 'bulk' ? decodeHostMessage(bytes) : null
          if (message) stranger.heard.push(message)
          else stranger.snapshots++
        },
        closed: (reason) => {
          stranger.closed = reason
        },
      })
      return stranger
    },
  }
}

export const names = (lobby: { roster: readonly { name: string }[] }): string[] => lobby.roster.map(({ name }) => name)

/** Keeps what a lobby says. */
export function listen<G extends GameShape>(
  lobby: LobbyObject<G>,
): {
  states: string[]
  endings: (Reason | null)[]
  rosters: string[][]
} {
  const heard = { states: [] as string[], endings: [] as (Reason | null)[], rosters: [] as string[][] }
  lobby.on('state', (state) => heard.states.push(state))
  lobby.on('ended', (reason) => heard.endings.push(reason))
  lobby.on('roster', (roster) => heard.rosters.push(roster.map(({ name }) => name)))
  return heard
}

/** Where a player draws the tokens: their own first. */
export function tokens(session: Session<Yard>, now: number): number[] {
  const drawn = [...session.view(now).all('token')]
  return drawn.sort((a, b) => Number(b.mine) - Number(a.mine)).map(({ x }) => x)
}

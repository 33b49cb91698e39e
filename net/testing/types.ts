/** A simulated match as a test holds it: what may be asked for, and what can be done to it. */

import type { ClientRunner } from '../runtime/client-runner.ts'
import type { HostRunner } from '../runtime/host-runner.ts'
import type { Recording } from '../session/recordings.ts'
import type { Session, View } from '../session/types.ts'
import type { Link } from '../transport/link.ts'
import type { Bottleneck, MachineClock, NetworkConditions, SimulatedNetwork } from '../transport/simulated.ts'
import type { GameShape } from '../world/game-shape.ts'
import type { PlayerId } from '../world/ids.ts'
import type { Choice, Values } from '../world/record-types.ts'

export interface SimulationOptions<G extends GameShape> {
  /** How many play, the host's own player included: the first of `clients`, over a loopback link. */
  readonly players: number
  /** Between the host and every guest, the same both ways or each way its own. Default: a perfect network. */
  readonly network?: NetworkConditions
  /** One line that everything leaves through that the host sends to guests. Default: none. */
  readonly hostUplink?: Bottleneck
  /**
   * The clock of a client's computer, by its place in `clients`, and when its frames come. The first is the host's
   * computer. Default: clocks that are right, frames spread evenly.
   */
  readonly clocks?: (client: number) => MachineClock
  /** Of all chance, the game's and the network's: a whole number from 0 to 2^32 − 1. Default 1. */
  readonly seed?: number
  readonly options?: Partial<Values<G['options']>>
  /** The lobby's settings when the match begins. Default: those of the game. */
  readonly settings?: Partial<Values<G['settings']>>
  /** What a client chose in the lobby, by its place in `clients`. Default: the defaults of the fields. */
  readonly choices?: (client: number) => Partial<Choice<G>>
  /** Whether the developer's checks run. Default false. */
  readonly development?: boolean
  /**
   * How long the seat of a guest is kept whose connection is lost, s: as `createLobby`'s, 0 to 3600. After it the seat is
   * free for who joins next. Default 60.
   */
  readonly resumeSeconds?: number
  /** Whether the host's own player is held back as `createLobby` can. Default false. */
  readonly fairHost?: boolean
  /** Hears what the checks find. */
  readonly warn?: (problem: string) => void
}

export interface SimulatedClient<G extends GameShape> {
  readonly me: PlayerId
  readonly session: Session<G>
  readonly runner: ClientRunner
  /** The present one: each return brings another. */
  readonly link: Link
  input(values: Partial<Values<G['input']>>): void
  /** The drawn world now. */
  view(): View<G>
  /** What this client's clock reads at a virtual time, ms: what its `session` takes where it asks for a time. */
  localTime(now: number): number
}

/** What is called while time runs; `now` is virtual time in ms. */
export interface RunHandlers<G extends GameShape> {
  /** Before each tick of the host. */
  eachTick?(now: number): void
  /** At each frame of each client, after its tick; not while its tab is frozen. */
  eachFrame?(client: SimulatedClient<G>, now: number): void
}

export interface Simulation<G extends GameShape> {
  /** Virtual time in ms. */
  readonly now: number
  readonly host: HostRunner
  readonly clients: readonly SimulatedClient<G>[]
  readonly network: SimulatedNetwork
  /**
   * Runs `ms` of virtual time. A function is called as `eachTick`.
   * @throws RangeError when `ms` is negative or no number.
   * @throws What the rules threw meanwhile, on the host or on a client: the match is over with it, and every later `run`
   *   throws the same.
   */
  run(ms: number, handlers?: RunHandlers<G> | ((now: number) => void)): void
  /**
   * Another player joins now, in the first free seat: the last of `clients`. The name is as in a lobby; default "Player",
   * numbered. `choice` is what they chose in the lobby; default: what the option `choices` gives them.
   * @throws RangeError when every seat of the game is taken, and for a choice that is out of range, TypeError for one that is none.
   */
  join(name?: string, choice?: Partial<Choice<G>>): SimulatedClient<G>
  /** A player's connection ends now, without a goodbye; the seat is kept for `resumeSeconds`. */
  drop(client: SimulatedClient<G>): void
  /** A player says goodbye and leaves: the seat is free as soon as the host hears it. */
  leave(client: SimulatedClient<G>): void
  /**
   * A guest's connection ends now, without a goodbye, and the guest is back in the same seat over a new connection `ms`
   * later, as `joinLobby` brings guests back by itself. Lost again meanwhile, the later time counts; `drop` and `leave` end
   * it. Later than `resumeSeconds`, the match is over for them, as `seat-lost`.
   * @throws RangeError for the host's own player, who has no network, and when `ms` is negative or no number, or the player has left.
   */
  lose(client: SimulatedClient<G>, ms: number): void
  /**
   * A tab stands still for `ms` from now, as one behind a debugger or a locked screen does: its timers do not run, and
   * what arrives waits until the thaw. The host's own player is in the host's tab.
   */
  freeze(who: SimulatedClient<G> | 'host', ms: number): void
  /**
   * Nothing sets out between the host and a guest for `ms` from now; what is under way still arrives.
   * @throws RangeError for the host's own player, who has no network.
   */
  cut(client: SimulatedClient<G>, ms: number): void
  /**
   * The network between the host and a guest is another from now on.
   * @throws RangeError when a figure is out of range, and for the host's own player, who has no network.
   */
  setConditions(client: SimulatedClient<G>, network: NetworkConditions): void
  /**
   * Seats one of the game's `bots`, as `lobby.addBot`. Returns its player.
   * @throws RangeError when every seat of the game is taken, or for a skill outside of 0 to 1; TypeError for an unknown kind.
   */
  addBot(kind: G['bots'], options?: { readonly name?: string; readonly skill?: number }): PlayerId
  /** The bot's seat is free from now on. */
  removeBot(player: PlayerId): void
  /** Begins to record the match at its host, from now on: what `session.record()` does on a host's page. */
  record(): Recording<G>
}

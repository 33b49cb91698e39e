/** What is watched while a story goes on: who comes in although they may not, and spectators who send inputs. */
import type { Lobby } from 'starwire'
import { decodePacket, isDefect, PacketKind } from '../../../net/wire/packet.ts'
import type { Player, Yard } from './player.ts'
import type { LobbyWorld } from './world.ts'

/** As `lobby.kick` promises. */
const KICK_MS = 60_000
/** What a page asked so long ago a host that slept may still hear. */
const LATE_MS = 30_000
/** What is under way when a player goes to watch arrives within this time. */
const UNDER_WAY_MS = 3_000

/**
 * Newcomers: nobody comes while the lobby is locked, without the password, or from a browser that was kicked a moment ago or is
 * banned. Who has a seat that is kept for them is no newcomer. Seen in the host's roster: a name that was not there.
 */
export class AdmissionWatch {
  private readonly world: LobbyWorld
  private readonly players: ReadonlyMap<string, Player>
  private readonly faults: string[]
  private readonly kicks = new Map<Player, number>()
  private readonly bans = new Map<number, Player>()
  /** Each password, or none, and until when it held. */
  private readonly passwords: { readonly password: string | null; until: number }[] = [
    { password: null, until: Number.POSITIVE_INFINITY },
  ]

  constructor(world: LobbyWorld, guests: readonly Player[], faults: string[]) {
    this.world = world
    this.players = new Map(guests.map((guest) => [guest.name, guest]))
    this.faults = faults
  }

  follow(lobby: Lobby<Yard>): void {
    let before = new Set(lobby.roster.map(({ name }) => name))
    lobby.on('roster', (roster) => {
      const added = roster.filter(({ name, bot }) => !bot && !before.has(name))
      before = new Set(roster.map(({ name }) => name))
      for (const { name } of added) this.came(name, lobby)
    })
  }

  private came(name: string, { locked }: Lobby<Yard>): void {
    const guest = this.players.get(name.replace(/ \d+$/, ''))
    if (!guest) return
    const { now } = this.world.time
    if (locked) this.faults.push(`${name} came into a locked lobby at ${now}`)
    if (now - (this.kicks.get(guest) ?? Number.NEGATIVE_INFINITY) < KICK_MS)
      this.faults.push(`${name} came at ${now}, though they were kicked at ${this.kicks.get(guest)}`)
    if ([...this.bans.values()].includes(guest)) this.faults.push(`${name} came at ${now}, though they are banned`)
    if (!this.knewPassword(guest)) this.faults.push(`${name} came at ${now} without the password`)
  }

  /**
   * A password that held when they asked will do: it may have been another one when they sat down. A host that slept hears also of
   * those who have given up meanwhile.
   */
  private knewPassword({ joins }: Player): boolean {
    return joins.some(({ password: typed, startedAt }) => {
      if (this.world.time.now - startedAt > LATE_MS) return false
      const held = this.passwords.filter(({ until }) => until >= startedAt)
      return held.some(({ password }) => password === null || password === typed)
    })
  }

  kicked(guest: Player): void {
    this.kicks.set(guest, this.world.time.now)
  }

  banned(guest: Player, ban: number): void {
    this.bans.set(ban, guest)
  }

  unbanned(ban: number): void {
    this.bans.delete(ban)
  }

  password(password: string | null): void {
    const last = this.passwords.at(-1)
    if (last) last.until = this.world.time.now
    this.passwords.push({ password, until: Number.POSITIVE_INFINITY })
  }
}

/** A spectator's page sends acks alone, which name the tick 0. */
export function inputFaults(world: LobbyWorld, players: readonly Player[], faults: string[]): void {
  const watchesSince = new Map<Player, number>()
  world.onStatePacket = (site, bytes) => {
    const player = players.find((other) => other.site === site)
    if (!player) return
    const isWatching = player.lobby?.state === 'playing' && player.member?.spectator === true
    if (!isWatching) return void watchesSince.delete(player)
    const since = watchesSince.get(player) ?? world.time.now
    watchesSince.set(player, since)
    const packet = decodePacket(bytes)
    if (world.time.now - since < UNDER_WAY_MS || isDefect(packet)) return
    if (packet.kind === PacketKind.input && packet.tick > 0 && faults.length < 100)
      faults.push(`${player.name} watches, and sends the input of tick ${packet.tick}`)
  }
}

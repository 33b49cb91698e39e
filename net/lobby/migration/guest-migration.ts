/**
 * A guest's side of migration: knows who the heirs are, has idle links to them, and as an heir holds a copy of the lobby and of the match.
 * When the host hands over, this page becomes the host or follows to it.
 *
 * The host may be hostile: what it sends as an heir's stream is checked, bounded, and never shown on this page.
 */
import { openHeirMessage } from '../../migration/heir-messages.ts'
import { HeirReceiver } from '../../migration/heir-receiver.ts'
import { showError } from '../../platform/show-error.ts'
import type { Clock } from '../../platform/worker-clock.ts'
import type { HeirSignals } from '../../signaling/heir.ts'
import type { Link } from '../../transport/link.ts'
import type { ConnectPeer } from '../../transport/peer-connection.ts'
import type { GameShape } from '../../world/game-shape.ts'
import { type PlayerId, seatOf } from '../../world/ids.ts'
import type { Match } from '../match/match.ts'
import { IdleLinks } from './idle-links.ts'
import { copyFrom, pieceChecks } from './lobby-copy.ts'
import type { GuestPage, Handover, HostMigrationMessage } from './migration-messages.ts'
import type { GuestMigrationOptions } from './migration-options.ts'
import { hashOf } from './token-hash.ts'

const LOOKS_PER_SECOND = 10
/** How long the lobby server's word waits for the host's, ms. */
const HANDED_WAIT_MS = 100
export class GuestMigration<G extends GameShape> {
  private readonly options: GuestMigrationOptions<G>
  private readonly links: IdleLinks
  private readonly clock: Clock
  private heirs: readonly PlayerId[] = []
  private said: GuestPage | null = null
  /** As an heir: the newest pieces of the lobby. */
  private readonly pieces = new Map<string, unknown>()
  private version = 0
  private signals: HeirSignals | null = null
  private isWarm = false
  private isStopped = false

  constructor(options: GuestMigrationOptions<G>, connect: ConnectPeer | null) {
    const { platform, change, tell } = options
    this.options = options
    this.links = new IdleLinks({
      ...{ platform, connect },
      iceServers: () => change.iceServers(),
      send: (to, attempt, text) => tell({ kind: 'toPeer', to, attempt, text }),
      opened: () => this.sayPage(),
      heard: () => {},
    })
    this.clock = platform.startClock(LOOKS_PER_SECOND, () => this.links.look(platform.now()))
    this.sayPage()
  }

  hear(message: HostMigrationMessage): boolean {
    switch (message.kind) {
      case 'heirs':
        this.setHeirs(message.heirs)
        return true
      case 'heirKey':
        return this.beHeir(message.key)
      case 'fromPeer': {
        const { from, attempt, text } = message
        this.links.signal(from, attempt, text, this.isHeir)
        return true
      }
      case 'handover':
        return this.changeHost(message)
    }
  }

  /** Tells the host what this page is like, when that has changed. */
  private sayPage(): void {
    const { change, platform, tell, watches } = this.options
    const { hidden, reluctant } = platform.traits()
    const links = this.links.count
    const page = { mayHost: change.mayHost && !watches(), warm: this.isWarm, visible: !hidden, reluctant, links }
    if (JSON.stringify(page) === JSON.stringify(this.said)) return
    this.said = page
    tell({ kind: 'page', ...page })
  }

  // Heirs.

  private get me(): PlayerId {
    return this.options.me()
  }

  private get isHeir(): boolean {
    return this.heirs.includes(this.me)
  }

  private setHeirs(heirs: readonly PlayerId[]): void {
    this.heirs = heirs
    const rank = heirs.indexOf(this.me)
    // Of two heirs the lower in rank dials.
    this.links.want(rank < 0 ? heirs : heirs.slice(0, rank))
    if (rank < 0) this.beNoHeir()
  }

  private beNoHeir(): void {
    this.signals?.close()
    this.signals = null
    this.pieces.clear()
    this.version = 0
    this.isWarm = false
    const { match } = this.options.lobby
    if (match?.client) match.client.heir = null
    this.sayPage()
  }

  private beHeir(key: string): boolean {
    const { lobby, change } = this.options
    if (!this.isHeir) return false
    this.signals?.close()
    const ticket = { code: lobby.code, seat: seatOf(this.me), key }
    this.signals = lobby.codeState === 'none' ? null : change.watch(ticket, this.heirHandlers)
    change.load().then(() => {
      if (this.isStopped || !this.isHeir) return
      this.isWarm = true
      if (lobby.match) this.matchBegins(lobby.match)
      this.sayPage()
    }, showError)
    return true
  }

  private readonly heirHandlers = {
    hostGone: () => {},
    // The host's own word may have been lost with its page.
    handed: (seat: number, epoch: number) => this.handed(seat, epoch),
    online: () => {},
    dismissed: () => {
      this.signals = null
    },
  }

  /** As an heir this page is told the host's world from the match's start on. */
  matchBegins({ client, epoch, start }: Match<G>): void {
    if (!client || !this.isWarm || client.heir) return
    client.heir = new HeirReceiver({ game: this.options.game, epoch, start, slow: pieceChecks })
  }

  hearStream(bytes: Uint8Array): void {
    if (!this.isWarm) return
    const { lobby, platform } = this.options
    const message = openHeirMessage(bytes)
    if (typeof message !== 'string' && message.kind === 'slow' && message.epoch === lobby.epoch) this.notePiece(message)
    lobby.match?.client?.heir?.receiveBulk(bytes, platform.now())
  }

  private notePiece({ version, piece, value }: { version: number; piece: string; value: unknown }): void {
    if (version <= this.version || !Object.hasOwn(pieceChecks, piece)) return
    if (!pieceChecks[piece as keyof typeof pieceChecks](value)) return
    this.version = version
    this.pieces.set(piece, value)
  }

  // The change.

  /** The host has stopped and says who goes on. */
  private changeHost({ epoch, heir, tick, leaves }: Handover): boolean {
    const { lobby, follow } = this.options
    if (epoch <= lobby.epoch || !this.heirs.includes(heir)) return false
    const host = lobby.roster.find((member) => member.host)?.id ?? null
    if (heir !== this.me) follow(epoch, this.links.take(heir))
    else this.takeOver(epoch, tick ?? Number.POSITIVE_INFINITY, { host, leaves })
    return true
  }

  /** The lobby server says that the host has handed over, to the heir of this seat. */
  private handed(seat: number, epoch: number): void {
    const { lobby, platform } = this.options
    const heir = this.heirs.find((player) => seatOf(player) === seat)
    // What the host says itself tells more, and comes at the same time.
    platform.after(HANDED_WAIT_MS, () => {
      if (this.isStopped || heir === undefined || epoch <= lobby.epoch) return
      this.changeHost({ kind: 'handover', epoch, heir, tick: null, leaves: false })
    })
  }

  private takeOver(epoch: number, upTo: number, before: { host: PlayerId | null; leaves: boolean }): void {
    const { lobby, game, change, releaseLink } = this.options
    const copy = copyFrom(game, this.pieces)
    // It can host nothing of which it knows nothing. The others come to no host, and the lobby is over for them.
    if (!copy) return
    const { match } = lobby
    const heir = match?.client?.heir ?? null
    const links: Map<PlayerId, Link> = this.links.takeAll()
    const { host, leaves } = before
    if (host !== null && !leaves) links.set(host, releaseLink())
    const { signals, me } = this
    this.signals = null
    change.host(lobby, {
      ...{ me, epoch, copy, links, signals, hashOf, left: leaves ? host : null },
      match: heir && { heir, upTo, away: leaves && host !== null ? [host] : [] },
    })
  }

  /** This page sits at a host, who does not know it yet. */
  seated(): void {
    this.said = null
    this.beNoHeir()
  }

  stop(): void {
    this.isStopped = true
    this.clock.stop()
    this.links.close()
    this.signals?.close()
    this.signals = null
  }
}

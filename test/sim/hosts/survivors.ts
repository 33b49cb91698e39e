/**
 * Who could go on when the host is gone. In go looks at all pages, some times a second; out comes whether an heir has reached enough voters
 * for as long as an election takes. It is counted here from what pages know and from what passes between them, and not asked of their elections.
 *
 * By design a lobby is over where nobody can: the host goes before it has an heir, or its heirs have links to fewer than a majority of
 * the voters. Links and heirs that are missing after a rest are a fault (`heirFaults`).
 */
import { CLAIM_MS, RANK_WAIT_MS, SILENCE_MS, WITHOUT_WORLD_MS } from '../../../net/migration/election-times.ts'
import { type Electorate, tally, type Voter } from '../../../net/migration/electorate.ts'
import type { PlayerId } from '../../../net/world/ids.ts'
import type { Player } from '../lobbies/player.ts'
import type { LobbyWorld } from '../lobbies/world.ts'

/** What is private in a guest's page. */
interface GuestInside {
  readonly electorate: Electorate | null
  readonly heirship: { readonly isReady: boolean }
  readonly links: { linkTo(player: PlayerId): object | null }
  readonly watch: { readonly isOnline: boolean }
}

/** Null: it hosts, or knows of no heirs. */
function guestOf({ isIn, lobby }: Player): GuestInside | null {
  const role = (
    lobby as unknown as { readonly role: { readonly migration?: { readonly loaded: GuestInside | null } | null } }
  )?.role
  return isIn && lobby?.hosting === false ? (role.migration?.loaded ?? null) : null
}

const meOf = ({ lobby }: Player): PlayerId | null => (lobby?.me ?? null) as PlayerId | null
const isAwake = ({ isIn, site }: Player): boolean => isIn && site.page.state !== 'frozen'

export class Survivors {
  private readonly world: LobbyWorld
  /** Since when each heir reaches enough voters, while no page hosts, ms. */
  private readonly since = new Map<Player, number>()
  /** Whether an heir reached enough for as long as it needs, and no page hosts since. */
  couldGoOn = false

  constructor(world: LobbyWorld) {
    this.world = world
  }

  look(players: readonly Player[]): void {
    const { now } = this.world.time
    if (players.some((player) => isAwake(player) && player.lobby?.hosting)) {
      this.since.clear()
      this.couldGoOn = false
      return
    }
    for (const player of players) {
      const needsMs = this.needOf(player, players)
      if (needsMs === null) this.since.delete(player)
      else this.since.set(player, this.since.get(player) ?? now)
      if (needsMs !== null && now - (this.since.get(player) ?? now) >= needsMs) this.couldGoOn = true
    }
  }

  /** How long this page needs to be the host, ms; null: it cannot be. */
  private needOf(heir: Player, players: readonly Player[]): number | null {
    const guest = guestOf(heir)
    const me = meOf(heir)
    if (!guest?.electorate || !isAwake(heir) || !guest.heirship.isReady || me === null) return null
    const { electorate } = guest
    const rank = electorate.heirs.filter((other) => other !== electorate.host).indexOf(me)
    if (rank < 0) return null
    const reached = tally(electorate, (voter) => voter === me || this.reaches(heir, voter, players))
    if (reached === 'fewer' || (reached === 'half' && !guest.watch.isOnline)) return null
    return SILENCE_MS + WITHOUT_WORLD_MS + rank * RANK_WAIT_MS + CLAIM_MS
  }

  /** Whether a voter hears this heir and can vote for it: both ends have the link, something passes, and they know no newer voters. */
  private reaches(heir: Player, voter: Voter, players: readonly Player[]): boolean {
    const other = players.find((player) => meOf(player) === voter && isAwake(player))
    const [mine, theirs] = [guestOf(heir), other && guestOf(other)]
    if (!other || !mine?.electorate || !theirs?.electorate) return false
    const isLinked = mine.links.linkTo(meOf(other)!) !== null && theirs.links.linkTo(meOf(heir)!) !== null
    const knowsNewer = theirs.electorate.version > mine.electorate.version
    return (
      isLinked && !knowsNewer && this.world.passes(heir.site, other.site) && this.world.passes(other.site, heir.site)
    )
  }
}

/** After a rest a host whose guests may host has heirs, and each has a link to each other guest. */
export function heirFaults(players: readonly Player[], host: Player): string[] {
  const guests = players.filter((player) => player !== host && isAwake(player) && meOf(player) !== null)
  const heirs = guests.filter((player) => guestOf(player)?.electorate?.heirs.some((heir) => heir === meOf(player)))
  if (guests.length > 0 && heirs.length === 0) return [`${host.name} has no heir`]
  return heirs.flatMap((heir) => {
    const missing = guests.filter((other) => other !== heir && guestOf(heir)?.links.linkTo(meOf(other)!) === null)
    return missing.map(({ name }) => `${heir.name}, an heir, has no link to ${name}`)
  })
}

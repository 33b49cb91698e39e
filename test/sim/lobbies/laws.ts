/** What holds in every lobby, whatever happens to its pages and networks. Each law returns the faults that it finds. */
import type { FoundLobbies, Lobby } from 'starwire'
import { type Player, rosterText, type Yard } from './player.ts'
import type { LobbyWorld } from './world.ts'

/** `joinLobby` ends within 20 s, and within 40 s with a token that turns out to be void. Rounds of timers come on top. */
const JOIN_WITHIN_MS = 21_000
const RETURN_WITHIN_MS = 41_000

/** Every join ends in the lobby or with a reason, within its deadline. Joins of pages that slept or are gone are left out. */
export function joinFaults(world: LobbyWorld, players: readonly Player[], slept: ReadonlySet<unknown>): string[] {
  return players
    .flatMap(({ joins }) => joins)
    .filter(({ site }) => site.page.state !== 'gone' && !slept.has(site.page))
    .flatMap(({ by, startedAt, endedAt, outcome, returning }) => {
      const took = (outcome === null ? world.time.now : endedAt) - startedAt
      if (took <= (returning ? RETURN_WITHIN_MS : JOIN_WITHIN_MS)) return []
      return [
        `${by} asked to join at ${startedAt} and ${outcome === null ? 'heard nothing' : `heard ${outcome}`} for ${took} ms`,
      ]
    })
}

/** Nobody has two seats, and no seat has two players. */
export function seatFaults(players: readonly Player[], host: Player): string[] {
  const faults: string[] = []
  const seats = new Map<number, string>()
  for (const { name, lobby, isIn } of players) {
    if (!isIn || !lobby || lobby.state === 'reconnecting') continue
    const other = seats.get(lobby.me)
    if (other !== undefined) faults.push(`${name} and ${other} both sit on ${lobby.me}`)
    seats.set(lobby.me, name)
  }
  const ids = host.lobby?.roster.map(({ id }) => id) ?? []
  if (new Set(ids).size < ids.length) faults.push(`a seat stands twice in the roster: ${ids}`)
  return faults
}

/** In the end everybody in the lobby sees the same roster, in which everybody is, and nobody else is here. */
export function rosterFaults(players: readonly Player[], host: Player): string[] {
  if (!host.isIn || !host.lobby) return []
  const faults: string[] = []
  const members = players.filter(({ isIn }) => isIn)
  const right = rosterText(host.lobby.roster)
  for (const { name, lobby } of members) {
    if (lobby?.state === 'reconnecting') faults.push(`${name} is still reconnecting`)
    else if (lobby && rosterText(lobby.roster) !== right)
      faults.push(`${name} sees ${rosterText(lobby.roster)}, not ${right}`)
    if (lobby && lobby.settings.laps !== host.lobby.settings.laps)
      faults.push(`${name} has the settings ${lobby.settings.laps}, not ${host.lobby.settings.laps}`)
  }
  for (const { name, lobby, otherTabs, isIn } of players)
    for (const other of otherTabs)
      if (isIn && other.state !== 'ended' && other.me === lobby?.me)
        faults.push(`${name} sits on ${other.me} in two tabs`)
  const here = host.lobby.roster.filter(({ presence, bot }) => presence === 'here' && !bot).map(({ id }) => id)
  const seated = players.flatMap(({ isIn, lobby, otherTabs }) =>
    [...(isIn && lobby ? [lobby] : []), ...otherTabs.filter(({ state }) => state !== 'ended')].map(({ me }) => me),
  )
  if ([...here].sort().join() !== [...seated].sort().join())
    faults.push(`here are ${here}, but ${seated} are in the lobby`)
  return faults
}

/** Once a match runs, everybody in the lobby plays it or watches, bots play, and spectators have no player in it. All see it by the lobby's settings and what each chose, and draws what belongs to each. */
export function matchFaults(players: readonly Player[], host: Player): string[] {
  if (!host.isIn || host.lobby?.state !== 'playing') return []
  const playing = host.lobby.roster.filter(({ spectator }) => !spectator)
  const owners = playing.map(({ id }) => id).sort()
  return players.flatMap(({ name, isIn, lobby, session, site }) => {
    if (!isIn || !lobby) return []
    if (lobby.state !== 'playing' || session === null) return [`${name} is in ${lobby.state} while the match runs`]
    const view = session.view(site.page.now())
    const drawn = [...view.all('token')].map(({ owner }) => owner).sort()
    if (drawn.join() !== owners.join()) return [`${name} draws the tokens of ${drawn}, not of ${owners}`]
    if ([...view.players].sort().join() !== owners.join()) return [`${name} sees ${view.players} play, not ${owners}`]
    const wrong = playing.find(({ id, choice }) => view.player(id).team !== choice.team)
    if (wrong) return [`${wrong.name} chose ${wrong.choice.team}, and plays ${view.player(wrong.id).team} for ${name}`]
    const { laps } = view.settings
    return laps === lobby.settings.laps ? [] : [`${name} plays with ${laps}, and the lobby has ${lobby.settings.laps}`]
  })
}

/**
 * In the end the public list shows the lobby while its host is there, as it is: spectators are counted apart, bots not at all. Its
 * host is measured when nothing stands in the way of a join.
 */
export function listFaults(found: FoundLobbies | null, { isIn, lobby }: Player): string[] {
  if (!found) return ['the list cannot be looked at']
  const shown = found.lobbies.map(({ code, players, spectators, playing, hasPassword, obstacle, pingMs }) => [
    ...[code, players, spectators, playing, hasPassword, obstacle],
    pingMs !== null,
  ])
  const right = isIn && lobby ? [rowOf(lobby)] : []
  return JSON.stringify(shown) === JSON.stringify(right) ? [] : [`the list shows ${shown}, not ${right}`]
}

function rowOf({ code, roster, state, maxPlayers, locked, hasPassword }: Lobby<Yard>): unknown[] {
  const spectators = roster.filter(({ spectator }) => spectator).length
  const players = roster.filter(({ spectator, bot }) => !spectator && !bot).length
  const isFull = players >= maxPlayers
  const obstacle = locked ? 'locked' : isFull ? 'full' : null
  return [code, players, spectators, state === 'playing', hasPassword, obstacle, obstacle === null]
}

/** Who is in no lobby knows why. */
export function reasonFaults(players: readonly Player[]): string[] {
  return players
    .filter(({ site, lobby, isIn }) => site.page.state !== 'gone' && lobby !== null && !isIn)
    .filter(({ ended }) => ended === null)
    .map(({ name }) => `${name}'s lobby has ended without a reason`)
}

/** After the end no page, socket, connection or server keeps anything. */
export function releaseFaults(world: LobbyWorld): string[] {
  const faults: string[] = []
  world.sites.forEach(({ page, pipes }, i) => {
    const { timers, clocks, listeners } = page.pending
    if (timers + clocks + listeners > 0)
      faults.push(`page ${i + 1} keeps ${timers} timers, ${clocks} clocks, ${listeners} listeners`)
    if (pipes.size > 0) faults.push(`page ${i + 1} keeps ${pipes.size} connections`)
  })
  if (world.internet.openSockets > 0) faults.push(`${world.internet.openSockets} sockets are open`)
  if (world.server.timers > 0) faults.push(`the server keeps ${world.server.timers} timers`)
  return faults
}

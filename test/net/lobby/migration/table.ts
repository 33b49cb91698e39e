/** Lobbies in virtual time whose hosts change: pages with a site each, and what they show. */
import { createLobby, joinLobby, type Lobby } from 'starwire'
import type { Election } from '../../../../net/migration/election.ts'
import { nextTerm } from '../../../../net/migration/next-epochs.ts'
import { type Yard, yard } from '../../../sim/lobbies/player.ts'
import { pass, settled } from '../../../sim/lobbies/steps.ts'
import { LobbyWorld, type Site } from '../../../sim/lobbies/world.ts'

export interface Page {
  readonly site: Site
  readonly lobby: Lobby<Yard>
}

/** A new page, which opens a lobby or joins the one of this code. */
export async function enter(
  world: LobbyWorld,
  name: string,
  code: string | null,
  game: typeof yard = yard,
): Promise<Page> {
  const site = world.newSite()
  const options = { ...site.options, name }
  const entering = code === null ? createLobby(game, options) : joinLobby(game, code, options)
  return { site, lobby: await settled(world, entering) }
}

/** Ann's lobby with guests, when its heirs are warm. */
export async function open(seed: number, ...guests: string[]) {
  const world = new LobbyWorld(seed)
  const ann = await enter(world, 'Ann', null)
  const others: Page[] = []
  for (const name of guests) others.push(await enter(world, name, ann.lobby.code))
  await pass(world, 6000)
  return { world, ann, others }
}

/** The same, three seconds after the match has begun. */
export async function openMatch(seed: number, ...guests: string[]) {
  const table = await open(seed, ...guests)
  table.ann.lobby.start()
  await pass(table.world, 3000)
  return table
}

export const hostOf = ({ lobby }: Page): string | undefined => lobby.roster.find(({ host }) => host)?.name
export const here = ({ lobby }: Page): string =>
  lobby.roster.map(({ name, presence }) => `${name}:${presence}`).join(' ')

/** Where a page draws the token of each player. */
export async function positionsOf({ site, lobby }: Page, world: LobbyWorld): Promise<Record<number, number>> {
  const session = await settled(world, lobby.session())
  return Object.fromEntries([...session.view(site.page.now()).all('token')].map(({ owner, x }) => [owner ?? 0, x]))
}

/** Which epoch a page plays. */
export const epochOf = ({ lobby }: Page): number => (lobby as unknown as { readonly epoch: number }).epoch

/** What is private in a page's lobby. */
export const roleOf = <T>({ lobby }: Page): T => (lobby as unknown as { readonly role: T }).role

/** The part of a guest's page in votes. */
export const electionOf = (page: Page): Election =>
  roleOf<{ migration: { loaded: { election: Election } } }>(page).migration.loaded.election

/** A guest who hears nothing of the host for a moment gives their vote to an heir, whose claim then stays open. */
export async function vote(world: LobbyWorld, host: Page, guest: Page, heir: Page): Promise<void> {
  world.cutWay(host.site, guest.site, 900)
  // The heir, who has not claimed, would say that the vote is for nothing.
  world.cutWay(guest.site, heir.site, 12_000)
  await pass(world, 800)
  const election = electionOf(guest)
  const { version } = (election as unknown as { readonly electorate: { readonly version: number } }).electorate
  const claim = { type: 'claim', epoch: nextTerm(election.epoch), roster: version } as const
  election.receive(heir.lobby.me, claim, guest.site.page.now())
  if (election.saysTo(host.lobby.me)) throw new Error('no vote was given')
  await pass(world, 300)
}

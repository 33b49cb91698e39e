/** Lobbies in virtual time whose hosts change: pages with a site each, and what they show. */
import { createLobby, joinLobby, type Lobby } from 'starwire'
import { type Yard, yard } from '../../../sim/lobbies/player.ts'
import { pass, settled } from '../../../sim/lobbies/steps.ts'
import { LobbyWorld, type Site } from '../../../sim/lobbies/world.ts'

export interface Page {
  readonly site: Site
  readonly lobby: Lobby<Yard>
}

/** Ann's lobby with guests, when its heirs are warm. */
export async function open(seed: number, ...guests: string[]) {
  const world = new LobbyWorld(seed)
  const site = world.newSite()
  const ann: Page = { site, lobby: await settled(world, createLobby(yard, { ...site.options, name: 'Ann' })) }
  const others: Page[] = []
  for (const name of guests) {
    const at = world.newSite()
    others.push({ site: at, lobby: await settled(world, joinLobby(yard, ann.lobby.code, { ...at.options, name })) })
  }
  await pass(world, 6000)
  return { world, ann, others }
}

export const hostOf = ({ lobby }: Page): string | undefined => lobby.roster.find(({ host }) => host)?.name
export const here = ({ lobby }: Page): string =>
  lobby.roster.map(({ name, presence }) => `${name}:${presence}`).join(' ')

/** Where a page draws the token of each player. */
export async function positionsOf({ site, lobby }: Page, world: LobbyWorld): Promise<Record<number, number>> {
  const session = await settled(world, lobby.session())
  return Object.fromEntries([...session.view(site.page.now()).all('token')].map(({ owner, x }) => [owner ?? 0, x]))
}

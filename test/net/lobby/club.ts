/** A game with settings and choices, and lobbies of it: with honest members, and with a host in the test's hand. */
import { defineGame, entity, type ShapeOf, t } from 'starwire'
import { enterLobby } from '../../../net/lobby/guest/enter.ts'
import { encodeMessage, type HostMessage, type RosterEntry } from '../../../net/lobby/messages.ts'
import { loopbackPair } from '../../../net/transport/loopback.ts'
import { WIRE_VERSION } from '../../../net/wire/version.ts'
import { playerId } from '../../../net/world/ids.ts'
import { HandClock, openTableOf, settle, type TableOptions } from './support.ts'

export const club = defineGame({
  id: 'club',
  rulesHash: 'club',
  version: 1,
  maxPlayers: 4,
  input: { x: t.int(-1, 1) },
  settings: {
    laps: t.int(1, 9, { default: 3 }),
    mode: t.enum(['race', 'duel']),
    marks: t.list(t.int(0, 9), 2),
  },
  player: {
    score: t.int(0, 9),
    team: t.enum(['none', 'red', 'blue'], { chosen: true }),
    kit: t.list(t.int(0, 9), 2, { chosen: true }),
  },
  entities: {
    token: entity({ x: t.fixed({ min: 0, max: 1000, step: 1 / 16 }), born: t.enum(['none', 'red', 'blue']) }),
  },
  step(world) {
    for (const token of world.all('token')) token.x += world.inputOf(token.owner).x * world.settings.laps
  },
  referee(world) {
    for (const player of world.joined) world.spawn('token', { owner: player, x: 500, born: world.player(player).team })
  },
  mayChoose({ member, choice, roster, settings }) {
    if (choice.kit.includes(9)) throw new Error('the hook broke')
    const others = roster.filter(({ id, choice: { team } }) => id !== member && team === choice.team)
    return choice.team === 'none' || others.length < (settings.mode === 'duel' ? 1 : 2)
  },
})
export type Club = ShapeOf<typeof club>

const admission = { locked: false, hasPassword: false, maxPlayers: 4, maxSpectators: 8 }
export const firstSettings = { laps: 3, mode: 'race', marks: [] }
export const firstChoice = { team: 'none', kit: [] }
export const hello = { kind: 'hello', protocol: WIRE_VERSION, name: 'Mallory', hash: club.hash } as const

export const openClub = (options: TableOptions<Club> = {}) => openTableOf(club, options)

/** A guest of a host in the test's hand. `welcome`: in place of what an honest one says. */
export async function guestOfHand(welcome: object = {}) {
  const clock = new HandClock()
  const [hostEnd, guestEnd] = loopbackPair()
  const closings: string[] = []
  hostEnd.listen({ message: () => {}, closed: (reason) => closings.push(reason) })
  const say = (message: HostMessage): unknown => hostEnd.send('bulk', encodeMessage(message))
  const me = playerId(1, 1)
  const bea: RosterEntry = { ...member, id: me, name: 'Bea' }
  const platform = clock.platform
  const entering = enterLobby<Club>({
    game: club,
    code: 'K7QX2',
    link: guestEnd,
    name: 'Bea',
    warn: () => {},
    platform,
  })
  const resume = { token: '5'.repeat(32), seconds: 60 }
  const honest = { you: me, epoch: 1, match: null, admission, settings: firstSettings, roster: [bea], resume }
  say({ kind: 'welcome', ...honest, ...welcome })
  const lobby = await entering
  await settle()
  return { lobby, clock, say, closings, bea }
}

export const member: RosterEntry = {
  id: playerId(2, 1),
  name: 'Cleo',
  host: false,
  spectator: false,
  ready: false,
  presence: 'here',
  choice: firstChoice,
  data: null,
}

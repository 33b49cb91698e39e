/** A page's role in a lobby can be replaced: its object, listeners, roster and promised session stay what they were. */
import { expect, it } from 'vitest'
import type { Welcome } from '../../../net/lobby/game-values.ts'
import { enterLobby } from '../../../net/lobby/guest/enter.ts'
import { greet } from '../../../net/lobby/guest/greet.ts'
import { GuestRole } from '../../../net/lobby/guest/guest-role.ts'
import { HostRole } from '../../../net/lobby/host/host-role.ts'
import { Reservations } from '../../../net/lobby/host/reservations.ts'
import { Roster } from '../../../net/lobby/host/roster.ts'
import type { LobbyObject } from '../../../net/lobby/lobby.ts'
import type { RosterEntry } from '../../../net/lobby/messages.ts'
import type { Link } from '../../../net/transport/link.ts'
import { loopbackPair } from '../../../net/transport/loopback.ts'
import type { PlayerId } from '../../../net/world/ids.ts'
import { HandClock, listen, names, newHostLobby, settle, tokens, type Yard, yard } from './support.ts'

/** Ann hosts, Bea and Cleo are guests; a guest dials whoever hosts at that moment. */
async function three() {
  const clock = new HandClock()
  const { platform } = clock
  const ann = newHostLobby(platform)
  let host = ann.role
  const connect = (): Link => {
    const [hostEnd, guestEnd] = loopbackPair()
    host.arrive(hostEnd)
    return guestEnd
  }
  const guest = { game: yard, dial: async () => connect(), warn: null, platform }
  const enter = (name: string) => enterLobby<Yard>({ ...guest, code: 'K7QX2', link: connect(), name })
  const [bea, cleo] = [await enter('Bea'), await enter('Cleo')]
  await settle()

  /** What an heir will have been told: the seats of all, and what leads each of them back. */
  function handOver(heir: LobbyObject<Yard>, tokens: (reservations: Reservations) => void): void {
    const members = heir.roster.map(({ mine, bot, ...entry }) => ({ ...entry, host: mine }) as RosterEntry)
    const reservations = new Reservations(60, platform)
    tokens(reservations)
    heir.become((lobby) => {
      host = new HostRole<Yard>(lobby, {
        ...{ game: yard, reservations, platform, me: heir.me, roster: new Roster(4, members) },
        ...{
          gameOptions: {},
          development: false,
          warn: () => {},
          closed: () => {},
          takeCode: async () => 'K7QX2',
          list: async () => null,
        },
      })
      return host
    })
  }

  /** The page that hosted takes its seat as a guest. */
  function stepDown(lobby: LobbyObject<Yard>, token: string): void {
    const link = connect()
    greet(
      link,
      { game: yard, name: 'Ann', resume: token, password: null, spectate: false, platform },
      {
        welcomed: (welcome) => lobby.become((same) => new GuestRole(same, { ...guest, link, name: 'Ann' }, welcome)),
        failed: ({ reason }) => expect.unreachable(reason),
      },
    )
  }
  return { clock, ann: ann.lobby, bea, cleo, handOver, stepDown }
}

it('a guest becomes the host and the host a guest, in the lobby objects, with the listeners and the roster that they had', async () => {
  const { clock, ann, bea, cleo, handOver, stepDown } = await three()
  const ids: PlayerId[] = [ann.me, bea.me, cleo.me]
  const heard = { ann: listen(ann), bea: listen(bea) }
  const promised = ann.session()
  let [annsToken, cleosToken] = ['', '']
  handOver(bea, (reservations) => {
    annsToken = reservations.open(ann.me)
    cleosToken = reservations.open(cleo.me)
  })
  expect([bea.hosting, bea.state, names(bea)]).toEqual([true, 'lobby', ['Ann', 'Bea', 'Cleo']])
  // A follower will be told the new token by the old host; this one has it by hand.
  const { role } = cleo as unknown as { role: { welcome: Welcome } }
  role.welcome = { ...role.welcome, resume: { token: cleosToken, seconds: 60 } }
  stepDown(ann, annsToken)
  await settle()
  await clock.tick(60)

  expect([ann.hosting, bea.hosting, cleo.hosting]).toEqual([false, true, false])
  expect([ann.me, bea.me, cleo.me]).toEqual(ids)
  for (const page of [ann, bea, cleo]) {
    expect([names(page), page.state]).toEqual([['Ann', 'Bea', 'Cleo'], 'lobby'])
    expect(page.roster.map(({ host, presence }) => [host, presence])).toEqual([
      [false, 'here'],
      [true, 'here'],
      [false, 'here'],
    ])
  }
  expect([ann.start(), cleo.kick(ann.me)]).toEqual(['not-host', 'not-host'])
  expect(bea.start()).toBeNull()
  const [anns, beas] = [await promised, await bea.session()]
  anns.input({ x: 1 })
  await clock.tick(60)
  expect(tokens(anns, clock.now)[0]).toBeGreaterThan(550)
  expect(tokens(beas, clock.now)).toHaveLength(3)
  expect(anns.nameOf(bea.me)).toBe('Bea')
  expect(heard.ann).toMatchObject({ states: ['playing'], endings: [] })
  expect(heard.bea).toMatchObject({ states: ['playing'], endings: [] })
  expect(heard.bea.rosters.length).toBeGreaterThan(0)
})

it('the role that is replaced holds no timer, clock or link any more, and what still comes of it changes nothing', async () => {
  const { clock, ann, bea, handOver } = await three()
  handOver(bea, () => {})
  await settle()
  expect(ann.roster.map(({ presence }) => presence)).toEqual(['here', 'away', 'here'])
  expect([clock.running, bea.state]).toEqual([0, 'lobby'])
  ann.leave()
  await settle()
  expect([bea.state, names(bea), clock.waiting]).toEqual(['lobby', ['Ann', 'Bea', 'Cleo'], 0])
})

/** A page's role in a lobby can be replaced: its object, listeners, roster and promised session stay what they were. */
import { expect, it } from 'vitest'
import { enterLobby } from '../../../net/lobby/guest/enter.ts'
import { greet } from '../../../net/lobby/guest/greet.ts'
import { GuestRole } from '../../../net/lobby/guest/guest-role.ts'
import type { HostState } from '../../../net/lobby/host/host-state.ts'
import type { LobbyObject } from '../../../net/lobby/lobby.ts'
import type { Link } from '../../../net/transport/link.ts'
import { loopbackPair } from '../../../net/transport/loopback.ts'
import type { PlayerId } from '../../../net/world/ids.ts'
import { HandClock, listen, names, newHostLobby, newHostRole, settle, tokens, type Yard, yard } from './support.ts'

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

  /** The heir goes on with what the host knew. */
  function handOver(heir: LobbyObject<Yard>, state: HostState): void {
    heir.become((lobby) => {
      host = newHostRole<Yard>(lobby, platform, { game: yard, me: heir.me, state })
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
  return {
    clock,
    ann: ann.lobby,
    save: () => JSON.parse(JSON.stringify(ann.role.save())) as HostState,
    bea,
    cleo,
    handOver,
    stepDown,
  }
}

it('a guest becomes the host and the host a guest, in the lobby objects, with the listeners and the roster that they had', async () => {
  const { clock, ann, save, bea, cleo, handOver, stepDown } = await three()
  const ids: PlayerId[] = [ann.me, bea.me, cleo.me]
  const heard = { ann: listen(ann), bea: listen(bea) }
  const promised = ann.session()
  // The host before has no token of its own: it is given one.
  const annsToken = 'a'.repeat(32)
  const state = save()
  handOver(bea, { ...state, reservations: [...state.reservations, { player: ann.me, tokens: [annsToken] }] })
  expect([bea.hosting, bea.state, names(bea)]).toEqual([true, 'lobby', ['Ann', 'Bea', 'Cleo']])
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
  const { clock, ann, save, bea, handOver } = await three()
  handOver(bea, save())
  await settle()
  expect(ann.roster.map(({ presence }) => presence)).toEqual(['here', 'away', 'here'])
  expect([clock.running, bea.state]).toEqual([0, 'lobby'])
  ann.leave()
  await settle()
  expect([bea.state, names(bea)]).toEqual(['lobby', ['Ann', 'Bea', 'Cleo']])
  // What waits are the seats of the two that are not back, as long as any host keeps one.
  expect(clock.waiting).toBe(2)
  clock.skip(61_000)
  expect([names(bea), clock.waiting]).toEqual([['Bea'], 0])
})

/** What a page is told of what it draws: the same to all who ask in a frame, and with a reason that is true. */
import { defineGame, entity, t } from 'starwire'
import { simulate } from 'starwire/testing'
import { describe, expect, it } from 'vitest'
import { sessionFace } from '../../../net/runtime/session-face.ts'

/** Everybody may fire a bullet, which flies for so many ticks. On the host a gun jams when the referee says so. */
const range = defineGame({
  id: 'range',
  version: 1,
  maxPlayers: 2,
  input: { fire: t.button() },
  options: { flies: t.int(1, 99) },
  entities: {
    gun: entity({ jammed: t.bool({ by: 'referee', to: 'nobody' }) }),
    bullet: entity({ left: t.int(0, 99) }),
  },
  step(world) {
    for (const bullet of world.all('bullet')) {
      bullet.left--
      if (bullet.left === 0) world.remove(bullet)
    }
    for (const gun of world.all('gun')) {
      // A client does not know of the jam.
      const { jammed } = gun as unknown as { jammed: boolean }
      if (gun.owner !== null && world.inputOf(gun.owner).fire && !jammed)
        world.spawn('bullet', { owner: gun.owner, left: world.options.flies })
    }
  },
  referee(world) {
    for (const owner of world.joined) world.spawn('gun', { owner })
    for (const gun of world.all('gun')) gun.jammed = world.tick >= 100
  },
})

/** Why bullets went on a guest's screen, of one shot at so many ms. */
function fire(atMs: number, flies: number): string[] {
  const match = simulate(range, { players: 2, network: { latencyMs: 60 }, options: { flies } })
  const [, guest] = match.clients
  match.run(atMs)
  guest!.input({ fire: true })
  const reasons: string[] = []
  match.run(900, {
    eachFrame(client) {
      if (client !== guest) return
      for (const { entity: gone, reason } of client.view().gone) if (gone.type === 'bullet') reasons.push(reason)
    },
  })
  return reasons
}

describe('a bullet that a client predicted', () => {
  it('and the host never had was denied, not destroyed: a game draws no hit', () => {
    expect(fire(2500, 60)).toEqual(['denied'])
  })

  it('and the host has is destroyed when step removes it, before the host was heard of or after', () => {
    expect(fire(500, 40)).toEqual(['destroyed'])
    expect(fire(500, 2)).toEqual(['destroyed'])
  })
})

describe('the view', () => {
  it('tells whoever asks again in a frame the same: nothing appears or goes for the first alone', () => {
    const match = simulate(range, { players: 2, options: { flies: 9 } })
    const [, guest] = match.clients
    match.run(500)
    guest!.input({ fire: true })
    let [appeared, gone] = [0, 0]
    match.run(500, {
      eachFrame(client) {
        const first = client.view()
        const told = [[...first.appeared], [...first.gone]]
        const again = client.view()
        expect([again.appeared, again.gone]).toEqual(told)
        if (client !== guest) return
        appeared += again.appeared.filter(({ type }) => type === 'bullet').length
        gone += again.gone.length
      },
    })
    expect([appeared, gone]).toEqual([1, 1])
  })

  it('goes on with the same objects after a return: nothing goes, and nothing appears anew', () => {
    const match = simulate(range, { players: 2, options: { flies: 9 } })
    const [, guest] = match.clients
    match.run(500)
    const before = [...guest!.view().all('gun')]
    match.lose(guest!, 100)
    let changes = 0
    match.run(1000, {
      eachFrame(client) {
        if (client === guest) changes += client.view().gone.length + client.view().appeared.length
      },
    })
    const after = [...guest!.view().all('gun')]
    expect([changes, after.length]).toEqual([0, 2])
    expect(after.every((gun, i) => gun === before[i])).toBe(true)
  })
})

describe('what a page writes to its view', () => {
  const board = defineGame({
    id: 'board',
    version: 1,
    maxPlayers: 2,
    input: {},
    entities: {},
    globals: { round: t.int(0, 99, { default: 1 }), note: t.string(8) },
    player: { score: t.int(0, 99) },
    step() {},
  })

  it('sticks neither to the globals nor to a player’s record, and a sentence says so', () => {
    const said: string[] = []
    const match = simulate(board, { players: 2, development: true, warn: (problem: string) => said.push(problem) })
    // The globals are there from the start, before the host was heard of.
    Object.assign(match.clients[1]!.view().globals, { round: 7 })
    match.run(300)
    for (const client of match.clients) {
      const view = client.view()
      Object.assign(view.globals, { round: 5, note: 'mine' })
      Object.assign(view.player(client.me), { score: 9 })
      expect(view.globals).toMatchObject({ round: 1, note: '' })
      expect(view.player(client.me)).toMatchObject({ score: 0 })
    }
    // It is said with the next tick.
    match.run(50)
    const each = ['globals.round', 'globals.note', 'player.score']
    expect(said.map((problem) => problem.split(' ')[0])).toEqual(['globals.round', ...each, ...each])
    for (const problem of said) expect(problem).toMatch(/ is written in a view, which is only read/)
  })
})

describe('a time that is none', () => {
  const none = [undefined, null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, '5'] as never[]

  it('asks for performance.now(), and spoils neither the view nor the match', () => {
    const match = simulate(range, { players: 2, options: { flies: 9 } })
    const [, guest] = match.clients
    match.run(300)
    const before = guest!.view().tick
    for (const now of none) {
      expect(() => guest!.session.view(now)).toThrow(/^The time is .*performance\.now\(\), in ms/)
      expect(() => guest!.runner.tick(now)).toThrow(/^The time is /)
      expect(() => match.host.tick(now)).toThrow(/^The time is /)
    }
    match.run(300)
    expect(guest!.view().tick).toBeGreaterThan(before + 10)
    expect(guest!.view().all('gun')).toHaveLength(2)
  })

  it('is no tick of session.world() either; one with a fraction is the tick before it', () => {
    const match = simulate(range, { players: 2, options: { flies: 9 } })
    match.run(300)
    const { runner } = match.clients[0]!
    for (const { session } of [{ session: sessionFace(runner, () => match.host) }, match.clients[1]!]) {
      for (const tick of none.slice(1)) expect(() => session.world(tick)).toThrow(/^The tick is .*last two seconds/)
      expect(session.world(10.5)).toEqual({ ...session.world(10), tick: session.world(10.5).tick })
      expect(session.world(10.5).entities).toHaveLength(2)
    }
  })
})

/** Members who watch: no players, no inputs, the whole match in sight; and players who go to watch and come back. */
import { describe, expect, it } from 'vitest'
import { StarwireError } from '../../../../net/errors/starwire-error.ts'
import { explainRefusal, hostNote, joinNote } from '../../../../net/lobby/join-note.ts'
import type { LobbyObject } from '../../../../net/lobby/lobby.ts'
import { encodeMessage } from '../../../../net/lobby/messages.ts'
import { openRecording } from '../../../../net/records.ts'
import type { Session } from '../../../../net/session/types.ts'
import { encodeInputs } from '../../../../net/wire/inputs.ts'
import { encodePacket, PacketKind } from '../../../../net/wire/packet.ts'
import { sit } from '../admission/comers.ts'
import { names, openTable, settle, type Table, tokens, type Yard, yard } from '../support.ts'

const watchers = (lobby: LobbyObject<Yard>): string[] =>
  lobby.roster.filter(({ spectator }) => spectator).map(({ name }) => name)
const places = (session: Session<Yard>, now: number): number[] => [...session.view(now).all('token')].map(({ x }) => x)

/** A match of Ann, who hosts, and Bea; Sue watches. */
async function watched() {
  const table = openTable({ development: true })
  const bea = await table.join('Bea', yard, { dials: true })
  const sue = await table.join('Sue', yard, { dials: true, spectate: true })
  table.lobby.start()
  const [host, player, spectator] = await Promise.all([table.lobby.session(), bea.session(), sue.session()])
  await table.clock.tick(40)
  return { ...table, bea, sue, host, player, spectator }
}

/** Bea runs, and everybody sees it who is given. */
async function runs({ clock }: Table, player: Session<Yard>, seenBy: readonly Session<Yard>[]): Promise<void> {
  const [before = 0] = tokens(player, clock.now)
  player.input({ x: before > 500 ? -1 : 1 })
  await clock.tick(40)
  player.input({ x: 0 })
  await clock.tick(40)
  const [after = 0] = tokens(player, clock.now)
  expect(Math.abs(after - before)).toBeGreaterThan(50)
  for (const session of seenBy) expect(places(session, clock.now)).toContain(after)
}

describe('a spectator', () => {
  it('is a member who does not count as a player, is in nobody’s world, and sees everybody move', async () => {
    const match = await watched()
    const { lobby, bea, sue, host, player, spectator, clock } = match
    for (const each of [lobby, bea, sue])
      expect([names(each), watchers(each)]).toEqual([['Ann', 'Bea', 'Sue'], ['Sue']])
    expect([player.spectating, spectator.spectating]).toEqual([false, true])
    await runs(match, player, [host, spectator])
    expect(places(spectator, clock.now)).toHaveLength(2)
    const view = spectator.view(clock.now)
    expect(view.players).toEqual([lobby.me, bea.me])
    expect(view.me).toBe(sue.me)
    expect([...view.all('token')].map(({ mine }) => mine)).toEqual([false, false])
    expect(host.world().players.map(({ id }) => id)).toEqual([lobby.me, bea.me])
  })

  it('who asked to play as their link was lost sees the match that began meanwhile', async () => {
    const { lobby, way, clock, join } = openTable()
    const sue = await join('Sue', yard, { dials: true, spectate: true })
    const asked = sue.spectate(false)
    way.lose()
    lobby.start()
    for (let i = 0; i < 20 && sue.state !== 'playing'; i++) await clock.tick(30)
    expect([sue.state, await asked]).toEqual(['playing', 'reconnecting'])
    const session = await sue.session()
    await clock.tick(60)
    expect([watchers(lobby), places(session, clock.now)]).toEqual([['Sue'], [500]])
  })

  it('records what their page shows, which another page opens as a replay', async () => {
    const match = await watched()
    const { player, spectator, clock, sue } = match
    const recording = await spectator.record()
    await runs(match, player, [spectator])
    const { replay, problem } = openRecording<Yard>(yard, recording.save())
    expect(problem).toBeNull()
    expect(replay?.about).toMatchObject({ kind: 'guest', me: sue.me })
    replay?.seek(replay.lastTick)
    const shown = [...(replay?.view(0).all('token') ?? [])].map(({ x }) => x)
    expect(shown).toEqual(places(spectator, clock.now))
  })

  it('has a name but is no player of the session, on any page, though a player who goes to watch was one', async () => {
    const { lobby, bea, sue, host, player, spectator } = await watched()
    const shown = () =>
      [host, player, spectator].map(({ players }) => players.map(({ name, here }) => `${name} ${here}`).join())
    expect(shown()).toEqual(['Ann true,Bea true', 'Ann true,Bea true', 'Ann true,Bea true'])
    expect([host.nameOf(sue.me), spectator.nameOf(sue.me)]).toEqual(['Sue', 'Sue'])
    expect(await bea.spectate(true)).toBeNull()
    await settle()
    expect(shown()).toEqual(['Ann true,Bea false', 'Ann true,Bea false', 'Ann true,Bea false'])
    expect(host.nameOf(bea.me)).toBe('Bea')
    expect(lobby.roster).toHaveLength(3)
  })

  it('hears events that are for all, and gives no input and no command', async () => {
    const match = await watched()
    const { player, spectator, clock, warnings, sue, role } = match
    const heard: unknown[] = []
    spectator.on('rung', ({ by }, { mine }) => heard.push([by, mine]))
    const answer = player.command('ring', { times: 2 })
    await clock.tick(30)
    expect([await answer, heard]).toEqual([4, [[match.bea.me, false]]])
    spectator.input({ x: 1 })
    await expect(spectator.command('ring', { times: 1 })).rejects.toThrow(/lobby\.spectate\(false\)/)
    await clock.tick(30)
    expect(warnings.filter((text) => text.includes('a spectator gives no input'))).toHaveLength(1)
    expect(heard).toHaveLength(1)
    expect(sue.state).toBe('playing')
    expect(role.playing).toBe(true)
  })

  it('is sent 20 snapshots a second where players are sent 30, and the players’ rate does not suffer', async () => {
    const { host, bea, sue, spectator, clock } = await watched()
    await clock.tick(120)
    const { sending } = host.stats()
    expect(sending.get(sue.me)?.snapshotsPerSecond).toBe(20)
    expect(sending.get(bea.me)?.snapshotsPerSecond).toBe(30)
    const { waits, malformed } = spectator.stats()
    expect([waits, malformed]).toEqual([null, {}])
    expect(host.stats().malformed).toEqual({})
  })

  it('comes into a full lobby while there is room to watch, and one who may not play reads that they may watch', async () => {
    const table = openTable({ maxPlayers: 1, maxSpectators: 1 })
    const { role, join, lobby } = table
    expect([role.accept(joinNote(yard)), role.accept(joinNote(yard, 'spectator'))]).toEqual(['full', null])
    const sue = await join('Sue', yard, { spectate: true })
    expect(role.accept(joinNote(yard, 'spectator'))).toBe('full')
    expect((await sit(table, 'aa', { spectate: true })).answer).toBe('full')
    expect(await sue.spectate(false)).toBe('full')
    expect([lobby.maxSpectators, names(sue)]).toEqual([1, ['Ann', 'Sue']])
    const told = (takes: boolean) =>
      explainRefusal(new StarwireError('full', hostNote(yard, takes)), yard) as StarwireError
    expect([told(true).canSpectate, told(false).canSpectate]).toEqual([true, false])
  })

  it('comes nowhere when the lobby takes none', async () => {
    const table = openTable({ maxSpectators: 0 })
    expect(table.role.accept(joinNote(yard, 'spectator'))).toBe('full')
    const bea = await table.join('Bea')
    expect(await bea.spectate(true)).toBe('full')
    expect(await table.lobby.spectate(true)).toBe('full')
  })

  it('who loses the connection watches on in the same seat', async () => {
    const match = await watched()
    const { sue, way, clock, lobby, player, spectator } = match
    const seat = sue.me
    way.lose()
    await settle()
    expect(sue.state).toBe('reconnecting')
    await clock.tick(30)
    await settle()
    await clock.tick(60)
    expect([sue.state, sue.me, watchers(lobby)]).toEqual(['playing', seat, ['Sue']])
    await runs(match, player, [spectator])
    expect(spectator.view(clock.now).players).toHaveLength(2)
  })
})

describe('a player who goes to watch', () => {
  it('leaves the match for good, sees it on in the same session, and plays anew when they come back', async () => {
    const match = await watched()
    const { lobby, bea, player, host, clock } = match
    const before = bea.me
    const roster: unknown[] = []
    lobby.on('roster', (members) => roster.push(members.length))
    expect(await bea.spectate(true)).toBeNull()
    await clock.tick(40)
    expect(bea.me).not.toBe(before)
    expect([player.me, player.spectating, watchers(lobby), watchers(bea)]).toEqual([
      bea.me,
      true,
      ['Sue', 'Bea'],
      ['Sue', 'Bea'],
    ])
    expect(host.world().players.map(({ id }) => id)).toEqual([lobby.me])
    expect(places(player, clock.now)).toHaveLength(1)
    await runs(match, host, [player, match.spectator])

    expect(await bea.spectate(false)).toBeNull()
    await clock.tick(60)
    expect([player.me, player.spectating, await bea.session()]).toEqual([bea.me, false, player])
    expect(host.world().players.map(({ id }) => id)).toEqual([lobby.me, bea.me])
    expect(places(player, clock.now)).toEqual(places(host, clock.now))
    expect(places(player, clock.now)[1]).toBe(500)
    await runs(match, player, [host, match.spectator])
    expect(await Promise.all([ringing(match)])).toEqual([6])
    expect(host.stats().malformed).toEqual({})
    expect(player.stats().malformed).toEqual({})
  })

  async function ringing({ player, clock }: Awaited<ReturnType<typeof watched>>): Promise<unknown> {
    const answer = player.command('ring', { times: 3 })
    await clock.tick(30)
    return answer
  }

  it('may be the host’s own', async () => {
    const match = await watched()
    const { lobby, host, player, clock } = match
    expect(await lobby.spectate(true)).toBeNull()
    await clock.tick(40)
    expect([host.spectating, host.me, watchers(match.bea)]).toEqual([true, lobby.me, ['Sue', 'Ann']])
    expect(host.world().players).toHaveLength(1)
    await runs(match, player, [host, match.spectator])
    expect(await lobby.spectate(false)).toBeNull()
    await clock.tick(40)
    await runs(match, host, [player, match.spectator])
    expect(lobby.roster.find(({ mine }) => mine)).toMatchObject({ name: 'Ann', host: true, spectator: false })
    expect(lobby.kick(lobby.me)).toBe('not-yourself')
  })

  it('before the match begins watches it, and back in the lobby plays the next', async () => {
    const { lobby, join, clock } = openTable()
    const bea = await join('Bea')
    bea.setReady(true)
    expect(await bea.spectate(true)).toBeNull()
    expect(bea.roster.find(({ mine }) => mine)).toMatchObject({ spectator: true, ready: false })
    lobby.start()
    const watching = await bea.session()
    await clock.tick(30)
    expect([watching.spectating, places(watching, clock.now).length]).toEqual([true, 1])
    lobby.finish()
    await settle()
    expect(await bea.spectate(false)).toBeNull()
    lobby.start()
    const playing = await bea.session()
    await clock.tick(30)
    expect([playing.spectating, places(playing, clock.now).length]).toEqual([false, 2])
  })

  it('while the host starts the match is in it as what the host made of them', async () => {
    const { lobby, join, clock } = openTable()
    const bea = await join('Bea')
    const asked = bea.spectate(true)
    lobby.start()
    const [session, host] = await Promise.all([bea.session(), lobby.session()])
    await clock.tick(40)
    expect([await asked, session.spectating, session.me]).toEqual([null, true, bea.me])
    expect(places(session, clock.now)).toHaveLength(1)
    expect([host.stats().malformed, session.stats().malformed]).toEqual([{}, {}])
  })

  it('and loses the connection before the answer is in the seat that the host gave, or keeps the old one', async () => {
    for (const isHeard of [true, false]) {
      const match = await watched()
      const { bea, player, clock, way, lobby } = match
      const seat = bea.me
      const [hostEnd, guestEnd] = way.pairs[0]!
      // What the one or the other says from now on is lost on the way.
      Object.assign(isHeard ? hostEnd : guestEnd, { send: () => 'sent' })
      const asked = bea.spectate(true)
      await settle()
      hostEnd.close('lost')
      await settle()
      await clock.tick(60)
      await settle()
      await clock.tick(60)
      expect([await asked, bea.me === seat]).toEqual(isHeard ? [null, false] : ['reconnecting', true])
      expect([bea.state, player.spectating, player.me]).toEqual(['playing', isHeard, bea.me])
      expect(watchers(lobby)).toEqual(isHeard ? ['Sue', 'Bea'] : ['Sue'])
      expect(places(player, clock.now)).toHaveLength(isHeard ? 1 : 2)
    }
  })

  it('is taken for lost when the host does not answer, and never waits for ever', async () => {
    const { bea, clock, way } = await watched()
    Object.assign(way.pairs[0]![1], { send: () => 'sent' })
    way.fault = 'seat-lost'
    const asked = bea.spectate(true)
    expect(await bea.spectate(false)).toBe('too-often')
    clock.skip(5001)
    await settle()
    expect([bea.state, await bea.spectate(true)]).toEqual(['reconnecting', 'reconnecting'])
    await clock.tick(60)
    await settle()
    expect([bea.state, await asked]).toEqual(['ended', 'ended'])
  })

  it('comes back by a reload as a spectator, by the token that came with the seat', async () => {
    const table = openTable()
    const bea = await table.join('Bea', yard, { dials: true })
    const old = bea.resumeToken
    await bea.spectate(true)
    expect(bea.resumeToken).not.toBe(old)
    const again = await table.join('Bea', yard, { resume: bea.resumeToken })
    expect([again.me, watchers(again)]).toEqual([bea.me, ['Bea']])
  })

  it('asked for ten thousand times is moved four times, and nobody is thrown out for it', async () => {
    const { lobby, join, clock } = openTable()
    const bea = await join('Bea')
    const rosters: unknown[] = []
    lobby.on('roster', (roster) => rosters.push(roster))
    const refusals = []
    for (let i = 0; i < 10_000; i++) refusals.push(await bea.spectate(i % 2 === 0))
    expect(refusals.filter((refusal) => refusal === null).length).toBeLessThan(5004)
    expect(refusals.filter((refusal) => refusal === 'too-often').length).toBeGreaterThan(4990)
    expect([bea.state, rosters.length]).toEqual(['lobby', 8])
    clock.now += 10_000
    expect(await bea.spectate(true)).toBeNull()
    await expect(bea.spectate(1 as never)).rejects.toThrow('Write true to watch')
  })
})

describe('a hostile guest', () => {
  it('who asks for it ten thousand times is dropped', async () => {
    const table = openTable()
    const mallory = await sit(table, 'aa')
    for (let i = 0; i < 10_000; i++) {
      const message = { kind: 'spectate', spectate: i % 2 === 0 } as const
      mallory.link.send('bulk', encodeMessage(message))
    }
    await settle()
    expect(mallory.closings).toEqual(['kicked'])
    expect(mallory.heard.filter(({ kind }) => kind === 'seat')).toHaveLength(4)
    expect(names(table.lobby)).toEqual(['Ann'])
  })

  it('who watches and sends inputs is not heard, then dropped; the match goes on', async () => {
    const match = await watched()
    const { lobby, clock, host, player, sue } = match
    const mallory = await sit(match, 'aa', { spectate: true })
    expect(mallory.answer).toBe('welcome')
    const { epoch } = lobby
    const inputs = [{ numbers: new Float64Array([1]), objects: [] }]
    const packet = (tick: number): Uint8Array => {
      const body = encodeInputs(yard, tick, {
        ...{ ack: null, presentationTick: 0, eventAck: 0, resultAck: 0, commands: [] },
        inputs,
      })
      return encodePacket({ kind: PacketKind.input, epoch, tick, body })
    }
    let sent = 0
    while (mallory.closings.length === 0 && sent < 2000) {
      mallory.link.send('state', packet(100 + sent++))
      await clock.tick()
    }
    expect(mallory.closings).toEqual(['kicked'])
    // Ten seconds of a player's packets, for those that were on their way, and a hundred more.
    expect(sent).toBeGreaterThan(600)
    expect(sent).toBeLessThan(720)
    expect(host.stats().malformed).toEqual({ spectator: sent })
    expect(host.world().players).toHaveLength(2)
    await runs(match, player, [host, match.spectator])
    expect(sue.state).toBe('playing')
  })
})

import { describe, expect, it } from 'vitest'
import { markOf, settingsOf } from '../../../game/arenas/arena.ts'
import { arenaText, MAX_ARENA_BYTES } from '../../../game/arenas/arena-file.ts'
import { exampleArenas } from '../../../game/arenas/examples.ts'
import { speak, texts } from '../../../game/languages/language.ts'
import { arenasOf } from '../../../src/files/arenas/desk.ts'
import { sharedIn } from '../../../src/files/shared-files.ts'
import { FakeLobby } from '../../browser/fixtures/page/fake-doors.ts'

const [ring, canyon] = exampleArenas as [(typeof exampleArenas)[0], (typeof exampleArenas)[0]]
const fileOf = (text: string) => new Blob([text], { type: 'application/json' })
const ringFile = fileOf(arenaText(ring))

/** Ann's page, and Bea elsewhere. Ann hosts, or Altair does. */
function lobbyOf(hosting: boolean) {
  const lobby = new FakeLobby('K7M2P', 'Ann', hosting)
  const bea = lobby.add('Bea')
  const host = lobby.roster.find((member) => member.host)!.id
  sharedIn(lobby)
  return { lobby, bea, host, desk: arenasOf(lobby) }
}

/** Until what was offered is read: files are read in tasks of their own. */
const arrived = (until: () => boolean) => expect.poll(until).toBe(true)

describe('an arena that somebody offers', () => {
  it('is shown to the host and played only when they say so', async () => {
    const { lobby, bea, desk } = lobbyOf(true)
    const { answer } = lobby.offer(bea, 'ring.arena.json', ringFile)
    expect(answer).toBe('none')
    await arrived(() => desk.offers.has(bea))
    expect(desk.offers.get(bea)).toEqual(ring)
    expect(lobby.settings.arenaName).toBe('')
    desk.play(ring)
    expect(lobby.settings).toMatchObject(settingsOf(ring))
    expect(desk.offers.size).toBe(0)
    desk.play(null)
    expect(lobby.settings).toMatchObject({ arenaName: '', rockX: [] })
  })

  it('is accepted by a guest in the roster, where the host counts it, and not before', async () => {
    const { lobby, host, desk } = lobbyOf(false)
    lobby.offer(host, 'ring.arena.json', ringFile)
    await arrived(() => desk.offers.has(host))
    const mine = () => lobby.roster.find((member) => member.mine)!.data
    expect([mine(), desk.isAccepted(host)]).toEqual([null, false])
    desk.accept(host)
    expect([mine(), desk.isAccepted(host)]).toEqual([{ arena: markOf(ring), accepts: true }, true])
    desk.decline(host)
    expect([mine(), desk.offers.size]).toEqual([{ arena: markOf(ring), accepts: false }, 0])
  })

  it('may be taken back, and is then on no page any more, also when it was just being read', async () => {
    const { lobby, bea, desk } = lobbyOf(true)
    lobby.offer(bea, 'ring.arena.json', ringFile)
    await arrived(() => desk.offers.has(bea))
    const back = lobby.offer(bea, 'none.arena.json', new Blob([]))
    await arrived(() => back.answer === 'declined')
    expect(desk.offers.size).toBe(0)
    lobby.offer(bea, 'ring.arena.json', ringFile)
    lobby.offer(bea, 'none.arena.json', new Blob([]))
    const cid = lobby.add('Cid')
    lobby.offer(cid, 'ring.arena.json', ringFile)
    await arrived(() => desk.offers.has(cid))
    expect([...desk.offers.keys()]).toEqual([cid])
    desk.pick(ring)
    await desk.offer()
    expect(desk.offered).toBe(true)
    desk.takeBack()
    expect(desk.offered).toBe(false)
    expect(lobby.shared.at(-1)!.file.size).toBe(0)
    expect(desk.sentence).toBe('')
  })

  it('is not shown when it is none, and is gone with the player', async () => {
    const { lobby, bea, desk } = lobbyOf(true)
    const cid = lobby.add('Cid')
    lobby.offer(bea, 'evil.arena.json', fileOf('{"dogstar":"arena"}'))
    lobby.offer(cid, 'ring.arena.json', ringFile)
    await arrived(() => desk.offers.has(cid))
    expect(desk.offers.has(bea)).toBe(false)
    lobby.remove(cid)
    expect(desk.offers.size).toBe(0)
  })

  it('is declined without a byte when it is too large, comes beside another of the same player, or from guest to guest', async () => {
    const { lobby, bea, desk } = lobbyOf(true)
    const first = lobby.offer(bea, 'large.arena.json', ringFile, MAX_ARENA_BYTES + 1)
    await arrived(() => first.answer !== 'none')
    const flood = Array.from({ length: 50 }, () => lobby.offer(bea, 'ring.arena.json', ringFile))
    await arrived(() => desk.offers.has(bea))
    expect(first.answer).toBe('declined')
    expect(flood.map(({ answer }) => answer)).toEqual(['accepted', ...Array(49).fill('declined')])
    const guest = lobbyOf(false)
    const offer = guest.lobby.offer(guest.bea, 'ring.arena.json', ringFile)
    await arrived(() => offer.answer === 'declined')
  })

  it('is declined when it is for nothing that this page knows', async () => {
    const { lobby, bea } = lobbyOf(true)
    const offer = lobby.offer(bea, 'ring.arena.json.exe', ringFile)
    await arrived(() => offer.answer === 'declined')
  })
})

describe('an arena that this player picks', () => {
  it('goes to all people from the host, to the host from a guest, and says how many would fly there', async () => {
    const { lobby, bea, desk } = lobbyOf(true)
    lobby.addBot('ace')
    desk.pick(ring)
    await desk.offer()
    expect(lobby.shared.map(({ player, name }) => [player, name])).toEqual([[bea, 'ring.arena.json']])
    lobby.change(bea, { data: { arena: markOf(ring), accepts: true } })
    expect(desk.accepted).toEqual({ by: 1, of: 1 })
    const guest = lobbyOf(false)
    guest.desk.pick(ring)
    await guest.desk.offer()
    expect(guest.lobby.shared.map(({ player }) => player)).toEqual([guest.host])
  })

  it.each([
    null,
    7,
    'yes',
    [],
    { arena: 'x', accepts: true },
    { arena: markOf(ring), accepts: 'true' },
    { accepts: true },
  ])('is accepted by nobody whose page says %j', (data) => {
    const { lobby, bea, desk } = lobbyOf(true)
    desk.pick(ring)
    lobby.change(bea, { data })
    expect(desk.accepted.by).toBe(0)
  })

  it('is the newest, however late an older file is read, and a wrong file says why', async () => {
    const { desk } = lobbyOf(true)
    const slow = fileOf(arenaText(canyon))
    let read = (_: ArrayBuffer) => {}
    slow.arrayBuffer = () =>
      new Promise((resolve) => {
        read = resolve
      })
    const first = desk.pickFile(slow)
    await desk.pickFile(fileOf('{'))
    read(new TextEncoder().encode(arenaText(canyon)).buffer)
    await first
    expect(desk.picked).toMatchObject({ arena: null, fault: 'not-json' })
  })

  it('is not played while a match runs, and says so in the language of now', async () => {
    const { lobby, desk } = lobbyOf(true)
    lobby.begin()
    desk.play(ring)
    expect([desk.sentence, lobby.settings.arenaName]).toEqual(['The match is already on.', ''])
    await speak('de')
    expect(desk.sentence).toBe(texts.refusals['already-playing'])
    await speak('en')
  })
})

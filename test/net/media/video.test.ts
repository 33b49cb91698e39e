/** Video in a lobby with fake devices and connections: who sees whom, who refuses whom, and that nothing stays. */
import { describe, expect, it } from 'vitest'
import { settle } from '../lobby/support.ts'
import type { FakeTrack } from './fake-devices.ts'
import { joinAll, NOTHING, openRoom, type Person, type Room } from './support.ts'

/** The names of those whose pictures a person's page gets. */
function seenBy({ people }: Room, { lobby }: Person): string[] {
  const arriving = lobby.video.members.filter(
    ({ mine, stream }) => !mine && (stream as unknown as { track: FakeTrack } | null)?.track.level,
  )
  return people.filter(({ lobby: { me } }) => arriving.some(({ player }) => player === me)).map(({ name }) => name)
}

async function watchAll(room: Room, people: readonly Person[] = room.people): Promise<void> {
  for (const { lobby } of people) expect(await lobby.video.join()).toBeNull()
  await room.pass(200)
}

describe('players in video', () => {
  it('see each other and themselves, and who did not join neither sees nor is seen', async () => {
    const room = await openRoom(['Bea', 'Cleo'])
    const [ann, bea, cleo] = room.people
    await watchAll(room, [ann!, bea!])
    expect([seenBy(room, ann!), seenBy(room, bea!), seenBy(room, cleo!)]).toEqual([['Bea'], ['Ann'], []])
    expect(ann!.lobby.video.members.map(({ mine, stream }) => [mine, stream !== null])).toEqual([
      [true, true],
      [false, true],
    ])
    expect(cleo!.page.asked).toEqual([])
    expect(room.network.open).toBe(2)
    expect(ann!.page.asked[0]?.constraints).toMatchObject({
      ...{ width: { ideal: 160 }, height: { ideal: 120 }, frameRate: { max: 15 } },
    })
  })

  it('use the connection that they talk over, and it stays when one of the two ends', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    await joinAll(room)
    await watchAll(room)
    expect(room.network.made).toBe(2)
    expect([room.heardBy(ann!), seenBy(room, ann!)]).toEqual([['Bea'], ['Bea']])
    bea!.lobby.voice.leave()
    await room.pass(500)
    expect([room.heardBy(ann!), seenBy(room, ann!)]).toEqual([[], ['Bea']])
    expect(room.network.made).toBe(2)
    bea!.lobby.video.leave()
    await room.pass(100)
    expect([room.network.open, bea!.page.live]).toEqual([0, NOTHING])
  })

  it('give all receivers together no more of the uplink than three alone, so that the match has room', async () => {
    const room = await openRoom(['Bea', 'Cleo', 'Dan', 'Eve', 'Fay'])
    const [ann, ...others] = room.people
    const limits = () => {
      const sent = room.network.all.map((one) => one.getTransceivers()[1]?.sender.parameters.encodings[0])
      return new Set(sent.flatMap((encoding) => (encoding?.maxBitrate ? [encoding.maxBitrate] : [])))
    }
    await watchAll(room, [ann!, others[0]!])
    expect(limits()).toEqual(new Set([150_000]))
    await watchAll(room, others.slice(1))
    await room.pass(500)
    expect(limits()).toEqual(new Set([90_000]))
    for (const { lobby } of others.slice(2)) lobby.video.leave()
    await room.pass(500)
    expect([...limits()]).toContain(150_000)
  })

  it('cost the page nothing each time that the roster changes', async () => {
    const room = await openRoom(['Bea', 'Cleo'])
    await watchAll(room)
    const looks = () =>
      room.network.all.flatMap((one) => one.getTransceivers()).reduce((sum, { sender }) => sum + sender.looks, 0)
    const before = looks()
    for (const { lobby } of room.people) lobby.setReady(true)
    await room.pass(3000)
    expect(room.people[0]!.lobby.roster.filter(({ ready }) => ready)).toHaveLength(3)
    expect(looks()).toBe(before)
  })

  it('who only watch are asked for no camera', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    await watchAll(room, [ann!])
    expect(await bea!.lobby.video.join({ camera: false })).toBeNull()
    await room.pass(200)
    expect([seenBy(room, ann!), seenBy(room, bea!), bea!.page.asked]).toEqual([[], ['Ann'], []])
  })

  it('are not sent to who refuses or mutes them, until they are wanted again', async () => {
    const room = await openRoom(['Bea', 'Cleo'])
    const [ann, bea, cleo] = room.people
    await watchAll(room)
    expect(ann!.lobby.video.accept(bea!.lobby.me, false)).toBeNull()
    ann!.lobby.mute(cleo!.lobby.me, true)
    expect(seenBy(room, ann!)).toEqual([])
    await room.pass(200)
    expect([seenBy(room, bea!), seenBy(room, cleo!)]).toEqual([
      ['Ann', 'Cleo'],
      ['Ann', 'Bea'],
    ])
    expect(ann!.lobby.video.members.map(({ accepted }) => accepted)).toEqual([true, false, true])
    // Their pages are told not to send, which is no matter of goodwill alone: the browser drops what comes all the same.
    const video = room.network.all.flatMap((connection) => connection.getTransceivers()[1]!)
    expect(video.filter(({ currentDirection }) => currentDirection === 'sendonly')).toHaveLength(2)
    ann!.lobby.video.accept(bea!.lobby.me, true)
    ann!.lobby.mute(cleo!.lobby.me, false)
    await room.pass(200)
    expect(seenBy(room, ann!)).toEqual(['Bea', 'Cleo'])
  })

  it('are not sent to a page that nobody looks at', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    await joinAll(room)
    await watchAll(room)
    ann!.page.shown = false
    ann!.page.tell('shown')
    await room.pass(200)
    const sent = () => room.network.all.map((connection) => connection.getTransceivers()[1]!.currentDirection).sort()
    expect([seenBy(room, ann!), seenBy(room, bea!), sent()]).toEqual([[], ['Ann'], ['recvonly', 'sendonly']])
    // Voices go on.
    expect(room.heardBy(ann!)).toEqual(['Bea'])
    ann!.page.shown = true
    ann!.page.tell('shown')
    await room.pass(200)
    expect([seenBy(room, ann!), sent()]).toEqual([['Bea'], ['sendrecv', 'sendrecv']])
  })

  it('are told when their camera is gone', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    const problems: string[] = []
    bea!.lobby.video.on('problem', ({ problem }) => problems.push(problem))
    await watchAll(room)
    bea!.page.plugged = []
    bea!.page.track!.unplug()
    await room.pass(200)
    expect([problems, seenBy(room, ann!), bea!.lobby.video.members[1]!.stream]).toEqual([['device-lost'], [], null])
  })
})

describe('video that is refused', () => {
  it('leaves nothing: no camera, no permission, no host, a wrong width', async () => {
    const room = await openRoom([])
    const { lobby, page } = room.people[0]!
    page.plugged = []
    expect(await lobby.video.join()).toBe('no-device')
    page.fault = 'NotAllowedError'
    expect(await lobby.video.join()).toBe('no-permission')
    await expect(lobby.video.join({ width: 1920 })).rejects.toThrow(/160 to 320, not 1920/)
    expect([lobby.video.state, lobby.video.members, page.live]).toEqual(['off', [], NOTHING])
    expect(await lobby.video.useDevice('camera')).toBe('not-on')
  })
})

describe('the end of video', () => {
  it('comes with the end of the lobby, on every page', async () => {
    const room = await openRoom(['Bea', 'Cleo'])
    await joinAll(room)
    await watchAll(room)
    room.people[0]!.lobby.leave()
    await room.pass(100)
    expect(room.live()).toEqual({ connections: 0, pages: [NOTHING, NOTHING, NOTHING] })
    expect([room.table.clock.running, room.table.clock.waiting]).toEqual([0, 0])
  })

  it('fifty times leaves nothing behind', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    await watchAll(room, [ann!])
    for (let i = 0; i < 50; i++) {
      const joining = bea!.lobby.video.join()
      if (i % 2) await room.pass(500)
      bea!.lobby.video.leave()
      await joining
      await settle()
    }
    await room.pass(1000)
    expect([bea!.page.live, room.network.open, room.table.clock.waiting]).toEqual([NOTHING, 0, 0])
  })
})

/** Voice in a lobby with fake devices and connections: who hears whom, what is refused, and that nothing stays. */
import { describe, expect, it, vi } from 'vitest'
import { playerId } from '../../../net/world/ids.ts'
import { settle } from '../lobby/support.ts'
import { joinAll, NOTHING, openRoom } from './support.ts'

describe('players in voice', () => {
  it('hear each other, and nobody else hears or is heard', async () => {
    const room = await openRoom(['Bea', 'Cleo'])
    const [ann, bea, cleo] = room.people
    await joinAll(room, [ann!, bea!])
    expect([room.heardBy(ann!), room.heardBy(bea!), room.heardBy(cleo!)]).toEqual([['Bea'], ['Ann'], []])
    expect(room.network.made).toBe(2)
    expect(cleo!.page.asked).toEqual([])
    // Who does not take part still sees who does.
    expect(cleo!.lobby.voice.members.map(({ player, connection }) => [player, connection])).toEqual([
      [ann!.lobby.me, 'none'],
      [bea!.lobby.me, 'none'],
    ])
    expect(bea!.lobby.voice.members.map(({ mine, connection }) => [mine, connection])).toEqual([
      [false, 'connected'],
      [true, 'none'],
    ])
  })

  it('talk with who watches, as with anybody', async () => {
    const room = await openRoom(['Bea', 'Sue'], { dials: true })
    const [ann, bea, sue] = room.people
    let refusal: string | null | undefined
    sue!.lobby.spectate(true).then((answer) => {
      refusal = answer
    })
    await room.pass(500)
    expect([refusal, sue!.lobby.roster.find(({ name }) => name === 'Sue')?.spectator]).toEqual([null, true])
    await joinAll(room)
    expect(room.people.map((person) => room.heardBy(person))).toEqual([
      ['Bea', 'Sue'],
      ['Ann', 'Sue'],
      ['Ann', 'Bea'],
    ])
    expect(ann!.lobby.mute(sue!.lobby.me, true)).toBeNull()
    await room.pass(200)
    expect([room.heardBy(ann!), room.heardBy(bea!)]).toEqual([['Bea'], ['Ann', 'Sue']])
  })

  it('are eight at most, each with a connection of its own to each other; the ninth is refused', async () => {
    const room = await openRoom(['B', 'C', 'D', 'E', 'F', 'G', 'H', 'I'])
    await joinAll(room, room.people.slice(0, 8))
    expect(room.network.open).toBe(8 * 7)
    for (const person of room.people.slice(0, 8)) expect(room.heardBy(person)).toHaveLength(7)
    const ninth = room.people[8]!
    expect(await ninth.lobby.voice.join()).toBe('full')
    expect([ninth.lobby.voice.state, ninth.page.live]).toEqual(['off', NOTHING])
    const told: number[] = []
    ninth.lobby.voice.on('members', ({ length }) => told.push(length))
    // A place is free again, and the ninth hears of it.
    room.people[3]!.lobby.voice.leave()
    await settle()
    expect(told).toEqual([7])
    expect(await ninth.lobby.voice.join()).toBeNull()
    await room.pass(200)
    expect(room.heardBy(ninth)).toHaveLength(7)
  })

  it('have all filters of the browser on, unless they are turned off', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    await ann!.lobby.voice.join()
    await bea!.lobby.voice.join({ echoCancellation: false, device: 'headset' })
    expect(ann!.page.asked[0]?.constraints).toMatchObject({
      ...{ echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    })
    expect(bea!.page.asked[0]).toMatchObject({ device: 'headset', constraints: { echoCancellation: false } })
  })

  it('are sent Opus at 24 kbit/s with DTX', async () => {
    const room = await openRoom(['Bea'])
    await joinAll(room)
    const [caller] = room.network.all
    expect(caller!.getTransceivers()[0]!.sender.parameters.encodings).toEqual([{ maxBitrate: 24_000 }])
  })

  it('are loud as this page sets them, and heard from where they are', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    let x = 0
    await bea!.lobby.voice.join()
    await ann!.lobby.voice.join({
      position: (player) => (player === ann!.lobby.me ? { x: 0, y: 0 } : { x, y: 0 }),
      hearing: { near: 100, far: 300 },
    })
    await room.pass(200)
    const heard = () => {
      const [source] = ann!.page.contexts[0]!.playing.filter(({ track }) => track?.source)
      const nodes = ann!.page.contexts[0]!.playing
      const gain = nodes[nodes.indexOf(source!) + 2]!.gain.value
      return [gain, nodes[nodes.indexOf(source!) + 3]!.pan.value]
    }
    expect(heard()).toEqual([1, 0])
    x = 200
    await room.pass(100)
    expect(heard()).toEqual([0.5, 0.8])
    expect(ann!.lobby.voice.setVolume(bea!.lobby.me, 2)).toBeNull()
    expect(heard()[0]).toBe(1)
    x = -1000
    await room.pass(100)
    expect(heard()).toEqual([0, -0.8])
    expect(ann!.lobby.voice.setVolume(playerId(60, 1), 1)).toBe('no-such-player')
    expect(() => ann!.lobby.voice.setVolume(bea!.lobby.me, 3)).toThrow(/0 to 2, not 3/)
  })

  it('hear each other from the middle when the game’s positions throw, which is shown once', async () => {
    const shown = vi.spyOn(console, 'error').mockImplementation(() => {})
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    await bea!.lobby.voice.join()
    await ann!.lobby.voice.join({
      position: () => {
        throw new Error('as the test wants')
      },
    })
    await room.pass(400)
    expect(room.heardBy(ann!)).toEqual(['Bea'])
    expect(shown).toHaveBeenCalledTimes(1)
    shown.mockRestore()
  })

  it('are told who speaks, with some patience between two words', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    await joinAll(room)
    const told: boolean[] = []
    ann!.lobby.voice.on('speaking', ({ player, speaking }) => player === bea!.lobby.me && told.push(speaking))
    bea!.page.track!.loudness = 0
    await room.pass(150)
    bea!.page.track!.loudness = 0.2
    await room.pass(100)
    expect(told).toEqual([])
    bea!.page.track!.loudness = 0
    await room.pass(500)
    expect(told).toEqual([false])
    expect(bea!.lobby.voice.members.map(({ speaking }) => speaking)).toEqual([true, false])
  })
})

describe('silence', () => {
  it('of a muted player: their sound is refused, and comes back', async () => {
    const room = await openRoom(['Bea', 'Cleo'])
    const [ann, bea, cleo] = room.people
    await joinAll(room)
    expect(ann!.lobby.mute(bea!.lobby.me, true)).toBeNull()
    // At once, before Bea's page has heard of it.
    expect(room.heardBy(ann!)).toEqual(['Cleo'])
    await room.pass(200)
    expect([room.heardBy(ann!), room.heardBy(bea!), room.heardBy(cleo!)]).toEqual([
      ['Cleo'],
      ['Ann', 'Cleo'],
      ['Ann', 'Bea'],
    ])
    const toAnn = room.network.all.flatMap((connection) => connection.getTransceivers())
    // Bea's page is told not to send, rather than Ann's to drop it.
    expect(
      toAnn.filter(({ kind, currentDirection }) => kind === 'audio' && currentDirection !== 'sendrecv'),
    ).toHaveLength(2)
    ann!.lobby.mute(bea!.lobby.me, false)
    await room.pass(200)
    expect(room.heardBy(ann!)).toEqual(['Bea', 'Cleo'])
  })

  it('of oneself, and of whoever does not press the key to talk', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    await ann!.lobby.voice.join()
    await bea!.lobby.voice.join({ pushToTalk: true })
    await room.pass(200)
    expect(room.heardBy(ann!)).toEqual([])
    bea!.lobby.voice.talk(true)
    await room.pass(200)
    expect(room.heardBy(ann!)).toEqual(['Bea'])
    bea!.lobby.voice.muteMe(true)
    await room.pass(500)
    expect(room.heardBy(ann!)).toEqual([])
    bea!.lobby.voice.muteMe(false)
    bea!.lobby.voice.talk(false)
    await room.pass(500)
    expect(room.heardBy(ann!)).toEqual([])
    expect(bea!.lobby.voice.mutedMe).toBe(false)
  })

  it('of who only listens: no microphone is asked for', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    await ann!.lobby.voice.join()
    await bea!.lobby.voice.join({ listenOnly: true })
    await room.pass(200)
    expect([room.heardBy(bea!), room.heardBy(ann!)]).toEqual([['Ann'], []])
    expect(bea!.page.asked).toEqual([])
  })

  it('survives both sides changing their mind in the same moment', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    await joinAll(room)
    for (let i = 0; i < 7; i++) {
      ann!.lobby.mute(bea!.lobby.me, i % 2 === 0)
      bea!.lobby.mute(ann!.lobby.me, i % 2 === 0)
      if (i % 3 === 0) await settle()
    }
    ann!.lobby.mute(bea!.lobby.me, false)
    bea!.lobby.mute(ann!.lobby.me, false)
    await room.pass(500)
    expect([room.heardBy(ann!), room.heardBy(bea!)]).toEqual([['Bea'], ['Ann']])
    expect(room.network.made).toBe(2)
  })
})

describe('a join that is refused', () => {
  it.each([
    ['NotAllowedError', 'no-permission'],
    ['SecurityError', 'no-permission'],
    ['NotFoundError', 'no-device'],
    ['NotReadableError', 'device-busy'],
    ['TypeError', 'not-supported'],
  ])('by %s of the browser says %s, and leaves nothing', async (fault, refusal) => {
    const room = await openRoom(['Bea'])
    const bea = room.people[1]!
    bea.page.fault = fault
    expect(await bea.lobby.voice.join()).toBe(refusal)
    expect([bea.lobby.voice.state, bea.page.live]).toEqual(['off', NOTHING])
    bea.page.fault = null
    expect(await bea.lobby.voice.join()).toBeNull()
  })

  it('says why where there are no devices: on http, and in a browser without them', async () => {
    const room = await openRoom([])
    const ann = room.people[0]!
    ann.page.hasDevices = false
    expect(await ann.lobby.voice.join()).toBe('not-supported')
    ann.page.isSecure = false
    expect(await ann.lobby.voice.join()).toBe('insecure-context')
  })

  it('while the host is out of reach, and once the lobby is over', async () => {
    const room = await openRoom(['Bea'], { dials: true })
    const bea = room.people[1]!
    room.table.way.fault = 'host-silent'
    room.table.way.lose()
    await settle()
    expect(await bea.lobby.voice.join()).toBe('not-here')
    bea.lobby.leave()
    expect(await bea.lobby.voice.join()).toBe('ended')
    expect(bea.page.live).toEqual(NOTHING)
  })

  it('by the end of the lobby while the code is loaded: it reads ended, not that nothing could be loaded', async () => {
    const room = await openRoom(['Bea'])
    const bea = room.people[1]!
    const joins = [bea.lobby.voice.join(), bea.lobby.video.join()]
    bea.lobby.leave()
    expect(await Promise.all(joins)).toEqual(['ended', 'ended'])
    expect(bea.page.live).toEqual(NOTHING)
  })

  it('by a leave while the player is asked: the microphone that comes later is released', async () => {
    const room = await openRoom(['Bea'])
    const bea = room.people[1]!
    let allow = (): void => {}
    bea.page.gate = new Promise((resolve) => {
      allow = resolve
    })
    const joining = bea.lobby.voice.join()
    await vi.waitUntil(() => bea.page.asked.length === 1)
    bea.lobby.voice.leave()
    allow()
    expect(await joining).toBe('left')
    await settle()
    expect(bea.page.tracks.map(({ readyState }) => readyState)).toEqual(['ended'])
    expect(bea.page.live).toEqual(NOTHING)
  })

  it('throws a sentence for what is no option', async () => {
    const room = await openRoom([])
    const { voice } = room.people[0]!.lobby
    await expect(voice.join({ pushToTalk: 'yes' as unknown as boolean })).rejects.toThrow(/pushToTalk is "yes"/)
    await expect(voice.join({ loud: true } as object)).rejects.toThrow(/no option "loud"/)
    await expect(voice.join({ hearing: { near: 5, far: 2 } })).rejects.toThrow(/far above it/)
    expect(() => voice.on('talk' as 'state', () => {})).toThrow(/"talk"/)
    expect([voice.state, room.people[0]!.page.live]).toEqual(['off', NOTHING])
  })
})

describe('a microphone', () => {
  it('that is unplugged is replaced by the next one, and the others go on hearing', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    await joinAll(room)
    bea!.page.track!.unplug()
    await room.pass(200)
    expect(bea!.problems).toEqual(['device-changed'])
    expect(room.heardBy(ann!)).toEqual(['Bea'])
    expect(bea!.page.live.tracks).toBe(1)
  })

  it('that is unplugged without another is missed aloud, and taken up when one is plugged in', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    await joinAll(room)
    const devices = bea!.page.plugged
    bea!.page.plugged = []
    bea!.page.track!.unplug()
    await room.pass(500)
    expect(bea!.problems).toEqual(['device-lost'])
    expect([room.heardBy(ann!), room.heardBy(bea!)]).toEqual([[], ['Ann']])
    bea!.page.plugged = devices
    bea!.page.tell('devices')
    await room.pass(200)
    expect(bea!.problems).toEqual(['device-lost', 'device-back'])
    expect(room.heardBy(ann!)).toEqual(['Bea'])
  })

  it('that a phone call takes away is missed aloud, and comes back', async () => {
    const room = await openRoom(['Bea'])
    await joinAll(room)
    const { page, problems } = room.people[1]!
    page.track!.onmute?.()
    page.track!.onunmute?.()
    expect(problems).toEqual(['interrupted', 'device-back'])
  })

  it('is changed while others listen; one that is not there changes nothing', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    expect(await bea!.lobby.voice.useDevice('headset')).toBe('not-on')
    await joinAll(room)
    expect(await bea!.lobby.voice.devices()).toEqual([
      { id: 'built-in', label: 'the built-in' },
      { id: 'headset', label: 'the headset' },
    ])
    expect(await bea!.lobby.voice.useDevice('headset')).toBeNull()
    expect(await bea!.lobby.voice.useDevice('gone')).toBe('no-device')
    await room.pass(200)
    expect([room.heardBy(ann!), bea!.page.live.tracks]).toEqual([['Bea'], 1])
  })
})

describe('sound that the browser blocks', () => {
  it('is told of, and comes with the player’s next click', async () => {
    const room = await openRoom(['Bea'])
    const bea = room.people[1]!
    bea.page.soundAllowed = false
    await joinAll(room)
    await room.pass(1200)
    expect(bea.problems).toEqual(['sound-blocked'])
    bea.page.contexts[0]!.resume = async () => bea.page.contexts[0]!.enter('running')
    bea.page.tell('gestures')
    await settle()
    expect(bea.page.contexts[0]!.state).toBe('running')
    bea.lobby.voice.leave()
    expect(bea.page.live).toEqual(NOTHING)
  })
})

describe('the end of voice', () => {
  it.each<[string, (room: Awaited<ReturnType<typeof openRoom>>) => void]>([
    ['leaves voice', ({ people }) => people[1]!.lobby.voice.leave()],
    ['leaves the lobby', ({ people }) => people[1]!.lobby.leave()],
    ['is kicked', ({ people }) => void people[0]!.lobby.kick(people[1]!.lobby.me)],
    ['is lost for good', ({ table }) => table.way.pairs[0]![0].close('lost')],
  ])('when a player %s: on no page does anything of them stay', async (_how, go) => {
    const room = await openRoom(['Bea', 'Cleo'], { resumeSeconds: 0 })
    const [ann, bea, cleo] = room.people
    await joinAll(room)
    go(room)
    await room.pass(500)
    expect(bea!.page.live).toEqual(NOTHING)
    expect([room.heardBy(ann!), room.heardBy(cleo!)]).toEqual([['Cleo'], ['Ann']])
    expect(room.network.open).toBe(2)
    expect(ann!.lobby.voice.members.map(({ player }) => player)).toEqual([ann!.lobby.me, cleo!.lobby.me])
  })

  it('comes for everybody with the end of the lobby', async () => {
    const room = await openRoom(['Bea', 'Cleo'])
    await joinAll(room)
    room.people[0]!.lobby.leave()
    await room.pass(100)
    expect(room.live()).toEqual({ connections: 0, pages: [NOTHING, NOTHING, NOTHING] })
    expect([room.table.clock.running, room.table.clock.waiting]).toEqual([0, 0])
    expect(room.people.map(({ lobby }) => [lobby.voice.state, lobby.voice.members])).toEqual(Array(3).fill(['off', []]))
  })

  it('is no flood to the host when a player hammers on the button', async () => {
    const room = await openRoom(['Bea'])
    const [, bea] = room.people
    for (let i = 0; i < 60; i++) {
      const joining = bea!.lobby.voice.join()
      await settle()
      bea!.lobby.voice.leave()
      await joining
    }
    await joinAll(room)
    expect([bea!.lobby.state, room.heardBy(bea!)]).toEqual(['lobby', ['Ann']])
  })

  it('two hundred times leaves no track, connection, context, clock, timer or listener behind', {
    tags: ['long'],
  }, async () => {
    const room = await openRoom(['Bea', 'Cleo'])
    const [ann, bea, cleo] = room.people
    await joinAll(room, [ann!, cleo!])
    await room.pass(1000)
    const before = [room.live(), room.table.clock.running, room.table.clock.waiting]
    for (let i = 0; i < 200; i++) {
      const joining = bea!.lobby.voice.join()
      // Some leave at once, some before they are connected.
      if (i % 3 > 0) await room.pass(250)
      if (i % 3 === 2) await room.pass(250)
      bea!.lobby.voice.leave()
      expect(await joining).toBe(i % 3 > 0 ? null : 'left')
      await room.pass(250)
    }
    await room.pass(1000)
    expect([room.live(), room.table.clock.running, room.table.clock.waiting]).toEqual(before)
    expect(bea!.page.live).toEqual(NOTHING)
    expect(bea!.page.contexts.length).toBeGreaterThan(100)
    expect(bea!.lobby.state).toBe('lobby')
    expect([room.heardBy(ann!), room.heardBy(cleo!)]).toEqual([['Cleo'], ['Ann']])
  })
})

describe('a link that is lost', () => {
  it('to the host does not end voice, and a player who comes back is in it still', async () => {
    const room = await openRoom(['Bea', 'Cleo'], { dials: true })
    const [ann, bea, cleo] = room.people
    await joinAll(room)
    const made = room.network.made
    room.table.way.fault = 'host-silent'
    room.table.way.lose()
    await room.pass(300)
    expect(cleo!.lobby.state).toBe('reconnecting')
    expect([room.heardBy(cleo!), room.heardBy(bea!)]).toEqual([
      ['Ann', 'Bea'],
      ['Ann', 'Cleo'],
    ])
    room.table.way.fault = null
    await room.pass(3000)
    expect(cleo!.lobby.state).toBe('lobby')
    expect([room.heardBy(cleo!), room.heardBy(ann!)]).toEqual([
      ['Ann', 'Bea'],
      ['Bea', 'Cleo'],
    ])
    expect(room.network.made).toBe(made)
    expect(cleo!.lobby.voice.leave()).toBeUndefined()
    await room.pass(300)
    expect(room.heardBy(ann!)).toEqual(['Bea'])
  })

  it('between two players is made anew; given up, it is told and tried again when a page wakes', async () => {
    const room = await openRoom(['Bea'])
    const [ann, bea] = room.people
    await joinAll(room)
    const made = room.network.made
    for (const connection of [...room.network.all]) connection.fail()
    await room.pass(2000)
    expect(room.network.made).toBe(made + 2)
    expect(room.heardBy(ann!)).toEqual(['Bea'])
    room.network.blocked = true
    for (const connection of room.network.all.slice(made)) connection.fail()
    await room.pass(70_000)
    expect([ann!.problems, bea!.problems]).toEqual([['no-route'], ['no-route']])
    expect(ann!.lobby.voice.members.map(({ connection }) => connection)).toEqual(['none', 'failed'])
    expect(room.network.open).toBe(0)
    room.network.blocked = false
    bea!.lobby.voice.leave()
    await settle()
    await joinAll(room, [bea!])
    expect(room.heardBy(ann!)).toEqual(['Bea'])
  })
})

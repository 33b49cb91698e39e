/** Hosts and players that mean harm to voice: nothing they say throws, connects to whom it should not, or costs without end. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeGuestMessage, decodeHostMessage, encodeMessage } from '../../../net/lobby/messages.ts'
import { HostMedia } from '../../../net/media/host-media.ts'
import { MAX_SIGNAL_UNITS, type Participants } from '../../../net/media/media-messages.ts'
import { readMediaSignal, writeMediaSignal } from '../../../net/media/media-signal.ts'
import { WIRE_VERSION } from '../../../net/wire/version.ts'
import { type PlayerId, playerId } from '../../../net/world/ids.ts'
import { HandClock, openTable, settle, yard } from '../lobby/support.ts'
import { joinAll, NOTHING, openRoom, type Room } from './support.ts'

const [ann, bea, cleo, dan] = [0, 1, 2, 3].map((seat) => playerId(seat, 1)) as [PlayerId, PlayerId, PlayerId, PlayerId]
const section = (kind: string): string => `m=${kind} 9 UDP/TLS/RTP/SAVPF 111\r\na=sendrecv\r\n`
const head = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n'
const offer = (sdp: string, connection = 7, life = 1): string =>
  writeMediaSignal({ kind: 'step', life, connection, description: { type: 'offer', sdp }, candidates: [] })

/** A host's part with Ann, Bea and Cleo, of whom the first two are in voice and Cleo alone in video. */
function hostMedia(participants: Participants = { voice: [ann, bea], video: [cleo] }) {
  const clock = new HandClock()
  const forwarded: [to: PlayerId, from: PlayerId, length: number][] = []
  const media = new HostMedia({
    participants,
    timers: clock.platform,
    reaches: (player) => player !== dan,
    changed: () => {},
    forward: (to, from, text) => forwarded.push([to, from, text.length]),
  })
  return { clock, media, forwarded }
}

describe('a host', () => {
  it('forwards signals between two who take part in the same, and to nobody else', () => {
    const { media, forwarded } = hostMedia({ voice: [ann, bea, dan], video: [cleo] })
    for (const to of [bea, cleo, dan, ann, playerId(60, 2)]) expect(media.signal(ann, { to, text: 'x' })).toBe('done')
    for (const to of [ann, bea]) media.signal(cleo, { to, text: 'x' })
    expect([forwarded, media.dropped]).toEqual([[[bea, ann, 1]], 6])
  })

  it('forwards no more than a budget of one player, in signals and in bytes, and takes nothing of it from others', () => {
    const { media, forwarded, clock } = hostMedia()
    const outcomes = Array.from({ length: 1000 }, () => media.signal(ann, { to: bea, text: 'x' }))
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(120)
    expect(media.signal(bea, { to: ann, text: 'x' })).toBe('done')
    clock.skip(60_000)
    forwarded.length = 0
    for (let i = 0; i < 100; i++) media.signal(ann, { to: bea, text: 'x'.repeat(MAX_SIGNAL_UNITS) })
    expect(forwarded).toHaveLength(13)
  })

  it('counts to eight, whoever asks how often', () => {
    const { media } = hostMedia({ voice: [], video: [] })
    for (let seat = 0; seat < 64; seat++)
      for (let i = 0; i < 3; i++) media.request(playerId(seat, 1), { voice: true, video: false })
    expect(media.participants.voice).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((seat) => playerId(seat, 1)))
    media.forget(bea)
    expect(media.participants.voice).not.toContain(bea)
  })

  it('drops a guest who floods it with signals, and the others go on', async () => {
    const room = await openRoom(['Bea'])
    await joinAll(room)
    const mallory = room.table.stranger()
    mallory.say({ kind: 'hello', protocol: WIRE_VERSION, name: 'Mallory', hash: yard.hash })
    await settle()
    mallory.say({ kind: 'media', voice: true, video: true })
    for (let i = 0; i < 200; i++) mallory.say({ kind: 'signal', to: room.people[0]!.lobby.me, text: 'x'.repeat(5000) })
    await settle()
    expect(mallory.closed).toBe('kicked')
    await room.pass(300)
    expect(room.heardBy(room.people[1]!)).toEqual(['Ann'])
    expect(room.people[0]!.lobby.voice.members).toHaveLength(2)
  })

  it('takes no signal before the hello, none that is too long, and no list from a guest', async () => {
    const table = openTable()
    const mallory = table.stranger()
    for (let i = 0; i < 20; i++) mallory.say({ kind: 'signal', to: table.lobby.me, text: 'x' })
    await settle()
    expect(mallory.closed).toBe('kicked')
    const long = encodeMessage({ kind: 'signal', to: ann, text: 'x'.repeat(MAX_SIGNAL_UNITS + 1) })
    expect(decodeGuestMessage(long)).toBeNull()
    expect(
      decodeGuestMessage(encodeMessage({ kind: 'signal', to: ann, text: 'x'.repeat(MAX_SIGNAL_UNITS) })),
    ).not.toBeNull()
    expect(decodeGuestMessage(encodeMessage({ kind: 'signal', to: ann, text: '' }))).toBeNull()
    expect(decodeGuestMessage(encodeMessage({ kind: 'participants', voice: [ann], video: [] }))).toBeNull()
  })

  it('that lies about who takes part is not believed: a list of nine is none, and strangers and doubles are left out', async () => {
    const nine = Array.from({ length: 9 }, (_, seat) => playerId(seat, 1))
    expect(decodeHostMessage(encodeMessage({ kind: 'participants', voice: nine, video: [] }))).toBeNull()
    const room = await openRoom(['Bea'])
    const [, person] = room.people
    await joinAll(room)
    const me = person!.lobby.me
    const annId = room.people[0]!.lobby.me
    person!.lobby.media.hear({ kind: 'participants', voice: [annId, annId, me, playerId(50, 3)], video: [annId, me] })
    // At once: the page corrects what it never asked for, and an honest host tells the true list again.
    expect(person!.lobby.voice.members.map(({ player }) => player)).toEqual([annId, me])
    await room.pass(100)
    // In video that this page never joined nobody has it.
    expect(room.network.open).toBe(2)
  })
})

describe('a player’s page', () => {
  /** What stays as it was whatever is said to Bea's page. */
  async function victim(): Promise<{ room: Room; say: (text: string, from?: PlayerId) => void }> {
    const room = await openRoom(['Bea', 'Cleo', 'Dan'])
    await joinAll(room, room.people.slice(0, 3))
    const [, person] = room.people
    const say = (text: string, from = room.people[0]!.lobby.me): void =>
      person!.lobby.media.hear({ kind: 'signalled', from, text })
    return { room, say }
  }

  it('makes no connection for who does not take part, is not in the roster, or is itself', async () => {
    const { room, say } = await victim()
    const { made } = room.network
    const sdp = `${head}${section('audio')}${section('video')}`
    for (const from of [room.people[3]!.lobby.me, playerId(60, 1), room.people[1]!.lobby.me]) say(offer(sdp), from)
    await room.pass(300)
    expect(room.network.made).toBe(made)
  })

  it('hears on whatever texts are said to it that are no signals', { tags: ['long'] }, async () => {
    const { room, say } = await victim()
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .record({
          kind: fc.constantFrom('hello', 'step'),
          life: fc.anything(),
          connection: fc.anything(),
          description: fc.anything(),
          candidates: fc.anything(),
        })
        .map((value) => JSON.stringify(value) ?? ''),
    )
    fc.assert(
      fc.property(texts, (text) => void readMediaSignal(text)),
      { numRuns: 40 },
    )
    // A hello of another life is one: its page began anew, and so does their connection.
    const noSignals = texts.filter((text) => readMediaSignal(text) === null)
    for (const text of fc.sample(noSignals, 40)) say(text)
    say('x'.repeat(1_000_000))
    say('['.repeat(11_000))
    await room.pass(300)
    expect(room.heardBy(room.people[1]!)).toEqual(['Ann', 'Cleo'])
  })

  it('takes no description with sections that nobody asked for', () => {
    const kinds = (...sections: string[]) => readMediaSignal(offer(head + sections.map(section).join('')))
    expect(kinds('audio', 'video')).not.toBeNull()
    for (const wrong of [
      [],
      ['audio'],
      ['video', 'audio'],
      ['audio', 'video', 'video'],
      ['audio', 'video', 'application'],
      ['application'],
    ])
      expect(kinds(...wrong)).toBeNull()
  })

  it('takes no address that is none, or too many', () => {
    const step = (candidates: object[]) =>
      readMediaSignal(JSON.stringify({ kind: 'step', life: 1, connection: 1, description: null, candidates }))
    const candidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 }
    expect(step([candidate, candidate])).not.toBeNull()
    expect(step(Array(31).fill(candidate))).toBeNull()
    for (const wrong of [
      { sdpMLineIndex: 2 },
      { sdpMid: null, sdpMLineIndex: null },
      { candidate: 'x' },
      { candidate: '' },
      { sdpMid: 'x'.repeat(65) },
    ])
      expect(step([{ ...candidate, ...wrong }])).toBeNull()
  })

  it('is not made to work without end by a player who calls again and again', async () => {
    const { room, say } = await victim()
    const from = room.people[2]!.lobby.me
    const before = room.network.made
    for (let i = 0; i < 500; i++) say(offer(`${head}${section('audio')}${section('video')}`, i, i), from)
    await room.pass(100)
    // As many as its budget of signals allows, and never more than one at a time.
    expect(room.network.made - before).toBeLessThanOrEqual(60)
    expect(room.network.all.filter(({ signalingState }) => signalingState !== 'closed').length).toBeLessThanOrEqual(6)
    expect(room.heardBy(room.people[1]!)).toContain('Ann')
  })

  it('stops listening to whoever sends what they were told not to', async () => {
    const { room } = await victim()
    const [annPage, beaPage] = room.people
    beaPage!.lobby.mute(annPage!.lobby.me, true)
    await room.pass(200)
    // Ann's page is modified: it goes on sending.
    for (const connection of room.network.all)
      for (const transceiver of connection.getTransceivers()) transceiver.currentDirection = 'sendrecv'
    await room.pass(300)
    expect(room.heardBy(beaPage!)).toEqual(['Cleo'])
  })
})

describe('a hostile lobby', () => {
  it('that ends in the middle of everything leaves nothing', async () => {
    const { table, people, network, pass } = await openRoom(['Bea', 'Cleo'])
    const joining = people.map(({ lobby }) => lobby.voice.join())
    await settle()
    people[0]!.lobby.leave()
    await Promise.all(joining)
    await pass(100)
    expect(people.map(({ page }) => page.live)).toEqual([NOTHING, NOTHING, NOTHING])
    expect([network.open, table.clock.running, table.clock.waiting]).toEqual([0, 0, 0])
  })
})

/** The lobby's two sides and the link under them, with a stranger at the other end. */
import { enterLobby } from '../../net/lobby/guest/enter.ts'
import { decodeGuestMessage, decodeHostMessage, encodeMessage } from '../../net/lobby/messages.ts'
import { type Platform, thisPage } from '../../net/platform/platform.ts'
import { browserPipe } from '../../net/transport/browser-channel.ts'
import { encodeAck, encodePiece, PIECE_BYTES } from '../../net/transport/bulk-frames.ts'
import { LaneLink } from '../../net/transport/lane-link.ts'
import type { Link, LinkHandlers } from '../../net/transport/link.ts'
import type { Lane, LaneStats } from '../../net/wire/lanes.ts'
import { PacketKind } from '../../net/wire/packet.ts'
import { WIRE_VERSION } from '../../net/wire/version.ts'
import { playerId } from '../../net/world/ids.ts'
import { names, newHostLobby, yard } from '../net/lobby/support.ts'
import { FakeChannel } from '../net/transport/fake-channel.ts'
import { readPacket } from '../net/wire/read.ts'
import { mutateSteps, packSteps, type Step, shorterSteps, unpackSteps } from './cases.ts'
import { mutatePacked } from './decoders.ts'
import { Draw } from './draw.ts'
import { mutate } from './mutate.ts'
import { mutatePacket } from './packets.ts'
import { law, type Meter, type Target } from './target.ts'

const guest = playerId(1, 1)
const meeting = { game: yard, epoch: 2, me: guest, players: [playerId(0, 1), guest] }
const TICK_MS = 1000 / 60
/** Of a step's number: the lowest bit is the lane, the rest the ticks that pass after it. */
const laneOf = (when: number): Lane => ((when & 1) === 0 ? 'bulk' : 'state')
const ticksOf = (when: number): number => (when >> 1) & 7
const bulk = (bytes: Uint8Array): Step => ({ when: 2, bytes })

/** The figures of a lane that nothing went over: bytes come to the lobby past it. */
const nothing: LaneStats = {
  bufferedBytes: 0,
  sentMessages: 0,
  sentBytes: 0,
  receivedMessages: 0,
  receivedBytes: 0,
  skipped: 0,
  rejected: 0,
}

/** An end of a link whose other end the case speaks for. */
class StubLink implements Link {
  open = true
  handlers: LinkHandlers | null = null
  readonly sent: { lane: Lane; bytes: Uint8Array }[] = []

  send(lane: Lane, bytes: Uint8Array): 'sent' {
    this.sent.push({ lane, bytes: bytes.slice() })
    return 'sent'
  }
  buffered(): number {
    return 0
  }
  async drained(): Promise<'drained' | 'closed'> {
    return this.open ? 'drained' : 'closed'
  }
  listen(handlers: LinkHandlers): void {
    this.handlers = handlers
  }
  close(reason: Parameters<LinkHandlers['closed']>[0] = 'left'): void {
    if (!this.open) return
    this.open = false
    this.handlers?.closed(reason)
  }
  stats(): ReturnType<Link['stats']> {
    return { state: nothing, bulk: nothing }
  }
}

function clock() {
  const ticks = new Set<(now: number) => void>()
  const platform: Platform = {
    ...thisPage,
    now: () => hand.now,
    // No case lasts so long that a deadline would pass.
    after: () => () => {},
    startClock: (_hz, onTick) => {
      ticks.add(onTick)
      return { kind: 'timer', stop: () => void ticks.delete(onTick) }
    },
  }
  const hand = {
    now: 1000,
    platform,
    tick() {
      hand.now += TICK_MS
      for (const onTick of [...ticks]) onTick(hand.now)
    },
  }
  return hand
}

function mutateLanes(kind: PacketKind): Target['mutate'] {
  return (bytes, corpus, random) =>
    mutateSteps(bytes, corpus, random, (message, others) => {
      if (readPacket(message)) return mutatePacket(meeting, kind, message, others, random)
      return mutatePacked(message, others, random)
    })
}

function say(link: StubLink, { when, bytes }: Step, meter: Meter, taken: boolean): void {
  const lane = laneOf(when)
  if (bytes.length === 0) return
  if (lane === 'bulk' ? bytes[0] === 0x94 : readPacket(bytes)) meter.enveloped++
  if (taken) meter.taken++
  // A closed link hands nothing over.
  meter.packet(() => link.open && link.handlers?.message(lane, bytes))
}

/** What a client of the yard sends in its first ticks, and what its host does, by way of real sessions. */
function firstPackets(): { toHost: Uint8Array[]; toGuest: Uint8Array[] } {
  const hand = clock()
  const { lobby, link } = hostLobby(hand)
  lobby.start()
  link.handlers?.message('bulk', hello)
  for (let i = 0; i < 8; i++) hand.tick()
  const toGuest = link.sent.filter(({ lane }) => lane === 'state').map(({ bytes }) => bytes)
  lobby.leave()
  const there = guestLobby(hand)
  for (const { bytes } of [welcome, started]) there.handlers?.message('bulk', bytes)
  for (const bytes of toGuest) {
    there.handlers?.message('state', bytes)
    hand.tick()
  }
  const toHost = there.sent.filter(({ lane }) => lane === 'state').map(({ bytes }) => bytes)
  there.close('left')
  return { toHost, toGuest }
}

const hello = encodeMessage({ kind: 'hello', protocol: WIRE_VERSION, name: 'Mallory', hash: yard.hash })
const resume = { token: '0'.repeat(32), seconds: 60 }
const roster = [
  {
    id: guest,
    name: 'Mallory',
    host: false,
    spectator: false,
    ready: false,
    presence: 'here' as const,
    choice: {},
    data: null,
  },
]
const welcome = bulk(
  encodeMessage({
    kind: 'welcome',
    you: guest,
    epoch: 1,
    match: null,
    admission: { locked: false, hasPassword: false, maxPlayers: 4, maxSpectators: 8 },
    settings: {},
    roster,
    resume,
  }),
)
const started = bulk(
  encodeMessage({ kind: 'start', epoch: 2, seed: 7, options: { pace: 3, title: 'x', marks: [1] }, settings: {} }),
)

function hostLobby(hand: ReturnType<typeof clock>) {
  const { lobby, role } = newHostLobby(hand.platform)
  const link = new StubLink()
  role.arrive(link)
  return { lobby, link }
}

function guestLobby(hand: ReturnType<typeof clock>): StubLink {
  const link = new StubLink()
  // How it ends is told to the player; here only that it does not throw is of interest.
  enterLobby({
    game: yard,
    code: 'K7QX2',
    link,
    name: 'Bea',
    warn: () => {},
    platform: hand.platform,
  }).catch(() => {})
  return link
}

export function hostLobbyTarget(): Target {
  const ready = encodeMessage({ kind: 'ready', ready: true })
  const choose = encodeMessage({ kind: 'choose', ask: 1, choice: { team: 'red' } })
  const data = encodeMessage({ kind: 'data', data: [{ hat: 'red' }] })
  const packets = firstPackets().toHost.map((bytes): Step => ({ when: 3, bytes }))
  return {
    name: 'host lobby',
    batch: 48,
    seeds: [
      [bulk(hello)],
      [bulk(hello), bulk(ready), bulk(choose), bulk(data)],
      [bulk(hello), bulk(ready), ...packets],
    ].map(packSteps),
    mutate: mutateLanes(PacketKind.input),
    shorter: shorterSteps,
    run(bytes, meter) {
      const hand = clock()
      const { lobby, link } = hostLobby(hand)
      for (const [i, step] of unpackSteps(bytes).entries()) {
        // The match starts in the middle of it.
        if (i === 2) lobby.start()
        say(link, step, meter, laneOf(step.when) === 'bulk' && decodeGuestMessage(step.bytes) !== null)
        for (let ticks = ticksOf(step.when); ticks > 0; ticks--) hand.tick()
        law(lobby.state !== 'ended', () => 'a guest ended the lobby')
        law(names(lobby).length <= 2 && names(lobby)[0] === 'Ann', () => `the roster is ${names(lobby)}`)
        law(
          names(lobby).every((name) => name.length <= 20),
          () => 'a name is too long',
        )
      }
      link.close('lost')
      law(names(lobby).length <= 2, () => `the roster is ${names(lobby)}`)
      law(
        lobby.roster.every(({ host, presence }) => host || presence === 'away'),
        () => 'who is gone seems to be here',
      )
      lobby.leave()
    },
  }
}

export function guestLobbyTarget(): Target {
  const packets = firstPackets().toGuest.map((bytes): Step => ({ when: 3, bytes }))
  const news = roster.flatMap((member) => [
    bulk(encodeMessage({ kind: 'member', member: { ...member, ready: true, choice: { team: 'red' }, data: [1] } })),
    bulk(encodeMessage({ kind: 'gone', id: member.id })),
  ])
  return {
    name: 'guest lobby',
    batch: 48,
    seeds: [[welcome], [welcome, ...news, started], [welcome, started, ...packets]].map(packSteps),
    mutate: mutateLanes(PacketKind.snapshot),
    shorter: shorterSteps,
    run(bytes, meter) {
      const hand = clock()
      const link = guestLobby(hand)
      for (const step of unpackSteps(bytes)) {
        say(link, step, meter, laneOf(step.when) === 'bulk' && decodeHostMessage(step.bytes) !== null)
        for (let ticks = ticksOf(step.when); ticks > 0; ticks--) hand.tick()
      }
      link.close('lost')
    },
  }
}

/** A link over two data channels; a step with a lowest bit of 0 is for the bulk one, with 2 a text. */
export function linkTarget(): Target {
  const utf8 = new TextEncoder()
  const decoder = new TextDecoder()
  const seeds: Step[][] = [
    [
      { when: 3, bytes: utf8.encode('\u0001') },
      { when: 2, bytes: utf8.encode('\u0010') },
    ],
    [
      { when: 1, bytes: Uint8Array.of(1, 2) },
      { when: 0, bytes: encodePiece(0, 0, Uint8Array.of(3)) },
      { when: 0, bytes: encodeAck(0) },
    ],
    [
      { when: 0, bytes: encodePiece(0, 20_000 - PIECE_BYTES, new Uint8Array(PIECE_BYTES)) },
      { when: 0, bytes: encodePiece(1, 0, new Uint8Array(20_000 - PIECE_BYTES)) },
    ],
  ]
  return {
    name: 'link',
    batch: 48,
    seeds: seeds.map(packSteps),
    mutate: (bytes, corpus, random) =>
      mutateSteps(bytes, corpus, random, (message, others) => {
        const draw = new Draw(random)
        return draw.chance(0.5) ? Uint8Array.of(draw.int(32)) : mutate(message, others, random)
      }),
    run(bytes, meter) {
      const channels = { state: new FakeChannel(false, 0), bulk: new FakeChannel(true, null) }
      const heard: Uint8Array[] = []
      let ended = 0
      const pipe = browserPipe(channels as unknown as Record<Lane, RTCDataChannel>, {
        release: () => {},
      })
      const link = new LaneLink(pipe, {
        ended: () => ended++,
        platform: { ...thisPage, now: () => 0, onPulse: () => () => {} },
      })
      channels.state.opens()
      channels.bulk.opens()
      link.listen({ message: (_lane, message) => heard.push(message), closed: () => {} })
      for (const { when, bytes: message } of unpackSteps(bytes)) {
        const data = (when & 2) === 0 ? message.slice().buffer : decoder.decode(message)
        meter.enveloped++
        meter.packet(() => channels[laneOf(when)].says(data))
      }
      law(ended <= 1, () => 'the link ended twice')
      law(
        heard.every(({ length }) => length > 0),
        () => 'an empty message was handed over',
      )
      meter.taken += heard.length
      link.close()
      link.close()
    },
  }
}

export const lobbies = (): Target[] => [hostLobbyTarget(), guestLobbyTarget(), linkTarget()]

/** Every decoder of what a stranger sends, each by itself: bytes in, a value in range or a refusal out. */
import { Packr } from 'msgpackr/index-no-eval'
import { decodeGuestMessage, decodeHostMessage, encodeMessage } from '../../net/lobby/messages.ts'
import { parseListingAnswer } from '../../net/signaling/listing-messages.ts'
import { parseServerMessage } from '../../net/signaling/protocol.ts'
import { parseClientMessage } from '../../net/signaling/server/client-messages.ts'
import { readSignal } from '../../net/transport/signal-text.ts'
import { PacketKind } from '../../net/wire/packet.ts'
import { WIRE_VERSION } from '../../net/wire/version.ts'
import { loadWorld, saveWorld } from '../../net/world/save.ts'
import { World } from '../../net/world/world.ts'
import { wrongInputs, wrongSnapshot } from '../net/wire/hostile-ranges.ts'
import { PlainClient } from '../net/wire/plain.ts'
import { readInputs, readPacket } from '../net/wire/read.ts'
import { game, type Honest, me, meeting, newHost, players } from './honest.ts'
import { mutate, mutateTree } from './mutate.ts'
import { mutatePacket } from './packets.ts'
import { wrongRow } from './ranges.ts'
import { law, type Target } from './target.ts'

/** Moments of the match at which snapshots are read: before the first, early, late. */
const MOMENTS = [0, 2, 9, 25, 44]
/** Snapshots after each moment that cases come from. */
const SEEDS_PER_MOMENT = 5

/** A case is a moment and a packet. */
export function snapshotDecoder({ toClient }: Honest): Target {
  const clients = MOMENTS.map((count) => {
    const client = new PlainClient(game, me)
    for (const { bytes } of toClient.slice(0, count)) {
      const packet = readPacket(bytes)
      const snapshot = packet && client.decode(packet.tick, packet.body)
      if (snapshot && typeof snapshot !== 'string') client.take(snapshot)
    }
    return client
  })
  const at = (moment: number, packet: Uint8Array): Uint8Array => Uint8Array.of(moment, ...packet)
  return {
    name: 'snapshot',
    batch: 256,
    seeds: MOMENTS.flatMap((count, moment) =>
      toClient.slice(count, count + SEEDS_PER_MOMENT).map(({ bytes }) => at(moment, bytes)),
    ),
    mutate(bytes, corpus, random) {
      const others = corpus.map((other) => other.subarray(1))
      return at(bytes[0] ?? 0, mutatePacket(meeting, PacketKind.snapshot, bytes.subarray(1), others, random))
    },
    run(bytes, meter) {
      const client = clients[(bytes[0] ?? 0) % clients.length] as PlainClient
      const packet = readPacket(bytes.subarray(1))
      const snapshot = meter.packet(() => (packet ? client.decode(packet.tick, packet.body) : null))
      if (!packet) return
      meter.enveloped++
      if (snapshot === null || typeof snapshot === 'string') return
      meter.taken++
      meter.became({ ...snapshot, parameters: null }, bytes.length)
      const wrong = wrongSnapshot(client.sections, packet.tick, snapshot)
      law(wrong === null, () => `a value out of range: ${wrong}`)
    },
  }
}

export function inputDecoder({ toHost }: Honest): Target {
  return {
    name: 'input',
    batch: 256,
    seeds: toHost.filter((_, i) => i % 7 === 0).map(({ bytes }) => bytes),
    mutate: (bytes, corpus, random) => mutatePacket(meeting, PacketKind.input, bytes, corpus, random),
    run(bytes, meter) {
      const packet = readPacket(bytes)
      const inputs = meter.packet(() => packet && readInputs(game, packet.tick, packet.body))
      if (packet) meter.enveloped++
      if (!inputs) return
      meter.taken++
      meter.became(inputs, bytes.length)
      const wrong = wrongInputs(game, inputs)
      law(wrong === null, () => `a value out of range: ${wrong}`)
    },
  }
}

const packr = new Packr({ useRecords: false, structuredClone: false })
const ann = {
  id: players[0],
  name: 'Ann',
  host: true,
  spectator: false,
  ready: false,
  presence: 'here',
  choice: {},
  data: null,
}
const options = { pace: 2.5, title: 'Füße', marks: [1, null, 'x', true], none: null }
const lobbyMessages = [
  encodeMessage({ kind: 'hello', protocol: WIRE_VERSION, name: 'Bea', hash: 'abc' }),
  encodeMessage({ kind: 'ready', ready: true }),
  Uint8Array.from(packr.pack([17, 0, 0, { you: me, maxPlayers: 8, roster: [ann, { ...ann, id: me, host: false }] }])),
  encodeMessage({ kind: 'refused', reason: 'full' }),
  Uint8Array.from(packr.pack([19, 0, 0, { member: { ...ann, choice: options, data: { a: [1, 'x'] } } }])),
  encodeMessage({ kind: 'gone', id: me }),
  encodeMessage({ kind: 'settings', settings: options }),
  encodeMessage({ kind: 'choose', ask: 3, choice: { team: 'red', kit: [1, 2] } }),
  encodeMessage({ kind: 'chosen', ask: 3, refusal: 'not-allowed' }),
  encodeMessage({ kind: 'data', data: { hat: ['x', 1, null] } }),
  encodeMessage({ kind: 'start', epoch: 1, seed: 2 ** 32 - 1, options, settings: options }),
  encodeMessage({ kind: 'say', text: 'hello' }),
  Uint8Array.from(
    packr.pack([33, 0, 0, { messages: [{ kind: 'text', id: 1, time: 1, player: me, name: 'Ann', text: 'hi' }] }]),
  ),
]

/** A value that was packed, changed in itself and packed again; or its bytes changed. */
export function mutatePacked(bytes: Uint8Array, corpus: readonly Uint8Array[], random: () => number): Uint8Array {
  if (random() < 0.4) return mutate(bytes, corpus, random)
  try {
    return Uint8Array.from(packr.pack(mutateTree(packr.unpack(bytes.subarray()), random)))
  } catch {
    return mutate(bytes, corpus, random)
  }
}

export function lobbyDecoder(): Target {
  return {
    name: 'lobby message',
    batch: 256,
    seeds: lobbyMessages,
    mutate: mutatePacked,
    run(bytes, meter) {
      const before = bytes.slice()
      const [guest, host] = meter.packet(() => [decodeGuestMessage(bytes), decodeHostMessage(bytes)] as const)
      if (bytes[0] === 0x94) meter.enveloped++
      law(!guest || !host, () => 'one message is both a guest’s and the host’s')
      const message = guest ?? host
      if (!message) return
      meter.taken++
      meter.became(message, bytes.length)
      for (let i = 0; i < bytes.length; i++) law(bytes[i] === before[i], () => 'the bytes were written to')
      law(Object.getPrototypeOf(message) === Object.prototype, () => 'the message has another prototype')
      // What was taken can be said again.
      if (message.kind !== 'foreign-hello') encodeMessage(message)
    },
  }
}

const utf8 = new TextEncoder()
const decoder = new TextDecoder()
const attempt = { peer: 'AbCdEf12.0123456789abcdef', epoch: 1 }
const sdp = 'v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n'
const candidate = 'candidate:1 1 udp 2113937151 192.0.2.1 54400 typ host'
const iceServers = [{ urls: ['stun:stun.example.org'] }, { urls: 'turn:x', username: 'u', credential: 'c' }]
const build = { wire: 3, game: 'tag', version: 1, hash: '0123456789abcdef-rules' }
const texts = { title: 'A lobby', host: 'Ann', values: { mode: 'duel', level: 3 } }
const facts = { players: 2, maxPlayers: 8, spectators: 0, playing: true, locked: false, hasPassword: false }
const signals = [
  { type: 'offer', sdp },
  { type: 'answer', sdp },
  { type: 'candidate', candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } },
  { type: 'host', protocol: 1, token: 'abc' },
  { type: 'join', protocol: 1, code: 'K7QX2', info: 'hash' },
  { type: 'admit', ...attempt },
  { type: 'refuse', ...attempt, reason: 'full' },
  { type: 'to-guest', ...attempt, data: 'x' },
  { type: 'to-host', epoch: 1, data: 'x' },
  { type: 'close' },
  { type: 'hosting', code: 'K7QX2', token: 'abc', iceServers },
  { type: 'list', serial: 1, listing: { ...build, ...texts }, facts },
  { type: 'facts', facts },
  { type: 'find', protocol: 1, query: { ...build, filter: texts.values, sort: 'players', hide: ['full'], limit: 20 } },
  { type: 'measure', codes: ['K7QX2'] },
  { type: 'listed', serial: 1, listing: texts, refusal: 'refused' },
  {
    type: 'found',
    lobbies: [{ code: 'K7QX2', version: 1, order: 1, ...texts, ...facts, obstacle: 'full' }],
    cursor: '0.1.1',
  },
  { type: 'measured', code: 'K7QX2', hostMs: 12.5 },
  { type: 'joining', ...attempt, iceServers },
  { type: 'asked', ...attempt, info: 'x', iceServers },
  { type: 'admitted', epoch: 1 },
  { type: 'refused', epoch: 1, reason: 'full' },
  { type: 'from-guest', ...attempt, data: 'x' },
  { type: 'from-host', epoch: 1, data: 'x' },
  { type: 'gone', ...attempt },
  { type: 'beat' },
  { type: 'error', code: 'too-fast', message: 'x' },
]

/** Texts of signalling: between page and server, and from peer to peer by way of it. */
export function signalDecoder(): Target {
  return {
    name: 'signal',
    batch: 256,
    seeds: signals.map((signal) => utf8.encode(JSON.stringify(signal))),
    mutate(bytes, corpus, random) {
      if (random() < 0.4) return mutate(bytes, corpus, random)
      try {
        const changed = mutateTree(JSON.parse(decoder.decode(bytes)), random)
        return utf8.encode(JSON.stringify(changed) ?? '')
      } catch {
        return mutate(bytes, corpus, random)
      }
    },
    run(bytes, meter) {
      const text = decoder.decode(bytes)
      const [signal, client, server, answer] = meter.packet(
        () => [readSignal(text), parseClientMessage(text), parseServerMessage(text), parseListingAnswer(text)] as const,
      )
      if (answer) meter.became(answer, bytes.length)
      const isJson = !('error' in client && client.error === 'not-json')
      if (isJson) meter.enveloped++
      for (const parsed of [client, server]) {
        if ('message' in parsed) meter.became(parsed.message, bytes.length)
        else law(parsed.detail.length > 0 && parsed.detail.length < 1000, () => 'a refusal without a sentence')
      }
      if (signal || 'message' in client || 'message' in server) meter.taken++
      if (signal?.kind === 'description') law(/^m=application /m.test(signal.sdp), () => 'a description of media')
    },
  }
}

/** Saved worlds: what an heir loads. */
export function worldDecoder(): Target {
  const host = newHost()
  for (const player of players) host.join(player)
  const seeds: Uint8Array[] = []
  for (let i = 0; i <= 60; i++) {
    host.advance(i * 17)
    if (i % 15 === 0) seeds.push(saveWorld(host.world))
  }
  return {
    name: 'saved world',
    batch: 256,
    seeds,
    mutate: mutatePacked,
    run(bytes, meter) {
      const world = new World({ game, seed: 1, predicting: null })
      const before = world.records.size
      const problem = meter.packet(() => loadWorld(world, bytes))
      if (bytes[0] === 0x96) meter.enveloped++
      if (problem !== null) {
        law(world.records.size === before && world.tick === 0, () => 'the world was changed by what it refused')
        return
      }
      meter.taken++
      for (const record of world.records.values()) {
        const wrong = wrongRow(record.$type, record)
        law(wrong === null, () => `a value out of range: ${wrong}`)
      }
      saveWorld(world)
    },
  }
}

export function decoders(honest: Honest): Target[] {
  return [snapshotDecoder(honest), inputDecoder(honest), lobbyDecoder(), signalDecoder(), worldDecoder()]
}

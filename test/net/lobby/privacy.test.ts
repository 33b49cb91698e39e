/** `privacy: 'relay-only'` on every byte that the pages of a lobby send to signalling, over a real server and its relay. */
import { createLobby, joinLobby, type LobbyOptions } from 'starwire'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { WebSocketConstructor } from '../../../net/signaling/socket.ts'
import type { PeerConnectionConstructor } from '../../../net/transport/webrtc.ts'
import { afterwards, startServer } from '../signaling/support.ts'
import { fakeWebrtc } from '../transport/fake-webrtc.ts'
import { yard } from './support.ts'

const OWN = ['192.168.7.31', '203.0.113.77', '50731']
const HOST = `candidate:1 1 udp 2122260223 ${OWN[0]} 50731 typ host generation 0`
const SRFLX = `candidate:2 1 udp 1686052607 ${OWN[1]} 50731 typ srflx raddr ${OWN[0]} rport 50731`
const RELAY = `candidate:3 1 udp 41885439 198.51.100.1 61234 typ relay raddr ${OWN[1]} rport 50731`

/** WebRTC that tells all it has, whatever it was asked: in descriptions, and one by one. */
function careless() {
  const configurations: RTCConfiguration[] = []
  const { PeerConnection: Base } = fakeWebrtc()
  class Careless extends Base {
    constructor(configuration: RTCConfiguration = {}) {
      super(configuration)
      configurations.push(configuration)
    }

    override async setLocalDescription(description: RTCLocalSessionDescriptionInit): Promise<void> {
      const told = `${description.sdp}c=IN IP4 ${OWN[0]}\r\n${[HOST, SRFLX, RELAY].map((line) => `a=${line}\r\n`).join('')}`
      await super.setLocalDescription({ ...description, sdp: told })
      for (const candidate of [HOST, SRFLX, RELAY])
        this.onicecandidate?.({
          candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } as RTCIceCandidate,
        } as RTCPeerConnectionIceEvent)
    }
  }
  return { configurations, PeerConnection: Careless as PeerConnectionConstructor }
}

/** A page that keeps all that it sends as text. */
function page(url: string, PeerConnection: PeerConnectionConstructor, more: Partial<LobbyOptions>) {
  const sent: string[] = []
  class Recording extends WebSocket {
    override send(data: string): void {
      if (typeof data === 'string') sent.push(data)
      super.send(data)
    }
  }
  const options = { signaling: url, RTCPeerConnection: PeerConnection, development: false, ...more }
  return { sent, options: { ...options, WebSocket: Recording as unknown as WebSocketConstructor } }
}

const TURN: RTCIceServer[] = [{ urls: ['stun:198.51.100.1', 'turn:198.51.100.1'], username: 'a', credential: 'b' }]

it.each([
  ['the guest', 'TURN'],
  ['the host', 'TURN'],
  ['the guest', 'the relay'],
  ['the host', 'the relay'],
] as const)('%s tells no address of their own and plays through %s', async (who, way) => {
  const iceServers = way === 'TURN' ? TURN : []
  const { url } = await startServer()
  const { configurations, PeerConnection } = careless()
  const wish = { privacy: 'relay-only', iceServers } as const
  const host = page(url, PeerConnection, who === 'the host' ? wish : { iceServers })
  const guest = page(url, PeerConnection, who === 'the guest' ? wish : { iceServers })
  const lobby = await createLobby(yard, { name: 'Ann', ...host.options })
  afterwards(() => lobby.leave())
  const joined = await joinLobby(yard, lobby.code, { name: 'Bea', ...guest.options })
  afterwards(() => joined.leave())
  expect(lobby.roster.map(({ name }) => name)).toEqual(['Ann', 'Bea'])
  // The fake WebRTC does not tell its route.
  expect(joined.connection?.route ?? 'turn').toBe(way === 'TURN' ? 'turn' : 'relayed')
  expect(joined.connection?.times.open).toBeGreaterThan(0)
  const said = (who === 'the host' ? host : guest).sent.join('\n')
  for (const each of [...OWN, 'typ host', 'typ srflx']) expect(said).not.toContain(each)
  expect(said.includes('typ relay')).toBe(iceServers.length > 0)
  // The careless one shows what a page without the wish tells.
  if (who === 'the host') expect(guest.sent.join('\n')).toContain(OWN[0])
  const asked = configurations.filter(({ iceTransportPolicy }) => iceTransportPolicy === 'relay')
  expect(asked).toHaveLength(iceServers.length > 0 ? 1 : 0)
})

it('is an option with a sentence for what it is not', async () => {
  const privacy = 'please' as never
  await expect(createLobby(yard, { name: 'Ann', privacy })).rejects.toThrow(/privacy is 'relay-only' or left out/)
  await expect(joinLobby(yard, 'K7RX2', { name: 'Bea', privacy })).rejects.toThrow(RangeError)
})

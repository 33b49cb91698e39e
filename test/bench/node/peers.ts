/** What both processes of the benchmark know: how they connect, and what they send. */
import { nativePeers } from '../../../net/node/native-peer.ts'
import { browserPipe } from '../../../net/transport/browser-channel.ts'
import { CHANNEL_SETTINGS } from '../../../net/transport/channel-pipe.ts'
import type { ConnectPeer } from '../../../net/transport/peer-connection.ts'

export const KINDS = ['node-datachannel', 'werift'] as const
export type Kind = (typeof KINDS)[number]

/** Bytes of a message of the state lane, either way, and how many of them a second. */
export const MESSAGE_BYTES = 200
export const HZ = 60

export async function peersOf(kind: string): Promise<ConnectPeer> {
  if (kind === 'node-datachannel') return nativePeers()
  // What browsers have, in TypeScript alone.
  const { RTCPeerConnection } = await import('werift')
  return (options) => {
    const connection = new RTCPeerConnection({ iceServers: [] }) as unknown as RTCPeerConnection
    const channels = {
      state: connection.createDataChannel('state', CHANNEL_SETTINGS.state),
      bulk: connection.createDataChannel('bulk', CHANNEL_SETTINGS.bulk),
    }
    const send = (signal: object): void => options.sendSignal(JSON.stringify(signal))
    const describe = async (): Promise<void> => {
      await connection.setLocalDescription()
      const { type, sdp } = connection.localDescription ?? {}
      send({ type, sdp })
    }
    connection.onicecandidate = ({ candidate }) =>
      candidate && send({ type: 'candidate', candidate: candidate.toJSON() })
    const pipe = browserPipe(channels, { release: () => connection.close() })
    const attempt = {
      pipe,
      rejectedSignals: 0,
      // Both ends are ours: what comes is what was sent.
      async signal(text: string): Promise<void> {
        const signal = JSON.parse(text)
        if (signal.type === 'candidate') return connection.addIceCandidate(signal.candidate)
        await connection.setRemoteDescription(signal)
        if (signal.type === 'offer') await describe()
      },
    }
    void (options.offer === null ? describe() : attempt.signal(options.offer))
    return attempt
  }
}

/** A page of the lab: hosts or joins a match of tag, or measures how long state is under way to a guest. */
import { createLobby, type Lobby, type ShapeOf } from 'starwire'
import { createStar, type HostStar, joinStar } from 'starwire/star'
import { tag } from '../../browser/fixtures/tag/tag.ts'
import { drift } from '../drift.ts'
import { type Joined, timedJoin } from '../joining.ts'
import { type Played, Playing } from '../playing.ts'

/** A snapshot of a small match, bytes. */
const PACKET_BYTES = 200

/** The same clock in all pages of a machine. */
const now = (): number => performance.timeOrigin + performance.now()

let lobby: Lobby<ShapeOf<typeof tag>> | null = null
let star: HostStar | null = null
let playing: Playing | null = null

async function lags(
  code: string,
  iceServers: RTCIceServer[],
  route: 'turn' | 'relayed',
  seconds: number,
): Promise<number[]> {
  const { link } = await joinStar(code, { privacy: 'relay-only', iceServers })
  const measured: number[] = []
  let isMeasuring = false
  link.listen({
    message: (_lane, bytes) => {
      if (isMeasuring) measured.push(now() - new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0))
    },
    closed: () => {},
  })
  while (link.describe()?.route !== route) await new Promise((done) => setTimeout(done, 100))
  // What was under way while the link moved is over by then.
  await new Promise((done) => setTimeout(done, 1000))
  isMeasuring = true
  await new Promise((done) => setTimeout(done, seconds * 1000))
  link.close()
  return measured
}

export const lab = {
  async host(): Promise<string> {
    lobby = await createLobby(tag, { name: 'Host', development: false })
    lobby.start()
    return lobby.code
  },
  async hostDrift(): Promise<string> {
    const hosted = await createLobby(drift, { name: 'Host', development: false })
    hosted.start()
    return hosted.code
  },
  async play(code: string): Promise<void> {
    playing = await Playing.join(code, {})
  },
  told(): Played {
    if (!playing) throw new Error('play comes first')
    return playing.told()
  },
  join: (code: string, iceServers?: RTCIceServer[]): Promise<Joined> =>
    timedJoin(code, iceServers === undefined ? {} : { iceServers }),
  /** Sends the time to each guest, so many times a second. */
  async tellTime(perSecond: number): Promise<{ code: string; iceServers: RTCIceServer[] }> {
    star = await createStar({ onPeer: ({ link }) => link.listen({ message: () => {}, closed: () => {} }) })
    const { code, peers, iceServers } = star
    const bytes = new Uint8Array(PACKET_BYTES)
    setInterval(() => {
      new DataView(bytes.buffer).setFloat64(0, now())
      for (const { link } of peers.values()) link.send('state', bytes)
    }, 1000 / perSecond)
    return { code, iceServers: [...iceServers] }
  },
  /** How long what came in some seconds was under way, ms: over TURN by TCP, and by the relay at the same time. */
  async lags(
    code: string,
    iceServers: RTCIceServer[],
    seconds: number,
  ): Promise<{ turn: number[]; relayed: number[] }> {
    const overTcp = iceServers.flatMap((server) =>
      [server.urls].flat().flatMap((url) => (url.includes('transport=tcp') ? [{ ...server, urls: url }] : [])),
    )
    const [turn, relayed] = await Promise.all([
      lags(code, overTcp, 'turn', seconds),
      lags(code, [], 'relayed', seconds),
    ])
    return { turn, relayed }
  },
  leave(): void {
    lobby?.leave()
    star?.close()
  },
}

export type LabPage = typeof lab
Object.assign(window, { lab })

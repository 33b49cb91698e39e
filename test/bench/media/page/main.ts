/** Some players of a match of Dogstar who talk and show themselves; the host and the measured guest have a page each, the crowd shares one. */
import { createLobby, joinLobby, type Lobby } from 'starwire'
import { type DogstarShape, dogstar } from '../../../../game/rules/dogstar.ts'
import { type MediaPlatform, thisMedia } from '../../../../net/media/media-platform.ts'
import { simplePeer } from '../../../../net/transport/simple-peer.ts'
import type { World } from '../../../../net/world/world.ts'
import { flyBot } from '../../../browser/fixtures/dogstar/bot.ts'
import { relayed } from '../../../browser/fixtures/relayed.ts'
import { clock, heard, sent, watched } from '../../files/page/watched.ts'
import { noteOnsets, stoppedWith, toneTrack } from './bursts.ts'
import { plain } from './plain.ts'
import { relayedMedia } from './relayed-media.ts'

/** A pilot decides so often, ms: about as often as a hand on a keyboard can. */
const DECIDE_MS = 50

const lobbies: Lobby<DogstarShape>[] = []
/** When bursts began here: as this page's player speaks, and as it hears another. */
const spoken: number[] = []
const ear: number[] = []

/** A camera that shows a moving picture. */
function cameraTrack(): MediaStreamTrack {
  const canvas = document.createElement('canvas')
  canvas.width = 160
  canvas.height = 120
  const context = canvas.getContext('2d')
  const timer = setInterval(() => {
    if (!context) return
    for (let i = 0; i < 40; i++) {
      context.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`
      context.fillRect(Math.random() * 160, Math.random() * 120, 30, 30)
    }
  }, 1000 / 15)
  const [track] = canvas.captureStream(15).getVideoTracks()
  if (!track) throw new Error('This browser makes no track of a canvas.')
  return stoppedWith(track, () => clearInterval(timer))
}

/** Sound that is noted where it leaves for the loudspeaker. */
class ListeningContext extends AudioContext {
  override createStereoPanner(): StereoPannerNode {
    const panner = super.createStereoPanner()
    noteOnsets(this, panner, ear)
    return panner
  }
}

function mediaOf(speaks: boolean): MediaPlatform {
  const getUserMedia = async ({ audio }: MediaStreamConstraints = {}): Promise<MediaStream> =>
    new MediaStream([audio ? toneTrack(speaks ? spoken : null) : cameraTrack()])
  return {
    ...thisMedia,
    devices: { getUserMedia, enumerateDevices: async () => [] },
    newAudioContext: () => (speaks ? new AudioContext() : new ListeningContext()),
  }
}

const options = (name: string, speaks: boolean) => ({
  name,
  development: false,
  transport: { peerConnection: watched(relayed(simplePeer(RTCPeerConnection))) },
  RTCPeerConnection: relayedMedia(name),
  mediaPlatform: mediaOf(speaks),
})

export const media = {
  plain,
  async host(name: string): Promise<string> {
    const lobby = await createLobby(dogstar, options(name, true))
    lobbies.push(lobby)
    return lobby.code
  },
  async join(code: string, name: string): Promise<void> {
    lobbies.push(await joinLobby(dogstar, code, options(name, false)))
  },
  start(): void {
    lobbies[0]?.start()
  },
  /** Resolves when this page's players play. The crowd's ships stand: it costs CPU enough to be sent the match six times. */
  async fly(): Promise<void> {
    const sessions = await Promise.all(lobbies.map((lobby) => lobby.session()))
    const [session] = sessions
    if (!session || sessions.length > 1) return
    setInterval(() => {
      const view = session.view(performance.now())
      // The pilot was written for the world itself; of it he looks at what a view has, too.
      session.input(flyBot(view as unknown as World, view.me))
    }, DECIDE_MS)
  },
  /** Takes part with the first `count` players of this page, who do not hear each other: their sound would never leave the page. */
  async take(kind: 'voice' | 'video', count: number): Promise<(string | null)[]> {
    for (const lobby of lobbies)
      for (const other of lobbies) if (other !== lobby && other.me !== null) lobby.mute(other.me, true)
    return Promise.all(lobbies.slice(0, count).map((lobby) => lobby[kind].join()))
  },
  leave(kind: 'voice' | 'video'): void {
    for (const lobby of lobbies) lobby[kind].leave()
  },
  /** Pairs of this page's players with others that are connected, those who mute each other left out. */
  connected: (kind: 'voice' | 'video') =>
    lobbies.flatMap((lobby) => lobby[kind].members.filter(({ connection }) => connection === 'connected')).length,
  lateShare: async () => (await lobbies[0]?.session())?.stats().inputs?.lateShare ?? Number.NaN,
  now: clock,
  takeSent: () => sent.splice(0),
  takeHeard: () => heard.splice(0),
  takeSpoken: () => spoken.splice(0),
  takeEar: () => ear.splice(0),
}
export type MediaPage = typeof media

Object.assign(window, { media })

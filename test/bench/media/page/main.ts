/** Some players of a match of Dogstar who talk and show themselves; the host and the measured guest have a page each, the crowd shares one. */
import { createLobby, joinLobby, type Lobby } from 'starwire'
import { type DogstarShape, dogstar } from '../../../../game/rules/dogstar.ts'
import { type MediaPlatform, thisMedia } from '../../../../net/media/media-platform.ts'
import { simplePeer } from '../../../../net/transport/simple-peer.ts'
import type { World } from '../../../../net/world/world.ts'
import { flyBot } from '../../../browser/fixtures/dogstar/bot.ts'
import { relayed } from '../../../browser/fixtures/relayed.ts'
import { clock, heard, sent, watched } from '../../files/page/watched.ts'
import { noteOnsets, toneTrack } from './bursts.ts'
import { plain } from './plain.ts'
import { relayedMedia } from './relayed-media.ts'

/** A pilot decides so often, ms: about as often as a hand on a keyboard can. */
const DECIDE_MS = 50

const lobbies: Lobby<DogstarShape>[] = []
/** When bursts began here: as this page's player speaks, and as it hears another. */
const spoken: number[] = []
const ear: number[] = []

/**
 * Whether mouth to ear is measured: then bursts are the microphone's sound, what the loudspeaker gets is watched all the time, and
 * pages connect without the relay.
 */
let isEar = false

/** Sound that is noted where it leaves for the loudspeaker. */
class ListeningContext extends AudioContext {
  override createStereoPanner(): StereoPannerNode {
    const panner = super.createStereoPanner()
    noteOnsets(this, panner, ear)
    return panner
  }
}

/** Sound that nobody hears: it is received, and neither decoded nor mixed. */
class SilentContext extends AudioContext {
  constructor() {
    super()
    void super.suspend()
  }

  override async resume(): Promise<void> {}
}

const captured = new Map<'audio' | 'video', Promise<MediaStreamTrack>>()

/** The browser's fake device, captured once for all players of this page. */
async function capture(kind: 'audio' | 'video', constraints: MediaTrackConstraints): Promise<MediaStreamTrack> {
  const capturing =
    captured.get(kind) ??
    navigator.mediaDevices.getUserMedia({ [kind]: constraints }).then((stream) => {
      const [track] = stream.getTracks()
      if (!track) throw new Error(`This browser has no fake device for ${kind}.`)
      return track
    })
  captured.set(kind, capturing)
  return (await capturing).clone()
}

/** The filters take a steady tone for noise. */
const PLAIN = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }

async function getUserMedia({ audio, video }: MediaStreamConstraints = {}): Promise<MediaStream> {
  if (audio) return new MediaStream([isEar ? toneTrack(spoken) : await capture('audio', PLAIN)])
  return new MediaStream([await capture('video', video as MediaTrackConstraints)])
}

const page: MediaPlatform = {
  ...thisMedia,
  devices: { getUserMedia, enumerateDevices: async () => [] },
  newAudioContext: () => (isEar ? new ListeningContext() : new AudioContext()),
}
/** The crowd sends as everybody, and hears and shows nothing: six players' ears would take the machine from what is measured. */
const crowdPage: MediaPlatform = { ...page, newAudioContext: () => new SilentContext(), playSilently: () => () => {} }

const options = (name: string, isCrowd: boolean) => ({
  name,
  development: false,
  ...(!isEar && {
    transport: { peerConnection: watched(relayed(simplePeer(RTCPeerConnection))) },
    RTCPeerConnection: relayedMedia(name),
  }),
  mediaPlatform: isCrowd ? crowdPage : page,
})

export const media = {
  plain,
  async host(name: string): Promise<string> {
    const lobby = await createLobby(dogstar, options(name, false))
    lobbies.push(lobby)
    return lobby.code
  },
  async join(code: string, name: string, isCrowd: boolean): Promise<void> {
    lobbies.push(await joinLobby(dogstar, code, options(name, isCrowd)))
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
  /** From the next lobby on. */
  measureEar(): void {
    isEar = true
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
  /** When bursts began, since the last call. */
  voice: { take: () => ({ spoken: spoken.splice(0), ear: ear.splice(0) }) },
}
export type MediaPage = typeof media

Object.assign(window, { media })

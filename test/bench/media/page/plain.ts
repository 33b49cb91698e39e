/** Bursts of a tone over an RTCPeerConnection and nothing else: as near as a mouth can be to an ear. */
import { noteOnsets, toneTrack } from './bursts.ts'

let connection: RTCPeerConnection | null = null
const spoken: number[] = []
const ear: number[] = []

/** All addresses are in it: there is no trickle. */
async function described(made: RTCPeerConnection): Promise<string> {
  await made.setLocalDescription()
  while (made.iceGatheringState !== 'complete')
    await new Promise((resolve) => made.addEventListener('icegatheringstatechange', resolve, { once: true }))
  return JSON.stringify(made.localDescription)
}

export const plain = {
  speak(): Promise<string> {
    connection = new RTCPeerConnection({ iceServers: [] })
    connection.addTrack(toneTrack(spoken))
    return described(connection)
  },
  async listen(offer: string): Promise<string> {
    const made = new RTCPeerConnection({ iceServers: [] })
    connection = made
    made.ontrack = ({ track }) => {
      const stream = new MediaStream([track])
      // Chromium gives the sound of a stream from afar to WebAudio only while some element plays that stream.
      const element = new Audio()
      element.muted = true
      element.srcObject = stream
      void element.play()
      const context = new AudioContext()
      noteOnsets(context, context.createMediaStreamSource(stream), ear)
    }
    await made.setRemoteDescription(JSON.parse(offer))
    return described(made)
  },
  async accept(answer: string): Promise<void> {
    await connection?.setRemoteDescription(JSON.parse(answer))
  },
  take: () => ({ spoken: spoken.splice(0), ear: ear.splice(0) }),
}

/** One reliable, ordered data channel and nothing else: what a path carries when a file has it for itself. */

/** What browsers agree on for a message (RFC 8831, 6.6). */
const MESSAGE_BYTES = 16 * 1024
/** What waits in the browser, so that it never runs dry. */
const BUFFER_BYTES = 1024 * 1024

let connection: RTCPeerConnection | null = null
let channel: RTCDataChannel | null = null

/** All candidates are in it: there is no trickle. */
async function described(made: RTCPeerConnection): Promise<string> {
  await made.setLocalDescription()
  while (made.iceGatheringState !== 'complete')
    await new Promise((resolve) => made.addEventListener('icegatheringstatechange', resolve, { once: true }))
  return JSON.stringify(made.localDescription)
}

function open(): RTCPeerConnection {
  connection = new RTCPeerConnection({ iceServers: [] })
  channel = connection.createDataChannel('raw', { negotiated: true, id: 1 })
  channel.binaryType = 'arraybuffer'
  return connection
}

export const raw = {
  offer: (): Promise<string> => described(open()),
  async answer(offer: string): Promise<string> {
    const made = open()
    await made.setRemoteDescription(JSON.parse(offer))
    return described(made)
  },
  async accept(answer: string): Promise<void> {
    await connection?.setRemoteDescription(JSON.parse(answer))
  },
  async opened(): Promise<void> {
    if (channel?.readyState !== 'open') await new Promise((resolve) => channel?.addEventListener('open', resolve))
  },
  /** Resolves to the ms from the first message to the last. */
  receive: (size: number): Promise<number> =>
    new Promise((resolve) => {
      let bytes = 0
      let began = 0
      channel?.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
        began ||= performance.now()
        bytes += data.byteLength
        if (bytes >= size) resolve(performance.now() - began)
      })
    }),
  async send(size: number): Promise<void> {
    const sending = channel
    if (!sending) return
    sending.bufferedAmountLowThreshold = BUFFER_BYTES / 2
    for (let left = size; left > 0; left -= MESSAGE_BYTES) {
      if (sending.bufferedAmount > BUFFER_BYTES)
        await new Promise((resolve) => sending.addEventListener('bufferedamountlow', resolve, { once: true }))
      sending.send(new Uint8Array(Math.min(left, MESSAGE_BYTES)))
    }
  },
  close(): void {
    connection?.close()
  },
}

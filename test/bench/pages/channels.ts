/** One of two pages with a link between them, whose signalling goes through the benchmark, so that a relay can stand in. */

import { startClock } from '../../../net/platform/worker-clock.ts'
import { browserPipe } from '../../../net/transport/browser-channel.ts'
import { CHANNEL_SETTINGS } from '../../../net/transport/channel-pipe.ts'
import { LaneLink } from '../../../net/transport/lane-link.ts'
import type { Lane } from '../../../net/wire/lanes.ts'
import { type CrowdedHost, type CrowdGuest, crowdedHost, crowdGuest } from '../congestion/crowd.ts'
import type { StreamOptions, StreamResult } from '../congestion/virtual-stream.ts'

declare global {
  interface Window {
    channels: ChannelsPage
    /** Carries a text to the other page's `signal`; the benchmark's. */
    sendSignal(text: string): Promise<void>
  }
}

/** A message: its number, and when it was sent, ms since 1970 by a clock that all pages of a machine share. */
const HEAD_BYTES = 12
const TICK_RATE = 60
/** A machine that is busy for a moment must not look like a network that is. */
const MAX_CATCH_UP = 4
const clock = (): number => performance.timeOrigin + performance.now()

let connection: RTCPeerConnection | null = null
let channels: Record<Lane, RTCDataChannel> | null = null
let link: LaneLink | null = null
let host: CrowdedHost | null = null
let guest: CrowdGuest | null = null
let heard: { number: number; sentAt: number; arrivedAt: number }[] = []

export const page = {
  /** Resolves when the link is open. */
  connect: (initiator: boolean): Promise<void> =>
    new Promise((resolve) => {
      const made = new RTCPeerConnection({ iceServers: [] })
      connection = made
      channels = {
        state: made.createDataChannel('state', CHANNEL_SETTINGS.state),
        bulk: made.createDataChannel('bulk', CHANNEL_SETTINGS.bulk),
      }
      made.onicecandidate = ({ candidate }) => {
        if (candidate) void window.sendSignal(JSON.stringify({ candidate }))
      }
      const pipe = browserPipe(channels, { release: () => made.close() })
      link = new LaneLink(pipe, { opened: resolve })
      link.listen({
        message(_lane, bytes) {
          const view = new DataView(bytes.buffer, bytes.byteOffset)
          heard.push({ number: view.getUint32(0), sentAt: view.getFloat64(4), arrivedAt: clock() })
        },
        closed: () => {},
      })
      if (initiator) void describe()
    }),
  /** A text of the other page. */
  async signal(text: string): Promise<void> {
    const { description, candidate } = JSON.parse(text)
    if (candidate) await connection?.addIceCandidate(candidate)
    if (!description) return
    await connection?.setRemoteDescription(description)
    if (description.type === 'offer') await describe()
  },
  /** Sends messages at a steady rate. A late timer makes up for a few; after a longer stall the schedule moves on instead. */
  stream: ({ perSecond, size, seconds, guarded }: StreamOptions) =>
    new Promise<Omit<StreamResult, 'deliveries'>>((resolve) => {
      let started = performance.now()
      const total = Math.round(perSecond * seconds)
      const bytes = new Uint8Array(size)
      const view = new DataView(bytes.buffer)
      let number = 0
      const offeredAt: number[] = []
      const skippedAt: number[] = []
      let maxBuffered = 0
      const ticking = startClock(Math.min(240, perSecond), (now) => {
        const due = ((now - started) * perSecond) / 1000 - number
        if (due > MAX_CATCH_UP) started += ((due - MAX_CATCH_UP) * 1000) / perSecond
        for (; number < total && number <= ((now - started) * perSecond) / 1000; number++) {
          view.setUint32(0, number)
          view.setFloat64(HEAD_BYTES - 8, clock())
          offeredAt.push(clock())
          if (!guarded) channels?.state.send(bytes)
          else if (link?.send('state', bytes) === 'skipped') skippedAt.push(clock())
          maxBuffered = Math.max(maxBuffered, channels?.state.bufferedAmount ?? 0)
        }
        if (number < total) return
        ticking.stop()
        resolve({ offeredAt, skippedAt, maxBuffered })
      })
    }),
  /** What has arrived since the last call. */
  takeHeard() {
    const taken = heard
    heard = []
    return taken
  },
  /** The host of scenario L, whose guest is the other page. */
  playHost(): void {
    if (link) host = crowdedHost(link, clock)
    startClock(TICK_RATE, () => host?.tick(clock()))
  },
  /** Its guest. Returns the time. */
  playGuest(): number {
    if (link) guest = crowdGuest(link, clock)
    startClock(TICK_RATE, () => guest?.tick(clock()))
    return clock()
  },
  takeSent: () => host?.sent ?? [],
  takeSeen: () => guest?.heard ?? [],
  now: clock,
}
export type ChannelsPage = typeof page

async function describe(): Promise<void> {
  await connection?.setLocalDescription()
  await window.sendSignal(JSON.stringify({ description: connection?.localDescription }))
}

Object.assign(window, { channels: page })

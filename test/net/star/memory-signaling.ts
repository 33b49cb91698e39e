/** Signalling without a server: over a BroadcastChannel, so it works within one page, between two tabs, and in Node. */

import { StarwireError } from '../../../net/errors/starwire-error.ts'
import type {
  Attempt,
  GuestSignalHandlers,
  GuestSignals,
  HostSignalHandlers,
  HostSignals,
  JoinStage,
  Signaling,
} from '../../../net/signaling/signals.ts'
import type { Reason } from '../../../net/wire/reasons.ts'

type Note =
  | { kind: 'join'; attempt: Attempt; info: string }
  | { kind: 'admitted'; attempt: Attempt; refusal: Reason | null }
  | { kind: 'signal'; to: 'host' | 'guest'; attempt: Attempt; data: string }
  | { kind: 'gone'; attempt: Attempt }

export interface MemorySignalingOptions {
  iceServers?: RTCIceServer[]
  /** Changes or drops each signal text that this side sends or receives. */
  tamper?: (data: string, to: 'host' | 'guest') => string | null
}

const codeOf = (channel: string): string => channel.slice(-5).toUpperCase()
let attempts = 0

/** Everybody who names the same channel shares one lobby; its code is the last five characters of the name. */
export function memorySignaling(channel: string, options: MemorySignalingOptions = {}): Signaling {
  const { iceServers = [], tamper = (data: string) => data } = options
  const same = (a: Attempt, b: Attempt): boolean => a.peer === b.peer && a.epoch === b.epoch
  const passOn = (bus: BroadcastChannel, to: 'host' | 'guest', attempt: Attempt, data: string): void => {
    const changed = tamper(data, to)
    if (changed !== null) bus.postMessage({ kind: 'signal', to, attempt, data: changed } satisfies Note)
  }

  async function host(handlers: HostSignalHandlers): Promise<HostSignals> {
    const bus = new BroadcastChannel(channel)
    bus.onmessage = ({ data: note }: MessageEvent<Note>) => {
      if (note.kind === 'join') {
        const refusal = handlers.join(note.attempt, note.info)
        bus.postMessage({ kind: 'admitted', attempt: note.attempt, refusal } satisfies Note)
      } else if (note.kind === 'gone') handlers.gone(note.attempt)
      else if (note.kind === 'signal' && note.to === 'host') {
        const changed = tamper(note.data, 'host')
        if (changed !== null) handlers.signal(note.attempt, changed)
      }
    }
    return {
      code: codeOf(channel),
      iceServers,
      signal: (attempt, data) => passOn(bus, 'guest', attempt, data),
      close: () => bus.close(),
    }
  }

  function guest(
    code: string,
    info: string,
    handlers: GuestSignalHandlers,
    stage: (stage: JoinStage) => void,
  ): Promise<GuestSignals> {
    stage('finding the lobby')
    if (code !== codeOf(channel)) return Promise.reject(new StarwireError('not-found'))
    const bus = new BroadcastChannel(channel)
    const random = crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36)
    const attempt: Attempt = { peer: `guest-${++attempts}-${random}`, epoch: 1 }
    return new Promise((resolve, reject) => {
      bus.onmessage = ({ data: note }: MessageEvent<Note>) => {
        if (note.kind === 'join' || !same(note.attempt, attempt)) return
        if (note.kind === 'signal' && note.to === 'guest') {
          const changed = tamper(note.data, 'guest')
          if (changed !== null) handlers.signal(changed)
        }
        if (note.kind === 'admitted' && note.refusal) {
          bus.close()
          reject(new StarwireError(note.refusal))
        } else if (note.kind === 'admitted') {
          resolve({
            attempt,
            iceServers,
            signal: (data) => passOn(bus, 'host', attempt, data),
            close: () => {
              bus.postMessage({ kind: 'gone', attempt } satisfies Note)
              bus.close()
            },
          })
        }
      }
      stage('contacting the host')
      bus.postMessage({ kind: 'join', attempt, info } satisfies Note)
    })
  }

  return { host, guest }
}

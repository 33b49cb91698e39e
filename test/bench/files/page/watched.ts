/** Wraps a way to connect so that this page writes down when each packet of the state lane left, and when each came. */
import type { ConnectPeer } from '../../../../net/transport/peer-connection.ts'
import type { Pipe, PipeEvents, PipeFrame } from '../../../../net/transport/pipe.ts'
import type { Lane } from '../../../../net/wire/lanes.ts'

export interface Mark {
  /** Of the packet's bytes: no two packets of a match have the same. */
  readonly digest: number
  /** ms since 1970 by a clock that all pages of a machine share. */
  readonly at: number
  readonly bytes: number
}

export const sent: Mark[] = []
export const heard: Mark[] = []

export const clock = (): number => performance.timeOrigin + performance.now()

/** FNV-1a, of 52 bits. */
function digestOf(bytes: Uint8Array): number {
  let [low, high] = [0x811c9dc5, 0x01000193]
  for (const byte of bytes) {
    low = Math.imul(low ^ byte, 0x01000193)
    high = Math.imul(high ^ byte, 0x85ebca6b)
  }
  return (low >>> 0) * 2 ** 20 + ((high >>> 0) & 0xfffff)
}

function note(marks: Mark[], lane: Lane, frame: unknown): void {
  if (lane === 'state' && frame instanceof Uint8Array)
    marks.push({ digest: digestOf(frame), at: clock(), bytes: frame.length })
}

function watchedPipe(pipe: Pipe): Pipe {
  return {
    get open() {
      return pipe.open
    },
    attach(events: PipeEvents) {
      pipe.attach({
        opened: () => events.opened(),
        frame(lane, data) {
          note(heard, lane, data)
          events.frame(lane, data)
        },
        refused: () => events.refused(),
        drained: () => events.drained(),
        failed: (detail) => events.failed(detail),
      })
    },
    send(lane: Lane, frame: PipeFrame) {
      const outcome = pipe.send(lane, frame)
      if (outcome === 'sent') note(sent, lane, frame)
      return outcome
    },
    waiting: (lane) => pipe.waiting(lane),
    close: () => pipe.close(),
    describe: () => pipe.describe(),
  }
}

export function watched(connect: ConnectPeer): ConnectPeer {
  return (options) => {
    const attempt = connect(options)
    if (!attempt) return null
    return {
      pipe: watchedPipe(attempt.pipe),
      signal: (text) => attempt.signal(text),
      get rejectedSignals() {
        return attempt.rejectedSignals
      },
    }
  }
}

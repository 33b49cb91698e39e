/**
 * Two ends of a link inside one page: how the host player is an ordinary client of its own host. Same limits, errors and
 * order as the real one; nothing is ever late or lost.
 */

import { type Lane, type LaneStats, newLaneStats } from '../wire/lanes.ts'
import { createDrain, type Drain } from './drain.ts'
import { checkSize, createInbox, type Inbox } from './inbox.ts'
import type { Link, LinkCloseReason } from './link.ts'

export interface LoopbackOptions {
  /**
   * Runs each delivery later, in order; never within the call that sends, or a game could find itself answered in the
   * middle of a sentence. Default `queueMicrotask`; tests pass their own pump.
   */
  defer?: (deliver: () => void) => void
}

interface End {
  inbox: Inbox
  drain: Drain
  open: boolean
  stats: Record<Lane, LaneStats>
}

/** The two ends of one link: what one sends the other receives. */
export function loopbackPair(options: LoopbackOptions = {}): [Link, Link] {
  const { defer = queueMicrotask } = options
  const ends: [End, End] = [newEnd(), newEnd()]
  return [linkOf(ends[0], ends[1], defer), linkOf(ends[1], ends[0], defer)]
}

function linkOf(here: End, there: End, defer: (deliver: () => void) => void): Link {
  const shut = (end: End, reason: LinkCloseReason): void => {
    markClosed(end)
    end.inbox.closed(reason)
  }
  return {
    get open() {
      return here.open
    },
    send(lane, bytes) {
      checkSize(lane, bytes)
      if (!here.open) return 'closed'
      // A copy, as the network makes one: the sender may write its next message into the same buffer.
      const copy = bytes.slice()
      const stats = here.stats[lane]
      stats.sentMessages++
      stats.sentBytes += copy.byteLength
      stats.bufferedBytes += copy.byteLength
      defer(() => {
        stats.bufferedBytes -= copy.byteLength
        here.drain.look()
        if (!there.open) return
        there.stats[lane].receivedMessages++
        there.stats[lane].receivedBytes += copy.byteLength
        there.inbox.message(lane, copy)
      })
      return 'sent'
    },
    buffered: (lane) => (here.open ? here.stats[lane].bufferedBytes : 0),
    drained: here.drain.drained,
    listen: (handlers) => here.inbox.listen(handlers),
    close(reason = 'left') {
      if (!here.open) return
      markClosed(here)
      defer(() => here.inbox.closed(reason))
      defer(() => {
        if (there.open) shut(there, reason)
      })
    },
    stats: () => ({ state: { ...here.stats.state }, bulk: { ...here.stats.bulk } }),
  }
}

function markClosed(end: End): void {
  end.open = false
  end.stats.state.readyState = 'closed'
  end.stats.bulk.readyState = 'closed'
  end.drain.look()
}

function newEnd(): End {
  const end: End = {
    inbox: createInbox(),
    drain: createDrain((lane) => (end.open ? end.stats[lane].bufferedBytes : null)),
    open: true,
    stats: { state: newLaneStats(false, 0), bulk: newLaneStats(true, null) },
  }
  return end
}

/**
 * Faults to plant, each by the law that has to find it: `npm run sim -- --hosts --break seat`, and `-- --lobbies --hosts --break fence`.
 * `plant` returns what takes it out again.
 */
import { ClientClock } from '../../../net/clock/client-clock.ts'
import { Claim } from '../../../net/migration/claim.ts'
import { Election } from '../../../net/migration/election.ts'
import { HeirSource } from '../../../net/migration/heir-source.ts'
import { ClientCommands } from '../../../net/session/client-commands.ts'
import { EventInbox } from '../../../net/session/event-inbox.ts'
import { HostSession } from '../../../net/session/host.ts'
import type { PlayerId } from '../../../net/world/ids.ts'

/** Replaces a method by one that is made from it. */
function replace<T extends object, Name extends keyof T>(of: T, name: Name, by: (was: T[Name]) => T[Name]): () => void {
  const was = of[name]
  of[name] = by(was)
  return () => {
    of[name] = was
  }
}

/** What is private in an object. */
const inside = <T>(of: object): T => of as unknown as T

/** Does something to the host's session each time before a player joins it. */
function beforeJoin(change: (session: HostSession, player: PlayerId) => void): () => void {
  return replace(
    HostSession.prototype,
    'join',
    (was) =>
      function join(this: HostSession, player, ...rest) {
        change(this, player)
        was.call(this, player, ...rest)
      },
  )
}

interface Fault {
  readonly plant: () => () => void
  /** What the law says of it. */
  readonly found: RegExp
}

export const HOST_FAULTS: Readonly<Record<string, Fault>> = {
  /** A page forgets which events it was told when the host changes. */
  dedupe: {
    plant: () =>
      replace(
        EventInbox.prototype,
        'rebase',
        (was) =>
          function rebase(this: EventInbox, tick) {
            const { hostEvents, predicted } = inside<{
              hostEvents: Map<unknown, unknown>
              predicted: Map<unknown, unknown>
            }>(this)
            hostEvents.clear()
            predicted.clear()
            was.call(this, tick)
          },
      ),
    found: /told .* times/,
  },
  /** The secret stream of chance does not go along. */
  secrets: {
    plant: () =>
      replace(
        HeirSource.prototype,
        'take',
        (was) =>
          function take(this: HeirSource, version) {
            return { ...was.call(this, version), secret: [1, 2, 3, 4] }
          },
      ),
    found: /secret stream/,
  },
  /** A follower's seat is given to them anew. */
  seat: {
    plant: () =>
      beforeJoin((session, player) => {
        const client = session.clients.get(player)
        if (client?.awaited) client.awaited = client.connected = false
      }),
    found: /seat/,
  },
  /** A page takes the next host's time to be two seconds earlier than it is. */
  time: {
    plant: () =>
      replace(
        ClientClock.prototype,
        'rebase',
        (was) =>
          function rebase(this: ClientClock, now, ticks) {
            was.call(this, now, ticks - 2000 * inside<{ ticksPerMs: number }>(this).ticksPerMs)
          },
      ),
    found: /draws .* ticks in .* after host/,
  },
  /** Commands are asked of every host anew. */
  commands: {
    plant: () =>
      replace(
        ClientCommands.prototype,
        'changeHost',
        (was) =>
          function changeHost(this: ClientCommands) {
            was.call(this)
            inside<{ shiftBefore: number | null }>(this).shiftBefore = null
          },
      ),
    found: /commands/,
  },
}

/** Those that whole lobbies find, too, and one that only they have. */
export const LOBBY_HOST_FAULTS: Readonly<Record<string, Fault>> = {
  ...HOST_FAULTS,
  /** A follower's seat is given to them as to somebody new. */
  seat: {
    plant: () =>
      beforeJoin(({ clients }, player) => {
        if (clients.get(player)?.awaited) (clients as Map<unknown, unknown>).delete(player)
      }),
    found: /given anew/,
  },
  /** No heir ever claims. */
  votes: {
    plant: () => {
      const { prototype } = Election
      const mayWin = Object.getOwnPropertyDescriptor(prototype, 'mayWin') ?? {}
      Object.defineProperty(prototype, 'mayWin', { ...mayWin, get: () => false })
      return () => void Object.defineProperty(prototype, 'mayWin', mayWin)
    },
    found: /nobody hosts for|after the last trouble/,
  },
  /** A host without its voters runs on, and an heir needs none. */
  fence: {
    plant: () => {
      const mend = replace(
        Election.prototype,
        'tick',
        (was) =>
          function tick(this: Election, now) {
            was.call(this, now)
            inside<{ quorum: { paused: boolean } }>(this).quorum.paused = false
          },
      )
      const { prototype } = Election
      const mayWin = Object.getOwnPropertyDescriptor(prototype, 'mayWin') ?? {}
      const isWon = Object.getOwnPropertyDescriptor(Claim.prototype, 'isWon') ?? {}
      Object.defineProperty(prototype, 'mayWin', { ...mayWin, get: () => true })
      Object.defineProperty(Claim.prototype, 'isWon', { ...isWon, get: () => true })
      return () => {
        mend()
        Object.defineProperty(prototype, 'mayWin', mayWin)
        Object.defineProperty(Claim.prototype, 'isWon', isWon)
      }
    },
    found: /both (run|host)|\w+ and \w+ hosts for/,
  },
}

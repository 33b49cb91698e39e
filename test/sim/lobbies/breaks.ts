/**
 * Faults to plant, each by the law that has to find it: `npm run sim -- --lobbies --break ban`. A fault replaces a method of the
 * library's own code; `plant` returns what takes it out again.
 */
import { Admission } from '../../../net/lobby/admission/admission.ts'
import { Bans } from '../../../net/lobby/admission/bans.ts'
import { PasswordGuard } from '../../../net/lobby/admission/password-guard.ts'
import { RecentKicks } from '../../../net/lobby/admission/recent-kicks.ts'
import { Seating } from '../../../net/lobby/host/seating.ts'
import { HostMatches } from '../../../net/lobby/match/host-matches.ts'
import { HostedMatch } from '../../../net/lobby/match/hosted-match.ts'
import { ClientSession } from '../../../net/session/client.ts'
import { HostListing } from '../../../net/signaling/host-listing.ts'
import { decodePacket, encodePacket, isDefect } from '../../../net/wire/packet.ts'

/** Replaces a method by one that is made from it. */
function replace<T extends object, Name extends keyof T>(of: T, name: Name, by: (was: T[Name]) => T[Name]): () => void {
  const was = of[name]
  of[name] = by(was)
  return () => {
    of[name] = was
  }
}

interface Fault {
  readonly plant: () => () => void
  /** What the law says of it. */
  readonly found: RegExp
}

export const FAULTS: Readonly<Record<string, Fault>> = {
  /** A ban keeps nobody out. */
  ban: { plant: () => replace(Bans.prototype, 'find', () => () => null), found: /though they are banned/ },
  /** A kick keeps nobody out. */
  kick: { plant: () => replace(RecentKicks.prototype, 'has', () => () => false), found: /though they were kicked/ },
  /** A lock keeps nobody out. */
  lock: {
    plant: () =>
      replace(
        Admission.prototype,
        'newcomer',
        (was) =>
          function newcomer(this: Admission, ...asked) {
            const { locked } = this
            this.locked = false
            const denial = was.apply(this, asked)
            this.locked = locked
            return denial
          },
      ),
    found: /came into a locked lobby/,
  },
  /** Any password is right. */
  password: {
    plant: () => replace(PasswordGuard.prototype, 'guess', () => async () => 'right' as const),
    found: /without the password/,
  },
  /** The link that a seat had before is not closed. */
  seat: {
    plant: () => replace(Seating.prototype, 'peerOf', () => () => null),
    found: /both sit on|in two tabs|are in the lobby/,
  },
  /** Spectators are brought into the match as players. */
  spectator: {
    plant: () =>
      replace(
        HostedMatch.prototype,
        'bringIn',
        (was) =>
          function bringIn(this: HostedMatch<never>, peer) {
            return was.call(this, peer, false)
          },
      ),
    found: /play, not|draws the tokens/,
  },
  /** A spectator's page says that what it sends is the input of a tick. */
  inputs: {
    plant: () =>
      replace(
        ClientSession.prototype,
        'outgoing',
        (was) =>
          function outgoing(this: ClientSession, at) {
            const bytes = was.call(this, at)
            const packet = bytes && this.spectating ? decodePacket(bytes) : null
            return packet && !isDefect(packet) ? encodePacket({ ...packet, tick: 1 }) : bytes
          },
      ),
    found: /watches, and sends the input/,
  },
  /** The public list counts spectators as players. */
  count: {
    plant: () =>
      replace(
        HostListing.prototype,
        'setFacts',
        (was) =>
          function setFacts(this: HostListing, facts) {
            return was.call(this, { ...facts, players: facts.players + facts.spectators })
          },
      ),
    found: /the list shows/,
  },
  /** Bots are not brought into the next match. */
  bots: {
    plant: () => replace(HostedMatch.prototype, 'bringInBot', () => () => {}),
    found: /play, not|draws the tokens/,
  },
  /** Bots lose their seats when a match ends. */
  'bot seats': {
    plant: () =>
      replace(
        HostMatches.prototype,
        'finish',
        (was) =>
          function finish(this: HostMatches<never>) {
            const { members, seating } = (this as unknown as { context: HostMatches<never>['context'] }).context
            const refusal = was.call(this)
            if (refusal === null)
              for (const { id, bot } of members.roster.entries) if (bot) seating.remove(id, 'kicked', null)
            return refusal
          },
      ),
    found: /after a rematch/,
  },
}

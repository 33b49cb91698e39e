/**
 * Scenario L with one guest: a host on which 64 pilots fly, of whom one sits at the other end of a link. The pilots of
 * the other seats are on the host itself, so that a benchmark measures one link and pays for one.
 */
import { ClientRunner } from '../../../net/runtime/client-runner.ts'
import { HostRunner } from '../../../net/runtime/host-runner.ts'
import { ClientSession } from '../../../net/session/client.ts'
import { HostSession } from '../../../net/session/host.ts'
import type { Link } from '../../../net/transport/link.ts'
import { type PlayerId, playerId } from '../../../net/world/ids.ts'
import { digest } from '../../sim/laws.ts'
import { arena } from '../worlds/arena.ts'
import type { Pilot } from '../worlds/pilots.ts'
import { arenaOptions, pilotsOf } from '../worlds/scenarios.ts'

const SEED = 1
const GUEST = playerId(0, 1)
const shared = { game: arena, seed: SEED, options: arenaOptions('L'), epoch: 1 }

/** A packet that was sent or heard: what it is told by, and when, ms. */
export interface Sighting {
  readonly digest: number
  readonly at: number
  readonly bytes: number
}

export interface CrowdedHost {
  /** Snapshots that left, in order. */
  readonly sent: Sighting[]
  /** Snapshots that the link skipped. */
  readonly skipped: number
  tick(now: number): void
}

export interface CrowdGuest {
  /** Snapshots that came, in order. */
  readonly heard: Sighting[]
  tick(now: number): void
}

/** `now` is read when something is sent. */
export function crowdedHost(link: Link, now: () => number): CrowdedHost {
  const session = new HostSession({ ...shared, secret: [SEED, 2, 3, 4] })
  const runner = new HostRunner(session, {
    failed: (error) => {
      throw error
    },
    hostile: () => {
      throw new Error('The host took its guest for hostile.')
    },
  })
  const crowd = new Map<PlayerId, Pilot>()
  for (const [seat, pilot] of pilotsOf('L', SEED).entries()) {
    if (seat === 0) continue
    const player = playerId(seat, 1)
    crowd.set(player, pilot)
    session.join(player)
    // Nothing is sent to them; their seat, their ship and their inputs stay.
    session.leave(player)
  }
  let flownTo = 0
  let skipped = 0
  const sent: Sighting[] = []
  const watched: Link = {
    get open() {
      return link.open
    },
    send(lane, bytes) {
      const outcome = link.send(lane, bytes)
      if (outcome === 'sent') sent.push(sightingOf(bytes, now()))
      else skipped++
      return outcome
    },
    buffered: (lane) => link.buffered(lane),
    drained: (lane) => link.drained(lane),
    listen: (handlers) => link.listen(handlers),
    close: (reason) => link.close(reason),
    stats: () => link.stats(),
  }
  link.listen({
    message: (lane, bytes) => {
      if (lane === 'state') runner.receive(GUEST, bytes, now())
    },
    closed: () => runner.detach(GUEST),
  })
  runner.attach(GUEST, watched)

  /** Gives the crowd's inputs for all ticks that are about to run. */
  const fly = (now: number): void => {
    const { world } = session
    const until = Math.max(world.tick + 1, Math.floor(session.tickAt(now) + 1e-6))
    while (flownTo < until) {
      flownTo++
      for (const [player, pilot] of crowd) {
        const row = world.message(arena.schema.input, { ...pilot(null, []) })
        session.clients.get(player)?.inputs.receive(flownTo, [row], session.tickAt(now))
      }
    }
  }
  return {
    sent,
    get skipped() {
      return skipped
    },
    tick(now) {
      fly(now)
      runner.tick(now)
    },
  }
}

/** `now` is read when something is heard. */
export function crowdGuest(link: Link, now: () => number): CrowdGuest {
  const session = new ClientSession({ ...shared, me: GUEST })
  const runner = new ClientRunner(session, link)
  const [pilot] = pilotsOf('L', SEED)
  const heard: Sighting[] = []
  link.listen({
    message: (lane, bytes) => {
      if (lane !== 'state') return
      heard.push(sightingOf(bytes, now()))
      runner.receive(bytes, now())
    },
    closed: () => runner.finish('host-left'),
  })
  return {
    heard,
    tick(now) {
      session.input({ ...pilot?.(null, []) })
      runner.tick(now)
    },
  }
}

function sightingOf(bytes: Uint8Array, at: number): Sighting {
  return { digest: digest(0x811c9dc5, bytes), at, bytes: bytes.length }
}

/**
 * Writes down what happens in this page's match and to its host. It looks at the insides of lobby and session, and changes nothing there:
 * each method that it wraps does as before.
 */

import type { DogstarShape } from '../../../../game/rules/dogstar.ts'
import { GuestRole } from '../../../../net/lobby/guest/guest-role.ts'
import { Seating } from '../../../../net/lobby/host/seating.ts'
import type { LobbyObject } from '../../../../net/lobby/lobby.ts'
import { GuestMigration } from '../../../../net/lobby/migration/guest-migration.ts'
import { Election } from '../../../../net/migration/election.ts'
import type { ElectionAction, ElectionMessage } from '../../../../net/migration/election-messages.ts'
import { HeirReceiver } from '../../../../net/migration/heir-receiver.ts'
import type { ClientRunner } from '../../../../net/runtime/client-runner.ts'
import type { HostRunner } from '../../../../net/runtime/host-runner.ts'
import type { World } from '../../../../net/world/world.ts'
import { clock, emptyLog, type LoggedTick, type PageLog } from './log.ts'

let log: PageLog = emptyLog()

/** The log so far; it begins anew. */
export function takeLog(): PageLog {
  const taken = log
  log = emptyLog()
  return taken
}

/** The log so far. */
export const readLog = (): PageLog => log

/** Something happened now, or at another time. */
export const step = (what: string, at = clock()): void => void log.steps.push({ at, what })

/** Calls `before` with the arguments of each call of a method. */
function wrap<T extends object>(of: T, method: string, before: (args: unknown[], self: T) => void): void {
  const methods = of as Record<string, (...args: unknown[]) => unknown>
  const inner = methods[method]
  if (!inner) throw new Error(`There is no ${method} to watch.`)
  methods[method] = function (this: T, ...args: unknown[]) {
    before(args, this)
    return inner.apply(this, args)
  }
}

/** The votes of this page, and what comes of them. */
export function watchElections(): void {
  wrap(Election.prototype, 'noteHostGone', () => {
    if (log.steps.at(-1)?.what !== 'host-gone counts') step('host-gone counts')
  })
  wrap(Election.prototype, 'beginClaim', () => step('claims'))
  wrap(Election.prototype, 'receive', ([, message]) => {
    const { type } = message as ElectionMessage
    if (type === 'vote' || type === 'claim' || type === 'lives') step(`hears ${type}`)
  })
  wrap(Election.prototype, 'claimAnswered', ([, granted]) => step(granted ? 'signalling grants' : 'signalling refuses'))
  wrap(GuestMigration.prototype, 'do', ([action]) => {
    const { do: what } = action as ElectionAction
    if (what === 'host' || what === 'follow' || what === 'ask signalling to vote') step(what)
  })
  wrap(GuestMigration.prototype, 'changeHost', () => step('hears who hosts next'))
  wrap(GuestRole.prototype, 'follow', () => step('greets the next host'))
  wrap(GuestRole.prototype, 'seatedAgain', () => step('has its welcome'))
  wrap(Seating.prototype, 'hello', () => step('hears a hello'))
  wrap(HeirReceiver.prototype, 'cut', (_, heir) => step(worldOf(heir)))
}

interface HeirInsides {
  readonly newest: { readonly tick: number; readonly slowVersion: number } | null
  readonly slowVersion: number
  readonly useless: number
}

/** What an heir has of the match, and what its newest tick waits for. */
function worldOf(heir: HeirReceiver): string {
  const { newest, slowVersion, useless } = heir as unknown as HeirInsides
  const waits = newest && newest.slowVersion > slowVersion ? `, which waits for slow data ${newest.slowVersion}` : ''
  return `has the world of tick ${heir.tick}, slow data ${slowVersion}, heard of tick ${newest?.tick}${waits}; ${useless} without a baseline since`
}

/** This page's player in the match. */
export function watchClient({ session }: ClientRunner): void {
  session.onTick(({ tick }) => log.inputs.push([tick, clock()]))
  const sending = session.sending
  const acknowledged = sending.acknowledged.bind(sending)
  sending.acknowledged = (now, tick, head) => {
    const result = acknowledged(now, tick, head)
    if (result !== 'nothing new' && head.inputAck !== null)
      log.acks.push({ at: clock(), epoch: session.epoch, tick: head.inputAck })
    return result
  }
  let firstOf = session.epoch
  let heardAt = 0
  wrap(session, 'receive', () => {
    heardAt = clock()
    if (session.epoch === firstOf) return
    firstOf = session.epoch
    step('first packet of the new host')
  })
  wrap(session, 'rebase', ([from]) => {
    const { epoch, tick = session.confirmedTick } = from as { epoch: number; tick?: number }
    if (epoch === session.epoch) return step('goes on over another link')
    step('last packet of the old host', heardAt)
    step('goes on with the new host')
    log.changes.push({ at: clock(), epoch, tick, confirmed: session.confirmedTick })
  })
}

/** The truth of the host's ticks, for as long as this page hosts. A tick is told with the ships that it begins with. */
export function watchHost({ session }: HostRunner): void {
  session.onTick(() => {
    const { world, epoch } = session
    log.ticks.push({ epoch, tick: world.tick, at: clock(), ships: shipsOf(world) })
  })
}

type Ship = LoggedTick['ships'][number]

function shipsOf(world: World): Ship[] {
  const ships: Ship[] = []
  for (const { id, owner, x, y, angle, vx, vy } of world.all('ship') as Iterable<unknown> as Iterable<Ship>)
    ships.push({ id, owner, x, y, angle, vx, vy })
  return ships
}

/** A frame of the drawn world, and the newest tick that the page has. */
export function noteFrame(view: { tick: number; all(type: 'ship'): Iterable<object> }, confirmed: number): void {
  const ships = [...view.all('ship')] as unknown as (Ship & { mine: boolean })[]
  const others = ships.filter(({ mine }) => !mine).map(({ id, owner, x, y, angle }) => ({ id, owner, x, y, angle }))
  log.frames.push({ at: clock(), tick: view.tick, confirmed, others })
}

interface Insides {
  readonly role: {
    readonly migration: { readonly loaded: { readonly links?: { readonly count: number } } | null } | null
  }
}

/** How many idle links to other guests this page has. */
export function idleLinks(lobby: LobbyObject<DogstarShape>): number {
  return (lobby as unknown as Insides).role.migration?.loaded?.links?.count ?? 0
}

/**
 * Makes an heir's page the host of the match: the match goes on from the newest whole tick that the heir has, and the page's own
 * player stays as they are. How the heir was chosen, and how followers hear of it, is the lobby's part.
 *
 * In go the heir's receiver and the page's client. Out come a running host and what every follower is to be told. Links are attached
 * by whoever has them (`HostRunner.attach`), and `HostRunner.tick` drives the host as any other: it sends nothing until the match has
 * come to the present.
 */
import type { HeirCut } from '../migration/heir-cut.ts'
import type { HeirReceiver } from '../migration/heir-receiver.ts'
import type { Rebase } from '../session/client-options.ts'
import { HostSession } from '../session/host.ts'
import type { HostOptions } from '../session/host-options.ts'
import type { Link } from '../transport/link.ts'
import type { PlayerId } from '../world/ids.ts'
import type { ClientRunner } from './client-runner.ts'
import { GoingOn } from './going-on.ts'
import { HostRunner, type HostRunnerHandlers } from './host-runner.ts'

export interface TakeOverOptions {
  readonly heir: HeirReceiver
  /** This page's own player, or spectator. */
  readonly client: ClientRunner
  /** The two ends of the link between this page's host and its own player. Both have their listeners already. */
  readonly own: { readonly hostEnd: Link; readonly clientEnd: Link }
  /** As for any host, with the new epoch. The secret stream of chance comes with the match. */
  readonly host: Omit<HostOptions, 'secret'>
  readonly handlers: HostRunnerHandlers
  /** The time of the page, ms. */
  readonly now: number
  /** Where the old host stopped, when it handed over. Default: the newest whole tick. */
  readonly upTo?: number
  /** The players who are known to be away: the old host's own, when its page is gone. Nobody waits for their inputs. */
  readonly away?: readonly PlayerId[]
  /** How long inputs of followers are waited for, ms: the longest of their round trips. At most, and by default, 150. */
  readonly waitMs?: number
}

export interface TakeOver {
  readonly host: HostRunner
  /** Each follower goes on by this: `ClientRunner.rebase({ ...rebase, link, host })`. This page's own player has done so. */
  readonly rebase: Required<Rebase>
  /** What the match goes on from. `cut.slow`: what the old host's lobby knew. */
  readonly cut: HeirCut
}

/** Returns why not, in a sentence, when this page cannot go on with the match. */
export function takeOver(options: TakeOverOptions): TakeOver | string {
  const { heir, client, own, now, upTo, away = [], waitMs } = options
  const cut = heir.cut(upTo)
  if (!cut) return heir.problem ?? 'This page has no whole tick of the match.'
  const session = HostSession.from({ ...options.host, secret: [0, 0, 0, 0] }, cut.match, cut.past)
  if (typeof session === 'string') return session
  for (const player of away) session.leave(player)
  const { confirmedTick, me, spectating } = client.session
  const going = new GoingOn({
    ...{ session, now },
    hostTick: client.session.hostTickAt(now),
    newestTick: Math.max(cut.tick, confirmedTick),
    ...(waitMs !== undefined && { waitMs }),
  })
  const { tick, nextRefereeId } = session.world
  const rebase = { epoch: session.epoch, tick, nextRefereeId, shiftTicks: going.shiftTicks }
  const host = new HostRunner(session, options.handlers, going)
  host.attach(me, own.hostEnd, undefined, spectating)
  client.heir = null
  client.rebase({ ...rebase, link: own.clientEnd, host: me })
  return { host, rebase, cut }
}

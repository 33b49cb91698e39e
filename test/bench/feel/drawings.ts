/**
 * Who draws a screen: the session's own view, or one of the two simple ways that most games begin with, from the same
 * snapshots as the session received them.
 */

import type { ConfirmedWorld } from '../../../net/replication/confirmed-world.ts'
import type { ClientSession } from '../../../net/session/client.ts'
import type { SimulatedClient } from '../../../net/testing.ts'
import type { GameShape } from '../../../net/world/game-shape.ts'
import { initialNumbers } from '../../../net/world/record.ts'
import type { Place } from './truth.ts'

/** What a drawing shows at a frame. */
export interface Drawn {
  readonly tick: number
  readonly others: readonly Place[]
  readonly own: Place | null
  readonly ownTick: number
}

/** What the session knows from the host, before anything is predicted or presented. */
function confirmedOf(session: ClientSession): ConfirmedWorld {
  // biome-ignore lint/complexity/useLiteralKeys: only so may TypeScript's private members be read from outside.
  return session['confirmed']
}

export type Drawing = (localMs: number) => Drawn

interface DrawnShip extends Place {
  readonly mine: boolean
}

/** As the session draws it. */
export function sessionDrawing(client: SimulatedClient<GameShape>): Drawing {
  const { session } = client.runner
  return (localMs) => {
    const view = client.session.view(localMs)
    const others: Place[] = []
    let own: Place | null = null
    for (const ship of view.all('ship') as Iterable<unknown> as Iterable<DrawnShip>) {
      const place = { id: ship.id, x: ship.x, y: ship.y, angle: ship.angle }
      if (ship.mine) own = place
      else others.push(place)
    }
    return { tick: view.tick, others, own, ownTick: ownTick(session, localMs) }
  }
}

/** The tick that the session draws its own ship at: between its two newest. */
function ownTick({ prediction, clock }: ClientSession, localMs: number): number {
  const share = clock.predictedTick(localMs) - prediction.tick
  return prediction.tick - 1 + Math.min(1, Math.max(0, share))
}

/** Baseline (a): no prediction, everything where the newest snapshot has it. */
export function latestDrawing({ runner: { session } }: SimulatedClient<GameShape>): Drawing {
  return () => confirmedAt(session, confirmedOf(session).tick)
}

/** How long the clock of baseline (b) looks at arrivals before it stays as it is. */
const LOOK_MS = 1000

/**
 * Baseline (b): no prediction, everything drawn `delayMs` behind the newest snapshot as it came in the first second at
 * the best; without a newer snapshot everything stands.
 */
export function delayedDrawing({ runner: { session } }: SimulatedClient<GameShape>, delayMs: number): Drawing {
  const ticksPerMs = session.game.tickRate / 1000
  let offset = Number.NEGATIVE_INFINITY
  let began: number | null = null
  const receive = session.receive.bind(session)
  session.receive = (bytes, now) => {
    receive(bytes, now)
    began ??= now
    if (now - began <= LOOK_MS) offset = Math.max(offset, confirmedOf(session).tick - now * ticksPerMs)
  }
  return (localMs) =>
    confirmedAt(session, Math.min(confirmedOf(session).tick, offset + (localMs - delayMs) * ticksPerMs))
}

function confirmedAt(session: ClientSession, tick: number): Drawn {
  const { game, me } = session
  const type = game.schema.entities.get('ship')
  const others: Place[] = []
  let own: Place | null = null
  if (!type) return { tick, others, own, ownTick: tick }
  const slot = (name: string): number => type.numbers.find((field) => field.name === name)?.column ?? 0
  const [x, y, angle] = [slot('x'), slot('y'), slot('angle')]
  const row = { numbers: initialNumbers(type), objects: [] }
  for (const known of confirmedOf(session).records.values()) {
    if (known.type !== type || known.firstTick > tick || (known.goneAt !== null && known.goneAt <= tick)) continue
    known.sample(tick, tick, row)
    const place = {
      id: known.id,
      x: row.numbers[x] ?? 0,
      y: row.numbers[y] ?? 0,
      angle: row.numbers[angle] ?? 0,
    }
    if (known.owner === me) own = place
    else others.push(place)
  }
  return { tick, others, own, ownTick: tick }
}

/** What the parts of the arena share: the types of the game as drawn, and where things lie above each other. */
import type { Session, View, ViewEntity } from 'starwire'
import type { DogstarShape } from '../rules/dogstar.ts'
import type { PlayerId } from '../rules/shape.ts'

export type DogstarSession = Session<DogstarShape>
export type DogstarView = View<DogstarShape>
export type ShipView = ViewEntity<DogstarShape, 'ship'>
export type BulletView = ViewEntity<DogstarShape, 'bullet'>
export type AsteroidView = ViewEntity<DogstarShape, 'asteroid'>

/** Depths, from the sky to what must never be hidden. */
export const depth = {
  nebula: 0,
  stars: 1,
  outside: 2,
  trails: 4,
  rocks: 6,
  debris: 8,
  flames: 10,
  hulls: 12,
  bullets: 14,
  sparks: 16,
  shields: 18,
  labels: 20,
  arrows: 22,
} as const

/** Whether this page's player flies. Who only watches is no player of the match. */
export function isPilot({ players, me }: DogstarView): boolean {
  return players.includes(me)
}

/** The ship of a player of the match; null while there is none. */
export function shipOf(view: DogstarView, player: PlayerId | null): ShipView | null {
  return player === null || !view.players.includes(player) ? null : view.get('ship', view.player(player).ship)
}

/** One frame, as each part gets it. */
export interface Frame {
  readonly view: DogstarView
  /** Whose ship the picture follows: this page's pilot, or whom a spectator watches. */
  readonly followed: PlayerId | null
  /** Their ship, or null while there is none. */
  readonly seen: ShipView | null
  /** This page's ship, or null while there is none. */
  readonly ship: ShipView | null
  /** Seconds since the last frame, at most 0.1: a page that slept does not fling its particles away. */
  readonly seconds: number
  /** Seconds since the scene began. */
  readonly time: number
}

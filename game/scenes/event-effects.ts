/** What each event of the match looks and sounds like: blasts, shakes of the picture, sounds by distance, lines of the feed. */
import { texts } from '../languages/language.ts'
import { radiusOf } from '../rules/asteroids.ts'
import { SHIP_NOSE } from '../rules/balance.ts'
import type { Blasts } from './blasts.ts'
import type { Follow } from './camera.ts'
import { colorOf, type Fleet } from './fleet.ts'
import type { Hud } from './hud.ts'
import { type DogstarSession, type DogstarView, shipOf } from './parts.ts'
import type { Sound, SoundName } from './sound.ts'
import type { Threats } from './threats.ts'

export interface EventParts {
  readonly session: DogstarSession
  readonly follow: Follow
  readonly blasts: Blasts
  readonly fleet: Fleet
  readonly threats: Threats
  readonly hud: Hud
  readonly sound: Sound
  /** Whether the player wants ships that are hit to flash. */
  readonly flashes: () => boolean
  /** The frame that is drawn last, and when: seconds since the scene began. */
  readonly now: () => { readonly view: DogstarView; readonly time: number }
}

/** Streaks that are told. */
const STREAKS: ReadonlySet<number> = new Set([3, 5, 8, 12])
/** Units at which nothing is heard any more. */
const EARSHOT = 1300

/** Shows and plays what happens in the arena, from now on. What it returns ends it. */
export function showEvents(parts: EventParts): () => void {
  const stops = [...showShips(parts), ...showDamage(parts)]
  return () => {
    for (const stop of stops) stop()
  }
}

function showShips({ session, follow, blasts, sound, now }: EventParts): (() => void)[] {
  const hear = hearFrom(follow, sound)
  return [
    session.on('shot', ({ by }) => {
      const { view } = now()
      const ship = shipOf(view, by)
      if (!ship) return
      const x = ship.x + Math.cos(ship.angle) * SHIP_NOSE
      const y = ship.y + Math.sin(ship.angle) * SHIP_NOSE
      blasts.muzzle(x, y, ship.vx, ship.vy, ship.angle, colorOf(view, by))
      hear('shot', x, y, ship.mine ? 0.9 : 0.6)
    }),
    session.on('dashed', ({ by }) => {
      const { view } = now()
      const ship = shipOf(view, by)
      if (!ship) return
      blasts.dash(ship.x, ship.y, ship.angle, colorOf(view, by))
      hear('dash', ship.x, ship.y)
    }),
    session.on('beamed', ({ by, x, y, toX, toY }) => {
      blasts.beam(x, y, toX, toY, colorOf(now().view, by))
      hear('beam', x, y, by === session.me ? 0.9 : 0.7)
    }),
    session.on('launched', ({ by }) => {
      const ship = shipOf(now().view, by)
      if (ship) hear('missile', ship.x, ship.y, ship.mine ? 0.9 : 0.7)
    }),
    session.on('shielded', ({ by }) => {
      const ship = shipOf(now().view, by)
      if (!ship) return
      blasts.shield(ship.x, ship.y)
      hear('shield', ship.x, ship.y)
    }),
    session.on('bumped', ({ by, x, y, speed }) => {
      blasts.bump(x, y, speed)
      hear('bump', x, y, Math.min(1, speed / 300))
      if (by === session.me) follow.shake(Math.min(0.35, speed / 1200))
    }),
  ]
}

function showDamage({ session, follow, blasts, fleet, threats, hud, sound, flashes, now }: EventParts): (() => void)[] {
  const hear = hearFrom(follow, sound)
  return [
    session.on('hit', ({ whom, by, x, y, damage }) => {
      const { view } = now()
      blasts.hit(x, y, colorOf(view, by))
      hear('hit', x, y)
      if (damage > 0 && whom !== null && flashes()) fleet.flash(view.player(whom).ship)
      if (by === session.me && whom !== session.me) {
        blasts.mark(x, y, false)
        sound.play('mark')
      }
      if (whom !== session.me || damage === 0) return
      follow.shake(0.28)
      hud.hurt(by, damage)
      const [ship, shooter] = [shipOf(view, whom), shipOf(view, by)]
      const from = shooter ?? { x, y }
      if (ship) threats.hit(Math.atan2(from.y - ship.y, from.x - ship.x))
    }),
    session.on('destroyed', ({ whom, by, x, y, cause, streak }) => {
      const { view, time } = now()
      blasts.explode(x, y, colorOf(view, whom))
      hear('explosion', x, y, 1.4)
      follow.shake(whom === session.me ? 1 : 0.75 * loudness(follow, x, y))
      if (by === session.me && whom !== session.me) {
        blasts.mark(x, y, true)
        sound.play('kill')
      }
      if (whom !== null) hud.destroyed(view, by, whom, cause, time)
      if (by !== null && STREAKS.has(streak)) hud.news(view, by, texts.arena.streak(streak), time)
    }),
    session.on('burst', ({ by, x, y }) => {
      blasts.pop(x, y, colorOf(now().view, by))
      hear('explosion', x, y, 0.7)
    }),
    session.on('picked', ({ by, x, y, kind }) => {
      blasts.take(x, y)
      hear('pickup', x, y, by === session.me ? 1 : 0.5)
      if (by === session.me) hud.tell(texts.powerUps[kind], now().time)
    }),
    session.on('chipped', ({ x, y, size, broken }) => {
      if (broken) blasts.burst(x, y, radiusOf(size))
      else blasts.chip(x, y)
      hear(broken ? 'explosion' : 'bump', x, y, 0.5)
    }),
  ]
}

/** Tells what is about the round and its pilots, which has no place in the arena. What it returns ends it. */
export function tellNews({
  session,
  hud,
  sound,
  now,
}: Pick<EventParts, 'session' | 'hud' | 'sound' | 'now'>): () => void {
  const tell = (whom: Parameters<Hud['news']>[1] | null, text: string): void => {
    const { view, time } = now()
    if (whom !== null) hud.news(view, whom, text, time)
  }
  const stops = [
    session.on('steppedAside', ({ whom }) => tell(whom, texts.arena.steppedAside)),
    session.on('cameBack', ({ whom }) => tell(whom, texts.arena.isBack)),
    session.on('roundOver', () => sound.play('win')),
    session.on('beaconTaken', ({ team }) => {
      hud.beacon(team, now().time)
      sound.play(team === 'none' ? 'tick' : 'pickup')
    }),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}

/** 1 in the middle of the picture, 0 out of earshot. */
function loudness(follow: Follow, x: number, y: number): number {
  return Math.max(0, 1 - Math.hypot(x - follow.x, y - follow.y) / EARSHOT) ** 2
}

function hearFrom(follow: Follow, sound: Sound): (name: SoundName, x: number, y: number, volume?: number) => void {
  return (name, x, y, volume = 1) =>
    sound.play(name, loudness(follow, x, y) * volume, (2 * (x - follow.x)) / follow.width)
}

/** The arena: reads the player's hands, asks the session for the frame's view, and has every part draw it. */
import Phaser from 'phaser'
import { paintRocks } from '../looks/asteroids.ts'
import { paintEffects } from '../looks/effects.ts'
import { paintShips } from '../looks/ships.ts'
import { radiusOf } from '../rules/asteroids.ts'
import { SHIP_NOSE } from '../rules/constants.ts'
import type { PlayerId } from '../rules/shape.ts'
import { makeArrows } from './arrows.ts'
import { makeBackdrop } from './backdrop.ts'
import { makeBlasts } from './blasts.ts'
import { makeBolts } from './bolts.ts'
import { makeFollow } from './camera.ts'
import { isInput, readInput } from './controls.ts'
import { makeEmblems } from './emblems.ts'
import { colorOf, makeFleet } from './fleet.ts'
import type { Hud } from './hud.ts'
import type { Keys } from './keyboard.ts'
import { type DogstarSession, type DogstarView, type Frame, isPilot, shipOf } from './parts.ts'
import { makeRocks } from './rocks.ts'
import type { Sound, SoundName } from './sound.ts'
import { makeSpectator } from './spectator.ts'
import type { Touch } from './touch.ts'
import type { Voices } from './voices.ts'

export interface ArenaParts {
  readonly session: DogstarSession
  readonly nameOf: (player: PlayerId) => string
  readonly voices: Voices
  readonly pictureOf: (player: PlayerId) => HTMLCanvasElement | null
  readonly keys: Keys
  readonly touch: Touch
  readonly hud: Hud
  readonly sound: Sound
  /** Whether the player asked their system for less motion: then nothing shakes. */
  readonly calm: () => boolean
}

/** Units at which nothing is heard any more. */
const EARSHOT = 1300

export function makeArena(parts: ArenaParts): Phaser.Scene {
  return new Arena(parts)
}

class Arena extends Phaser.Scene {
  private drawFrame: ((seconds: number) => void) | null = null
  private readonly parts: ArenaParts

  constructor(parts: ArenaParts) {
    super('arena')
    this.parts = parts
  }

  create(): void {
    paintEffects(this)
    paintShips(this)
    paintRocks(this)
    const stops: (() => void)[] = []
    this.drawFrame = setUp(this, this.parts, stops)
    this.events.once(Phaser.Scenes.Events.SHUTDOWN, () => {
      this.drawFrame = null
      for (const stop of stops) stop()
    })
    this.events.once(Phaser.Scenes.Events.DESTROY, () => {
      this.drawFrame = null
      for (const stop of stops) stop()
    })
  }

  override update(_time: number, deltaMs: number): void {
    this.drawFrame?.(Math.min(0.1, deltaMs / 1000))
  }
}

function setUp(scene: Phaser.Scene, parts: ArenaParts, stops: (() => void)[]): (seconds: number) => void {
  const { session, nameOf, voices, pictureOf, keys, touch, hud, sound, calm } = parts
  const follow = makeFollow(scene, calm)
  const blasts = makeBlasts(scene)
  const rocks = makeRocks(scene)
  const fleet = makeFleet(scene, blasts, nameOf)
  const bolts = makeBolts(scene, blasts, colorOf)
  const arrows = makeArrows(scene)
  const emblems = makeEmblems(scene, pictureOf)
  const marks = voices.makeMarks(scene)
  let view: DogstarView = session.view(performance.now())
  const backdrop = makeBackdrop(scene, view.settings)
  let time = 0
  const spectator = makeSpectator({ root: hud.root, canvas: scene.game.canvas, keys, follow, nameOf })
  stops.push(() => spectator.destroy())
  /** When this page's pilot last gave an input. */
  let activeAt = 0

  /** 1 in the middle of the picture, 0 out of earshot. */
  const loudness = (x: number, y: number): number =>
    Math.max(0, 1 - Math.hypot(x - follow.x, y - follow.y) / EARSHOT) ** 2
  const hear = (name: SoundName, x: number, y: number, volume = 1): void => sound.play(name, loudness(x, y) * volume)
  stops.push(...listen())

  return (seconds) => {
    time += seconds
    if (isPilot(view)) {
      const input = readInput(keys, touch, shipOf(view, view.me))
      if (isInput(input)) activeAt = time
      session.input(input)
      // Whoever plays after watching has rested for nothing.
    } else activeAt = time
    view = session.view(performance.now())
    const followed = spectator.followed(view, seconds)
    const frame: Frame = { view, followed, seen: shipOf(view, followed), ship: shipOf(view, view.me), seconds, time }
    follow.draw(frame)
    backdrop.draw(frame, follow)
    rocks.draw(view, seconds)
    fleet.draw(frame)
    emblems.draw(view)
    marks.draw(view)
    bolts.draw(view)
    blasts.draw(seconds)
    arrows.draw(frame, follow)
    hud.draw(frame, follow, keys.scores, time - activeAt)
  }

  function listen(): (() => void)[] {
    return [
      session.on('shot', ({ by }) => {
        const ship = shipOf(view, by)
        if (!ship) return
        const x = ship.x + Math.cos(ship.angle) * SHIP_NOSE
        const y = ship.y + Math.sin(ship.angle) * SHIP_NOSE
        blasts.muzzle(x, y, ship.vx, ship.vy, ship.angle, colorOf(view, by))
        hear('shot', x, y, ship.mine ? 0.9 : 0.6)
      }),
      session.on('dashed', ({ by }) => {
        const ship = shipOf(view, by)
        if (!ship) return
        blasts.dash(ship.x, ship.y, ship.angle, colorOf(view, by))
        hear('dash', ship.x, ship.y)
      }),
      session.on('bumped', ({ by, x, y, speed }) => {
        blasts.bump(x, y, speed)
        hear('bump', x, y, Math.min(1, speed / 300))
        if (by === session.me) follow.shake(Math.min(0.35, speed / 1200))
      }),
      session.on('hit', ({ whom, by, x, y, damage }) => {
        blasts.hit(x, y, colorOf(view, by))
        hear('hit', x, y)
        if (damage > 0 && whom !== null) fleet.flash(view.player(whom).ship)
        if (whom === session.me && damage > 0) follow.shake(0.28)
      }),
      session.on('destroyed', ({ whom, by, x, y, cause }) => {
        blasts.explode(x, y, colorOf(view, whom))
        hear('explosion', x, y, 1.4)
        follow.shake(whom === session.me ? 1 : 0.75 * loudness(x, y))
        if (whom !== null) hud.destroyed(view, by, whom, cause, time)
      }),
      session.on('chipped', ({ x, y, size, broken }) => {
        if (broken) blasts.burst(x, y, radiusOf(size))
        else blasts.chip(x, y)
        hear(broken ? 'explosion' : 'bump', x, y, 0.5)
      }),
      session.on('steppedAside', ({ whom }) => whom !== null && hud.news(view, whom, 'stepped aside', time)),
      session.on('cameBack', ({ whom }) => whom !== null && hud.news(view, whom, 'is back', time)),
      session.on('roundBegins', () => {
        // The referee waits for a first input as long again.
        activeAt = time
      }),
      session.on('roundOver', () => sound.play('win')),
    ]
  }
}

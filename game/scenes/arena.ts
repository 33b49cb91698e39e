/** The arena: reads the player's hands, asks the session for the frame's view, and has every part draw it. */
import Phaser from 'phaser'
import { voteActions } from '../hands/actions.ts'
import { paintRocks } from '../looks/asteroids.ts'
import { paintEffects } from '../looks/effects.ts'
import { paintShips } from '../looks/ships.ts'
import type { PlayerId } from '../rules/shape.ts'
import { makeArrows } from './arrows.ts'
import { makeBackdrop } from './backdrop.ts'
import { makeBlasts } from './blasts.ts'
import { makeBolts } from './bolts.ts'
import { type Follow, makeFollow } from './camera.ts'
import { type Devices, isInput, readInput } from './controls.ts'
import { makeEmblems } from './emblems.ts'
import { showEvents, tellNews } from './event-effects.ts'
import { colorOf, makeFleet } from './fleet.ts'
import { type Kill, makeHighlight } from './highlight.ts'
import type { Hud } from './hud.ts'
import { makeMissiles } from './missiles.ts'
import { type DogstarSession, type DogstarView, type Frame, isPilot, shipOf } from './parts.ts'
import { makePickups } from './pickups.ts'
import { makeRocks } from './rocks.ts'
import type { Sound } from './sound.ts'
import { makeSpectator } from './spectator.ts'
import { tensionOf } from './tension.ts'
import { makeThreats } from './threats.ts'
import type { Voices } from './voices.ts'
import { makeZones } from './zones.ts'

export interface ArenaParts {
  readonly session: DogstarSession
  readonly nameOf: (player: PlayerId) => string
  /** Told of each frame's view, before anything is named. */
  readonly look: (view: DogstarView) => void
  readonly voices: Voices
  readonly pictureOf: (player: PlayerId) => HTMLCanvasElement | null
  readonly devices: Devices
  readonly hud: Hud
  readonly sound: Sound
  /** How much of each shake of the picture the player wants, 0 to 1. */
  readonly shaking: () => number
  /** Whether the player wants ships that are hit to flash. */
  readonly flashes: () => boolean
}

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
    const end = (): void => {
      this.drawFrame = null
      for (const stop of stops.splice(0)) stop()
    }
    this.events.once(Phaser.Scenes.Events.SHUTDOWN, end)
    this.events.once(Phaser.Scenes.Events.DESTROY, end)
  }

  override update(_time: number, deltaMs: number): void {
    this.drawFrame?.(Math.min(0.1, deltaMs / 1000))
  }
}

function setUp(scene: Phaser.Scene, parts: ArenaParts, stops: (() => void)[]): (seconds: number) => void {
  const { session, nameOf, devices, hud, sound, shaking, flashes } = parts
  const follow = makeFollow(scene, shaking)
  const picture = makePicture(scene, parts, follow)
  const { blasts, fleet, threats } = picture
  let view: DogstarView = session.view(performance.now())
  const backdrop = makeBackdrop(scene, view)
  let time = 0
  const spectator = makeSpectator({ root: hud.root, canvas: scene.game.canvas, hands: devices.hands, follow, nameOf })
  const highlight = makeHighlight(session, (kill, shooter) => {
    if (kill.cause === 'beam' && shooter) blasts.beam(shooter.x, shooter.y, kill.x, kill.y, colorOf(view, kill.by))
    blasts.explode(kill.x, kill.y, colorOf(view, kill.whom))
    sound.play('explosion')
  })
  /** When this page's pilot last gave an input. */
  let activeAt = 0
  const now = () => ({ view, time })
  const effects = whileTrue(() => showEvents({ session, follow, blasts, fleet, threats, hud, sound, flashes, now }))
  stops.push(
    () => spectator.destroy(),
    () => highlight.destroy(),
    () => effects(false),
    session.on('destroyed', ({ by, whom, x, y, streak, cause }, { tick }) => {
      if (by !== null && whom !== null && by !== whom) highlight.heard({ by, whom, x, y, streak, cause }, tick)
      if (whom === session.me) spectator.lost(by)
    }),
    tellNews({ session, hud, sound, now }),
    session.on('roundOver', (_round, { tick }) => highlight.over(tick)),
  )

  return (seconds) => {
    time += seconds
    parts.look(view)
    devices.look(isPilot(view), hud.chooses)
    // A pilot's rest is counted as the referee does: from when somebody could shoot at them.
    const isPeace = view.globals.phase !== 'playing' || view.tick < view.globals.startsAt
    if (!isPilot(view) || readHands(parts, view, follow) || isPeace) activeAt = time
    effects(highlight.shown === null)
    const nowMs = performance.now()
    view = session.view(nowMs)
    const again = highlight.draw(view, nowMs)
    const followed = spectator.followed(view, seconds)
    const live: Frame = { view, followed, seen: shipOf(view, followed), ship: shipOf(view, view.me), seconds, time }
    const frame = again && highlight.shown ? frameOf(again, highlight.shown, live) : live
    follow.draw(frame)
    sound.playMusic(tensionOf(view, live.seen), seconds)
    backdrop.draw(frame, follow)
    picture.draw(frame)
    hud.again(highlight.shown)
    const { hands } = devices
    hud.draw(live, follow, { wantsScores: hands.holds('scores'), idleSeconds: time - activeAt, device: hands.last })
  }
}

/** Gives the match what this page's pilot does. Returns whether they did anything. */
function readHands({ session, devices, hud }: ArenaParts, view: DogstarView, follow: Follow): boolean {
  const picked = voteActions.findIndex((action) => devices.hands.take(action))
  if (picked >= 0) hud.pick(picked)
  if (devices.hands.take('again')) hud.pick('again')
  if (devices.choice) hud.choose(devices.choice)
  const input = readInput(devices, view, follow, hud.vote)
  session.input(input)
  return isInput(input)
}

/** All that lies in the arena, and what points at it. */
function makePicture(scene: Phaser.Scene, { nameOf, voices, pictureOf }: ArenaParts, follow: Follow) {
  const blasts = makeBlasts(scene)
  const rocks = makeRocks(scene)
  const fleet = makeFleet(scene, blasts, nameOf)
  const bolts = makeBolts(scene, blasts, colorOf)
  const missiles = makeMissiles(scene, blasts)
  const pickups = makePickups(scene)
  const zones = makeZones(scene)
  const threats = makeThreats(scene)
  const arrows = makeArrows(scene)
  const emblems = makeEmblems(scene, pictureOf)
  const marks = voices.makeMarks(scene)
  return {
    blasts,
    fleet,
    threats,
    draw(frame: Frame): void {
      const { view, seconds, time } = frame
      zones.draw(view, time)
      rocks.draw(view, seconds)
      fleet.draw(frame)
      emblems.draw(view)
      marks.draw(view)
      bolts.draw(view)
      missiles.draw(view, seconds)
      pickups.draw(view, time)
      blasts.draw(seconds)
      arrows.draw(frame, follow)
      threats.draw(frame)
    },
  }
}

/** A frame of the highlight: the picture follows who shot, or who is hit when that one has no ship. */
function frameOf(view: DogstarView, { by, whom }: Kill, { seconds, time }: Frame): Frame {
  const followed = shipOf(view, by) ? by : whom
  return { view, followed, seen: shipOf(view, followed), ship: null, seconds, time }
}

/** Starts and ends something: it runs while it is told true. */
function whileTrue(start: () => () => void): (runs: boolean) => void {
  let stop: (() => void) | null = null
  return (runs) => {
    if (runs) stop ??= start()
    else {
      stop?.()
      stop = null
    }
  }
}

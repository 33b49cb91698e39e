/**
 * The hands of a spectator. Keys, taps and the buttons of the watch bar turn to another pilot; a drag, or the arrows after the
 * space bar, move the picture. In: each frame's view. Out: whom the picture follows.
 */
import type { Hands } from '../hands/hands.ts'
import type { PlayerId } from '../rules/shape.ts'
import type { Follow } from './camera.ts'
import { type DogstarView, isPilot, shipOf } from './parts.ts'
import { hasArrived, isOut } from './sentences.ts'
import { looksOn, makeWatch } from './watch.ts'
import { makeWatchBar } from './watch-bar.ts'

export interface SpectatorParts {
  /** Of the display over the arena: gets the watch bar. */
  readonly root: HTMLElement
  readonly canvas: HTMLCanvasElement
  readonly hands: Hands
  readonly follow: Follow
  readonly nameOf: (player: PlayerId) => string
}

export interface Spectator {
  /** Whose ship the picture follows: this page's pilot, or whom a spectator watches; null in a free picture. */
  followed(view: DogstarView, seconds: number): PlayerId | null
  /** This page's ship is lost, to this pilot: until the next one comes the picture shows them, or whom the player turns to. */
  lost(by: PlayerId | null): void
  destroy(): void
}

/** Units a second of a picture that keys move: a ship at full speed is as fast. */
const PAN_SPEED = 900
/** CSS pixels from which a touch is a drag, not a tap. */
const DRAG = 8

export function makeSpectator({ root, canvas, hands, follow, nameOf }: SpectatorParts): Spectator {
  const watch = makeWatch()
  let latest: DogstarView | null = null
  const turn = (step: 1 | -1): void => {
    if (latest) watch.turn(latest, step)
  }
  const bar = makeWatchBar(root, turn)
  const drags = hearDrags(canvas, {
    watches: () => latest !== null && !flies(latest),
    tapped: () => turn(1),
    dragged(dx, dy) {
      watch.free = true
      const unitsPerPixel = follow.width / Math.max(1, canvas.clientWidth)
      follow.pan(-dx * unitsPerPixel, -dy * unitsPerPixel)
    },
  })
  const pressed = edges()
  /** Seconds that this page's pilot has had no ship. */
  let shiplessFor = 0
  const readKeys = (seconds: number): void => {
    const across = (hands.holds('right') ? 1 : 0) - (hands.holds('left') ? 1 : 0)
    if (pressed.space(hands.holds('fire'))) watch.free = !watch.free
    const isPress = pressed.across(across !== 0)
    if (watch.free) {
      const down = (hands.holds('brake') ? 1 : 0) - (hands.holds('thrust') ? 1 : 0)
      follow.pan(across * PAN_SPEED * seconds, down * PAN_SPEED * seconds)
    } else if (isPress) turn(across > 0 ? 1 : -1)
  }
  return {
    followed(view, seconds) {
      latest = view
      shiplessFor = !hasArrived(view) || shipOf(view, view.me) ? 0 : shiplessFor + seconds
      if (flies(view)) {
        watch.free = false
        const pilot = looksOn(view, shiplessFor) ? watch.pilot(view) : null
        if (pilot === null) {
          bar.hide()
          return view.me
        }
        // The keys are held for the next ship, or bring it to who stepped aside.
        bar.draw(nameOf(pilot), false, shipOf(view, pilot) !== null, false)
        return pilot
      }
      // Until the match has come this page may be a pilot's.
      if (!hasArrived(view)) return null
      readKeys(seconds)
      const pilot = watch.pilot(view)
      bar.draw(pilot === null ? null : nameOf(pilot), watch.free, shipOf(view, pilot) !== null)
      return watch.free ? null : pilot
    },
    lost(by) {
      if (by !== null) watch.follow(by)
    },
    destroy() {
      drags()
      bar.destroy()
    },
  }
}

/** Whether this page has a ship to fly, now or soon: who is out of the round watches as who came to. */
function flies(view: DogstarView): boolean {
  return isPilot(view) && !isOut(view)
}

/** A key that is held acts once: true in the first frame of each press. */
function edges(): { across(held: boolean): boolean; space(held: boolean): boolean } {
  const edge = () => {
    let before = false
    return (held: boolean): boolean => {
      const begins = held && !before
      before = held
      return begins
    }
  }
  return { across: edge(), space: edge() }
}

interface Heard {
  /** Whether this page watches: else fingers and mouse fly a ship. */
  watches(): boolean
  tapped(): void
  /** CSS pixels since the last call. */
  dragged(dx: number, dy: number): void
}

/** Tells taps from drags. What it returns ends it. */
function hearDrags(canvas: HTMLCanvasElement, { watches, tapped, dragged }: Heard): () => void {
  let held: { readonly id: number; x: number; y: number; moves: boolean } | null = null
  const stop = new AbortController()
  const { signal } = stop
  canvas.addEventListener(
    'pointerdown',
    ({ pointerId, clientX, clientY }) => {
      if (held || !watches()) return
      held = { id: pointerId, x: clientX, y: clientY, moves: false }
      canvas.setPointerCapture(pointerId)
    },
    { signal },
  )
  canvas.addEventListener(
    'pointermove',
    ({ pointerId, clientX, clientY }) => {
      if (held?.id !== pointerId || !watches()) return
      const [dx, dy] = [clientX - held.x, clientY - held.y]
      if (!held.moves && Math.hypot(dx, dy) < DRAG) return
      held = { id: pointerId, x: clientX, y: clientY, moves: true }
      dragged(dx, dy)
    },
    { signal },
  )
  canvas.addEventListener(
    'pointerup',
    ({ pointerId }) => {
      if (held?.id !== pointerId) return
      if (!held.moves && watches()) tapped()
      held = null
    },
    { signal },
  )
  canvas.addEventListener(
    'pointercancel',
    ({ pointerId }) => {
      if (held?.id === pointerId) held = null
    },
    { signal },
  )
  return () => stop.abort()
}
